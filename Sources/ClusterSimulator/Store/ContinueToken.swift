import KubernetesWire

/// The token of a list's next page, in the form of a real API server: JSON in URL-safe base64 without padding.
struct ContinueToken: Equatable, Sendable {
    /// The revision of the snapshot that the pages show; -1 continues at the newest state.
    var revision: Int64
    /// The last key of the page before, without the trailing NUL.
    var lastKey: String

    /// The token's text.
    var encoded: String {
        let token = JSONValue.members([
            "v": .string("meta.k8s.io/v1"), "rv": .integer(revision), "start": .string(lastKey + "\0"),
        ])
        let alphabet = Self.alphabet
        let bytes = token.encoded
        var output: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for position in 0...group.count { output.append(alphabet[Int(bits >> UInt32(18 - 6 * position)) & 63]) }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    init(revision: Int64, lastKey: String) {
        self.revision = revision
        self.lastKey = lastKey
    }

    /// Reads a token.
    ///
    /// - Throws: ``InvalidContinueToken`` in the words of a real API server.
    init(_ text: String) throws(InvalidContinueToken) {
        let decoded = try Self.decode(text)
        let token: JSONValue
        do {
            token = try JSONValue(parsing: decoded)
        } catch {
            throw InvalidContinueToken(reason: "\(error)")
        }
        guard token["v"]?.text == "meta.k8s.io/v1" else {
            throw InvalidContinueToken(
                reason: "server does not recognize this encoded version \"\(token["v"]?.text ?? "")\""
            )
        }
        guard let revision = token["rv"]?.integer, let start = token["start"]?.text, start.hasPrefix("/") else {
            throw InvalidContinueToken(reason: "encoded start key empty (version meta.k8s.io/v1)")
        }
        self.revision = revision
        lastKey = String(start.prefix { $0 != "\0" })
    }

    private static func decode(_ text: String) throws(InvalidContinueToken) -> [UInt8] {
        var output: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for (offset, character) in text.utf8.enumerated() {
            guard let value = alphabet.firstIndex(of: character) else {
                throw InvalidContinueToken(reason: "illegal base64 data at input byte \(offset)")
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                output.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        guard count < 6 else {
            throw InvalidContinueToken(reason: "illegal base64 data at input byte \(text.utf8.count)")
        }
        return output
    }
}

/// A list token that cannot be read.
struct InvalidContinueToken: Error {
    var reason: String
}
