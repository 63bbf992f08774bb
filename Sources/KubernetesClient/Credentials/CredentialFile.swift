internal import ConfigurationFiles

/// A file that a credential is read from, and who named it.
struct CredentialFile: Sendable, Hashable {
    /// The file.
    var path: String
    /// Where it was named, `config:12:5: users[0].user.tokenFile`, or what it is; begins each error.
    var origin: String

    /// What is far larger than any token, certificate chain or key, in bytes.
    private static let limit = 1 << 20

    /// The file's bytes, which must not be empty.
    func bytes() throws(ConfigurationError) -> [UInt8] {
        let bytes: [UInt8]
        do throws(FileBytes.ReadError) {
            bytes = try FileBytes.read(path, limit: Self.limit)
        } catch {
            throw failure("cannot be read: \(error)")
        }
        guard !bytes.isEmpty else { throw failure("is empty") }
        return bytes
    }

    private func failure(_ problem: String) -> ConfigurationError {
        ConfigurationError(file: origin, message: "\(path) \(problem)")
    }

    /// The bearer token in the file, blanks and line breaks around it removed.
    func token() throws(ConfigurationError) -> String {
        let token = String(decoding: try bytes(), as: UTF8.self).trimmingBlanks
        if let problem = BearerToken.problem(token) { throw failure(problem) }
        return token
    }

    /// The certificates in the file.
    func certificates() throws(ConfigurationError) -> [UInt8] {
        let bytes = try bytes()
        if let problem = PEMText.problem(certificates: bytes) { throw failure(problem) }
        return bytes
    }

    /// The private key in the file.
    func key() throws(ConfigurationError) -> [UInt8] {
        let bytes = try bytes()
        if let problem = PEMText.problem(key: bytes) { throw failure(problem) }
        return bytes
    }
}

/// What may stand after `Authorization: Bearer`.
enum BearerToken {
    /// What is wrong with the text as a token; nil for nothing. Never shows the text.
    static func problem(_ token: String) -> String? {
        if token.isEmpty { return "is empty" }
        guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            return "has a blank, line break or character that a bearer token cannot have"
        }
        return nil
    }
}

extension String {
    /// The text without blanks, tabs and line breaks at its ends.
    var trimmingBlanks: String {
        let isBlank = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
        guard let first = unicodeScalars.firstIndex(where: { !isBlank($0) }),
            let last = unicodeScalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(unicodeScalars[first...last])
    }
}
