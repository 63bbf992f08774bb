/// One element of an `Accept` or `Accept-Encoding` header: a value, its parameters, its weight.
struct HeaderElement: Equatable {
    /// The value in lower case, such as `text/plain` or `gzip`.
    let value: String
    /// The parameters before the weight; names in lower case, values unquoted.
    let parameters: [String: String]
    /// The weight `q` in thousandths, 1000 where none is given.
    let weight: Int

    /// The elements of a header (RFC 9110, 12.4.2 and 5.6); those that are malformed are left out.
    static func parse(_ header: String) -> [HeaderElement] {
        split(header[...], at: ",").compactMap { HeaderElement($0) }
    }

    private init?(_ text: Substring) {
        var parts = Self.split(text, at: ";").map(Self.trimmed)
        guard let value = parts.first, Self.isValue(value) else { return nil }
        parts.removeFirst()
        var parameters: [String: String] = [:]
        var weight = 1000
        for part in parts where !part.isEmpty {
            guard let equals = part.firstIndex(of: "=") else { return nil }
            let name = Self.trimmed(part[..<equals]).lowercased()
            let value = Self.unquoted(Self.trimmed(part[part.index(after: equals)...]))
            guard Self.isToken(name[...]), !value.isEmpty else { return nil }
            if name == "q" {
                guard let q = Self.thousandths(value) else { return nil }
                weight = q
            } else {
                parameters[name] = value
            }
        }
        self.value = value.lowercased()
        self.parameters = parameters
        self.weight = weight
    }

    /// Splits at a separator that is not inside a quoted string.
    private static func split(_ text: Substring, at separator: Character) -> [Substring] {
        var parts: [Substring] = []
        var start = text.startIndex
        var isQuoted = false
        var isEscaped = false
        for index in text.indices {
            let character = text[index]
            if isEscaped {
                isEscaped = false
            } else if character == "\\", isQuoted {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == separator, !isQuoted {
                parts.append(text[start..<index])
                start = text.index(after: index)
            }
        }
        parts.append(text[start...])
        return parts
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) { text.removeLast() }
        return text
    }

    private static func unquoted(_ text: Substring) -> String {
        guard text.count >= 2, text.first == "\"", text.last == "\"" else { return String(text) }
        var value = ""
        var isEscaped = false
        for character in text.dropFirst().dropLast() {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                value.append(character)
                isEscaped = false
            }
        }
        return value
    }

    /// A token, or two of them with a slash between.
    private static func isValue(_ text: Substring) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count <= 2 && parts.allSatisfy(isToken)
    }

    private static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// `0`, `1`, `0.5`, `1.000` in thousandths. Digits beyond the third are read over; nil for anything else.
    private static func thousandths(_ text: String) -> Int? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? parts[1] : ""
        guard parts[0] == "0" || parts[0] == "1", fraction.utf8.allSatisfy({ 48...57 ~= $0 }) else { return nil }
        let padded = String(fraction.prefix(3)) + String(repeating: "0", count: 3 - min(3, fraction.count))
        guard let value = Int(String(parts[0]) + padded), value <= 1000 else { return nil }
        return value
    }
}
