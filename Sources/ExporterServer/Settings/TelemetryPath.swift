package import Collection

/// The path under which metrics are served.
package enum TelemetryPath {
    /// The default path.
    package static let standard = "/metrics"
    /// Paths that something else is served under.
    static let taken: Set<String> = ["/livez", "/readyz", "/report", "/api/v1/report"]

    /// Reads a path.
    package static func parse(_ text: String) throws(ValueProblem) -> String {
        guard text.hasPrefix("/") else { throw ValueProblem("is not a path; it must begin with /, such as /metrics") }
        guard text.utf8.allSatisfy({ isAllowed($0) }) else {
            throw ValueProblem("has characters other than letters, digits, / - . _ ~; write one such as /metrics")
        }
        guard !taken.contains(text), !ReportRoutes.prefixes.contains(where: text.hasPrefix) else {
            throw ValueProblem("is served already; choose another such as /metrics")
        }
        return text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "/-._~".utf8.contains(byte)
        }
    }
}
