import Synchronization

/// Bytes of a body that nobody has read yet, in blocks.
///
/// One array that grows would be copied each time it does, into memory that the process has never touched; blocks of one
/// size are filled once, and what one reader has let go the allocator has ready for the next.
struct UnreadBytes {
    /// A block's bytes: with the array's header 64 KiB, four TLS records.
    static let blockSize = 64 * 1024 - 32
    /// From so many bytes at a time on, more are likely to follow at once: the block has room for them.
    private static let burstSize = 8 * 1024
    /// Room for a few events.
    private static let smallBlockSize = 1024 - 32

    private var blocks: [[UInt8]] = []
    /// How many bytes there are.
    private(set) var count = 0

    /// Whether there are none.
    var isEmpty: Bool { count == 0 }

    /// Adds bytes at the end.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        count += bytes.count
        var rest = bytes[...]
        while !rest.isEmpty {
            var room = blocks.last.map { $0.capacity - $0.count } ?? 0
            if room == 0 {
                var block: [UInt8] = []
                // What comes alone, as events of a watch do, takes little more than it needs.
                let isBurst = !blocks.isEmpty || rest.count >= Self.burstSize
                block.reserveCapacity(isBurst ? Self.blockSize : max(rest.count, Self.smallBlockSize))
                room = block.capacity
                blocks.append(block)
            }
            blocks[blocks.count - 1].append(contentsOf: rest.prefix(room))
            rest = rest.dropFirst(room)
        }
    }

    /// Takes the first block; nil where there are no bytes.
    mutating func takeFirst() -> [UInt8]? {
        guard !blocks.isEmpty else { return nil }
        let block = blocks.removeFirst()
        count -= block.count
        return block
    }

    /// Drops all bytes.
    mutating func removeAll() {
        blocks = []
        count = 0
    }
}

/// The most bytes that were unread of one body, over all pausable bodies of a transport that have ended.
final class UnreadPeak: Sendable {
    private let most = Mutex(0)

    /// Creates a peak of no bytes.
    init() {}

    /// The bytes.
    var bytes: Int { most.withLock { $0 } }

    /// A body has ended.
    func note(_ bytes: Int) {
        most.withLock { $0 = max($0, bytes) }
    }
}
