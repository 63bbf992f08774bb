/// Takes what looks like a secret out of what a plugin wrote to standard error, before it goes into a log line.
struct SecretScrubber {
    /// The variables that the kubeconfig gives the plugin; values of those named like secrets are taken out.
    let variables: [String: String]

    /// The last 500 characters on one line.
    func scrubbed(_ bytes: [UInt8]) -> String {
        var line = String(decoding: bytes, as: UTF8.self).oneLine(limit: .max)
        for (name, value) in variables where value.utf8.count >= 4 && Self.isSecret(name: name) {
            line = line.split(separator: value, omittingEmptySubsequences: false).joined(separator: Self.mark)
        }
        let words = line.split(separator: " ")
            .map { word in Self.startOfToken(in: word).map { word[..<$0] + Self.mark } ?? word }
        line = words.joined(separator: " ")
        return line.count <= 500 ? line : "…" + line.suffix(500)
    }

    private static let mark = "[removed]"

    private static func isSecret(name: String) -> Bool {
        let name = name.uppercased()
        return ["SECRET", "TOKEN", "PASSWORD", "PASSWD", "KEY", "CREDENTIAL"].contains { name.contains($0) }
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
