import CZlib
import NIOCore

/// Compresses bytes into raw deflate blocks (RFC 1951), without the header and trailer of gzip.
struct DeflateStream: ~Copyable {
    /// Level 3: on expositions nearly the size of level 6 in less than half the time.
    private static let level: Int32 = 3
    /// The largest window; negative asks for raw blocks.
    private static let rawWindowBits: Int32 = -15
    /// zlib's own default.
    private static let memoryLevel: Int32 = 8
    /// zlib keeps a pointer back to the stream, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Starts a stream. zlib refuses only for want of memory or as a library that does not fit its header; like every
    /// failed allocation in Swift, that ends the process.
    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = deflateInit2_(
            stream,
            Self.level,
            Z_DEFLATED,
            Self.rawWindowBits,
            Self.memoryLevel,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        precondition(status == Z_OK, "zlib cannot start: status \(status), no memory or a library of another version")
    }

    deinit {
        deflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Compresses a slice; what comes out, if anything yet, is written behind what `output` holds.
    mutating func compress(_ slice: [UInt8], into output: inout DeflateOutput) {
        slice.withUnsafeBufferPointer { run($0, Z_NO_FLUSH, into: &output) }
    }

    /// Ends the blocks at a byte boundary without marking one as the last: blocks of another stream may follow.
    consuming func pause(into output: inout DeflateOutput) {
        run(UnsafeBufferPointer(start: nil, count: 0), Z_SYNC_FLUSH, into: &output)
    }

    /// Ends with the last block.
    consuming func finish(into output: inout DeflateOutput) {
        run(UnsafeBufferPointer(start: nil, count: 0), Z_FINISH, into: &output)
    }

    /// Gives zlib the input until it has taken all of it and leaves room in its output.
    private func run(_ input: UnsafeBufferPointer<UInt8>, _ flush: Int32, into output: inout DeflateOutput) {
        // zlib does not write through next_in; its header only lacks the const.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        repeat {
            output.write { memory in
                stream.pointee.next_out = memory.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_out = UInt32(memory.count)
                // Z_BUF_ERROR says that there was nothing to do, which is no error here.
                let status = deflate(stream, flush)
                assert(status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR)
                return memory.count - Int(stream.pointee.avail_out)
            }
        } while stream.pointee.avail_out == 0
        stream.pointee.next_in = nil
        stream.pointee.next_out = nil
    }
}

/// Where a stream writes: buffers of one size, each filled before the next is begun, so that nothing is copied.
struct DeflateOutput {
    private let size: Int
    private var buffers: [ByteBuffer]

    /// Begins with some bytes.
    init(_ start: [UInt8] = [], size: Int) {
        self.size = size
        buffers = [ByteBufferAllocator().buffer(capacity: size)]
        buffers[0].writeBytes(start)
    }

    /// Has the free memory of the last buffer written to, of a new one where it is full. The body returns how many bytes it
    /// wrote.
    mutating func write(_ body: (UnsafeMutableRawBufferPointer) -> Int) {
        if buffers[buffers.count - 1].writableBytes == 0 {
            buffers.append(ByteBufferAllocator().buffer(capacity: size))
        }
        buffers[buffers.count - 1].writeWithUnsafeMutableBytes(minimumWritableBytes: 1, body)
    }

    /// What was written; the last buffer in memory of its length.
    consuming func finish() -> [ByteBuffer] {
        let last = buffers.removeLast()
        return buffers + [ByteBuffer(bytes: last.readableBytesView)]
    }
}
