import KubernetesWire

/// Copies the members of JSON values that are to be kept, as they were written. The twin of ``ProtobufRedaction``.
struct JSONRedaction {
    private let labels: LabelKeys

    /// Creates a redaction that keeps these labels.
    init(labels: LabelKeys) {
        self.labels = labels
    }

    /// Copies a value.
    ///
    /// - Parameters:
    ///   - text: The value.
    ///   - kept: What is kept of it.
    /// - Returns: The value without the rest; nil where nothing of it is kept.
    /// - Throws: ``JSONScanner/Fault`` where the text is no JSON.
    func redacted(_ text: ArraySlice<UInt8>, _ kept: KeptMember) throws(JSONScanner.Fault) -> [UInt8]? {
        var scanner = JSONScanner(text)
        let copy = try copy(&scanner, kept)
        try scanner.finish()
        return copy
    }

    private func copy(_ scanner: inout JSONScanner, _ kept: KeptMember) throws(JSONScanner.Fault) -> [UInt8]? {
        switch try scanner.peek() {
        case UInt8(ascii: "["):
            var elements: [[UInt8]] = []
            try scanner.array { scanner throws(JSONScanner.Fault) in
                if let element = try copy(&scanner, kept) { elements.append(element) }
            }
            return [UInt8(ascii: "[")] + elements.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
        case UInt8(ascii: "{"):
            if case .value = kept {
                _ = try scanner.value()
                return nil
            }
            return try copyObject(&scanner, kept)
        default: return Array(try scanner.value())
        }
    }

    private func copyObject(_ scanner: inout JSONScanner, _ kept: KeptMember) throws(JSONScanner.Fault) -> [UInt8] {
        var members: [[UInt8]] = []
        try scanner.object { scanner, name throws(JSONScanner.Fault) in
            // A name with escapes in it is none of those that are kept.
            let text = String(decoding: name, as: UTF8.self)
            let inner: KeptMember? =
                switch kept {
                case .value: nil
                case .object(let known): known[text]
                case .labels: labels.keeps(text) ? .value : nil
                case .annotations: KnownAnnotation(key: text) == nil ? nil : .value
                }
            guard let inner, let value = try copy(&scanner, inner) else {
                if inner == nil { _ = try scanner.value() }
                return
            }
            members.append([UInt8(ascii: "\"")] + name + Array("\":".utf8) + value)
        }
        return [UInt8(ascii: "{")] + members.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "}")]
    }
}
