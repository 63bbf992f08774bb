/// The `# HELP` and `# TYPE` lines of a family, in this order.
enum FamilyHeader {
    /// The lines' bytes.
    static func bytes(of family: FamilyDescriptor, in format: ExpositionFormat) -> [UInt8] {
        let name = format == .openMetrics100 ? family.openMetricsName : family.name.description
        var text: [UInt8] = []
        text.append(contentsOf: "# HELP \(name) ".utf8)
        family.help.withUTF8Buffer { appendHelp($0, in: format, to: &text) }
        text.append(contentsOf: "\n# TYPE \(name) \(typeName(of: family.type, in: format))\n".utf8)
        return text
    }

    /// The text format knows no info type: there it is a gauge.
    private static func typeName(of type: FamilyType, in format: ExpositionFormat) -> String {
        switch type {
        case .gauge: "gauge"
        case .counter: "counter"
        case .info: format == .openMetrics100 ? "info" : "gauge"
        }
    }

    /// Both formats escape `\` and LF, OpenMetrics the quote as well.
    private static func appendHelp(
        _ help: UnsafeBufferPointer<UInt8>,
        in format: ExpositionFormat,
        to text: inout [UInt8]
    ) {
        for byte in help {
            switch byte {
            case UInt8(ascii: "\n"): text.append(contentsOf: "\\n".utf8)
            case UInt8(ascii: "\\"): text.append(contentsOf: "\\\\".utf8)
            case UInt8(ascii: "\"") where format == .openMetrics100: text.append(contentsOf: "\\\"".utf8)
            default: text.append(byte)
            }
        }
    }
}
