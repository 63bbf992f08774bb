package import Exposition
package import NIOCore

/// The text of a snapshot's samples in one format, compressed, without an end mark: another text follows.
package struct Rendering: Sendable {
    /// One gzip member.
    package let gzip: ByteBuffer
    /// The length of the text itself, in bytes.
    package let identityBytes: Int

    /// Writes and compresses the samples. Takes a core for a tenth of a second at 300,000 series, so it runs apart from
    /// whoever asks.
    @concurrent
    package static func make(_ table: SampleTable, format: ExpositionFormat) async -> Rendering {
        var writer = ExpositionWriter([table], format: format, endOfExposition: false)
        var stream = GzipStream()
        var output: [UInt8] = []
        var length = 0
        while let slice = writer.nextSlice() {
            length += slice.count
            stream.compress(slice, into: &output)
        }
        stream.finish(into: &output)
        return Rendering(gzip: ByteBuffer(bytes: output), identityBytes: length)
    }
}
