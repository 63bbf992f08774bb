package import Exposition

/// The text of a snapshot's samples in one format, compressed, and open for a further text.
package struct Rendering: Sendable {
    /// The compressed text.
    package let gzip: OpenGzipMember

    /// The length of the text itself, in bytes.
    package var identityBytes: Int { gzip.textLength }

    /// Writes and compresses the samples. Takes a core for a tenth of a second at 300,000 series, so it runs apart from
    /// anybody who asks.
    @concurrent
    package static func make(_ table: SampleTable, format: ExpositionFormat) async -> Rendering {
        Rendering(gzip: OpenGzipMember(ExpositionWriter([table], format: format, endOfExposition: false)))
    }
}
