/// One label as a reader sees it: unescaped.
package struct Label: Equatable, Sendable {
    /// The label's name.
    package let name: String
    /// The label's value.
    package let value: String

    /// A label.
    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

extension LabelBlockTexts {
    /// The text of a block: escaped, in braces; empty for block 0.
    func text(of id: UInt32) -> String { String(decoding: bytes[range(of: id)], as: UTF8.self) }

    /// The labels of a block, unescaped.
    func labels(of id: UInt32) -> [Label] {
        var labels: [Label] = []
        var rest = bytes[range(of: id)].dropFirst()
        while let equals = rest.firstIndex(of: UInt8(ascii: "=")) {
            let name = String(decoding: rest[..<equals], as: UTF8.self)
            var value: [UInt8] = []
            rest = rest[(equals + 2)...]
            while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
                if byte != UInt8(ascii: "\\") {
                    value.append(byte)
                } else if let escaped = rest.popFirst() {
                    value.append(escaped == UInt8(ascii: "n") ? UInt8(ascii: "\n") : escaped)
                }
            }
            labels.append(Label(name: name, value: String(decoding: value, as: UTF8.self)))
            rest = rest.dropFirst()
        }
        return labels
    }

    /// Whether the block has exactly these label names, in this order.
    func hasNames(_ names: [StaticString], _ id: UInt32) -> Bool {
        let labels = labels(of: id)
        return labels.count == names.count && zip(labels, names).allSatisfy { $0.name == $1.description }
    }
}
