import CZlib
package import Exposition
package import NIOCore

/// The beginning of a gzip member (RFC 1952): its header and a text in deflate blocks, none of them marked as the last.
///
/// Kept ready after a collection, and ended for each scrape by a small text made then. Two members one after another
/// would be valid as well, but curl and browsers read the first and drop the rest without a word.
package struct OpenGzipMember: Sendable {
    /// The bytes, in buffers whose size wastes nothing (NIO rounds up to powers of two).
    package let buffers: [ByteBuffer]
    /// The length of the text, in bytes.
    package let textLength: Int
    private let checksum: UInt

    private static let bufferSize = 128 * 1024
    /// Magic, deflate, no flags, no time, no level, from Unix.
    private static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]

    /// The beginning of a member that holds no text yet.
    package init() {
        buffers = [ByteBuffer(bytes: Self.header)]
        textLength = 0
        checksum = 0
    }

    /// Compresses the text of a writer.
    package init(_ writer: ExpositionWriter) {
        var writer = writer
        var stream = DeflateStream()
        var output = DeflateOutput(Self.header, size: Self.bufferSize)
        var textLength = 0
        var checksum: UInt = 0
        while let slice = writer.nextSlice() {
            checksum = crc32(checksum, slice, UInt32(slice.count))
            textLength += slice.count
            stream.compress(slice, into: &output)
        }
        stream.pause(into: &output)
        buffers = output.finish()
        self.textLength = textLength
        self.checksum = checksum
    }

    /// The length of the bytes.
    package var byteCount: Int { buffers.reduce(0) { $0 + $1.readableBytes } }

    /// What ends the member: the text of another one, a further text, and the trailer with checksum and length of all.
    package func end(_ text: [UInt8], after middle: OpenGzipMember = OpenGzipMember()) -> ByteBuffer {
        let blocks = middle.buffers.flatMap(\.readableBytesView).dropFirst(Self.header.count)
        // One buffer as a rule: deflate hardly lengthens what it cannot shorten.
        var output = DeflateOutput(Array(blocks), size: blocks.count + text.count + text.count / 8 + 64)
        var stream = DeflateStream()
        stream.compress(text, into: &output)
        stream.finish(into: &output)
        let beforeText = crc32_combine(checksum, middle.checksum, middle.textLength)
        let total = crc32_combine(beforeText, crc32(0, text, UInt32(text.count)), text.count)
        let length = textLength + middle.textLength + text.count
        var buffer = output.finish().reduce(into: ByteBuffer()) { $0.writeImmutableBuffer($1) }
        buffer.writeInteger(UInt32(truncatingIfNeeded: total), endianness: .little)
        buffer.writeInteger(UInt32(truncatingIfNeeded: length), endianness: .little)
        return buffer
    }
}
