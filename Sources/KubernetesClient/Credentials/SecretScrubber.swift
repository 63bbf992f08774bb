/// Takes what is a secret, or looks like one, out of what others wrote, before it goes into a log line.
struct SecretScrubber {
    private let secrets: [String]

    /// Knows these secrets beside what looks like one.
    init(secrets: [String]) {
        // The longest first: one may be part of another. What is shorter would take words apart.
        self.secrets = secrets.filter { $0.utf8.count >= 4 }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// Knows the values of those variables that are named like secrets.
    init(variables: [String: String]) {
        self.init(secrets: variables.filter { Self.isSecret(name: $0.key) }.map(\.value))
    }

    /// The last 500 characters on one line, without secrets.
    func scrubbed(_ bytes: [UInt8]) -> String {
        let line = scrubbed(String(decoding: bytes, as: UTF8.self).oneLine(limit: .max))
        return line.count <= 500 ? line : "…" + line.suffix(500)
    }

    /// The text without secrets.
    func scrubbed(_ text: String) -> String {
        var line = text
        for secret in secrets {
            line = line.split(separator: secret, omittingEmptySubsequences: false).joined(separator: Self.mark)
        }
        var isAfterBearer = false
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
            .map { word -> Substring in
                defer { if !word.isEmpty { isAfterBearer = Self.endsInBearer(word) } }
                if isAfterBearer, !word.isEmpty { return Self.mark[...] }
                return Self.startOfToken(in: word).map { word[..<$0] + Self.mark } ?? word
            }
        return words.joined(separator: " ")
    }

    private static let mark = "[removed]"

    /// Names that say where something is hold no secret, but what a person needs to find the fault.
    private static func isSecret(name: String) -> Bool {
        let name = name.uppercased()
        guard !["_FILE", "_PATH", "_DIR"].contains(where: name.hasSuffix) else { return false }
        return ["SECRET", "TOKEN", "PASS", "KEY", "CREDENTIAL"].contains { name.contains($0) }
    }

    /// Whether the next word is what RFC 6750, 2.1, calls the token: `Authorization: Bearer TOKEN`, in whatever quotes.
    private static func endsInBearer(_ word: Substring) -> Bool {
        let letters = word.lowercased().filter { $0.isLetter || $0 == ":" }
        return letters == "bearer" || letters == "bearer:" || letters.hasSuffix(":bearer")
    }

    /// Where in a word a token begins: a JWT, or one as EKS and Google hand them out.
    private static func startOfToken(in word: Substring) -> Substring.Index? {
        for prefix in ["eyJ", "k8s-aws-v1.", "ya29."] {
            if let range = word.firstRange(of: prefix), word[range.upperBound...].utf8.count >= 16 {
                return range.lowerBound
            }
        }
        return nil
    }
}
