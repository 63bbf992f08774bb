import CZlib

/// Compresses a text slice by slice into one gzip member.
///
/// Members may be concatenated: an answer can be a ready member followed by a fresh one.
package struct GzipStream: ~Copyable {
    /// Level 3: on expositions nearly the size of level 6 in less than half the time.
    package static let defaultLevel = 3

    /// zlib keeps a pointer back to the stream, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    /// What one call of zlib may write.
    private let room: Int

    /// Starts a member.
    ///
    /// zlib refuses to start only for want of memory or as a library that does not fit its header; like every failed
    /// allocation in Swift, that ends the process.
    /// - Parameter level: 0 (stored) to 9; others are taken as the nearest of these.
    package init(level: Int = GzipStream.defaultLevel) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        room = 64 * 1024
        let status = czlib_deflate_init_gzip(stream, Int32(min(max(level, 0), 9)))
        precondition(status == Z_OK, "zlib cannot start: status \(status), no memory or a library of another version")
    }

    deinit {
        deflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Compresses a slice; what comes out, if anything yet, is appended to `output`.
    package mutating func compress(_ slice: [UInt8], into output: inout [UInt8]) {
        slice.withUnsafeBufferPointer { run($0, Z_NO_FLUSH, into: &output) }
    }

    /// Ends the member: what is left, and the trailer, are appended to `output`.
    package consuming func finish(into output: inout [UInt8]) {
        run(UnsafeBufferPointer(start: nil, count: 0), Z_FINISH, into: &output)
    }

    /// The whole text of a writer as one member.
    package static func gzipped(_ writer: ExpositionWriter, level: Int = GzipStream.defaultLevel) -> [UInt8] {
        var writer = writer
        var output: [UInt8] = []
        var stream = GzipStream(level: level)
        while let slice = writer.nextSlice() { stream.compress(slice, into: &output) }
        stream.finish(into: &output)
        return output.compacted()
    }

    /// Gives zlib the input until it has taken all of it and leaves room in its output.
    private func run(_ input: UnsafeBufferPointer<UInt8>, _ flush: Int32, into output: inout [UInt8]) {
        // zlib does not write through next_in; its header only lacks the const.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        repeat {
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { buffer in
                stream.pointee.next_out = buffer.baseAddress
                stream.pointee.avail_out = UInt32(room)
                // Z_BUF_ERROR says that there was nothing to do, which is no error here.
                let status = deflate(stream, flush)
                assert(status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR)
                output.append(contentsOf: buffer.prefix(room - Int(stream.pointee.avail_out)))
            }
        } while stream.pointee.avail_out == 0
        stream.pointee.next_in = nil
        stream.pointee.next_out = nil
    }
}
