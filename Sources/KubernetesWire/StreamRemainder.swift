/// What a parser of a stream cannot use yet.
///
/// Elements are read where they arrived. Only the one that the end of a chunk cuts is put together here, byte for byte:
/// so what is kept is one element at most, and what is copied are the elements at the seams.
struct StreamRemainder {
    /// What came of a look at the bytes from a position on.
    enum Step {
        /// An element was taken; the next begins here.
        case next(Int)
        /// The element is not whole: at least so many bytes more.
        case needs(Int)
    }

    private var bytes: [UInt8] = []
    /// How many bytes more the element in `bytes` needs, as far as can be told.
    private var missing = 0
    /// Where what is left begins in the stream.
    private var start = 0

    /// How many bytes of the stream have come.
    var end: Int { start + bytes.count }

    /// Whether everything that has come was used.
    var isEmpty: Bool { bytes.isEmpty }

    /// Takes the next bytes of the stream.
    ///
    /// - Parameters:
    ///   - chunk: The bytes.
    ///   - step: Looks at bytes from a position on; last comes where the bytes begin in the stream. It is called until
    ///     it needs more than there is.
    /// - Throws: What the step throws.
    mutating func feed(
        _ chunk: UnsafeRawBufferPointer,
        _ step: (UnsafeRawBufferPointer, Int, Int) throws(WireError) -> Step
    ) throws(WireError) {
        var rest = chunk
        while !bytes.isEmpty, !rest.isEmpty {
            let taken = rest.prefix(missing)
            bytes.append(contentsOf: taken)
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(taken.count))
            missing -= taken.count
            guard missing == 0 else { return }
            let (position, needed) = try bytes.withUnsafeBufferPointer { held throws(WireError) in
                try Self.advance(over: UnsafeRawBufferPointer(held), start, step)
            }
            bytes.removeFirst(position)
            start += position
            missing = needed
        }
        guard !rest.isEmpty else { return }
        let (position, needed) = try Self.advance(over: rest, start, step)
        bytes.append(contentsOf: rest.dropFirst(position))
        start += position
        missing = needed
    }

    /// Steps over the bytes as far as they go. Returns where what is left begins, and how much more that needs.
    @inline(__always)
    private static func advance(
        over bytes: UnsafeRawBufferPointer,
        _ start: Int,
        _ step: (UnsafeRawBufferPointer, Int, Int) throws(WireError) -> Step
    ) throws(WireError) -> (position: Int, needed: Int) {
        var position = 0
        while true {
            switch try step(bytes, position, start) {
            case .next(let next): position = next
            case .needs(let count): return (position, max(1, count))
            }
        }
    }
}
