/// Base64 with the standard alphabet and padding, as kubeconfigs hold certificates.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let values: [UInt8: UInt32] = Dictionary(
        uniqueKeysWithValues: alphabet.enumerated().map { ($0.element, UInt32($0.offset)) }
    )

    /// The bytes that the text stands for; line breaks in it are skipped, as Go's decoder does.
    ///
    /// - Returns: nil where the text is not base64.
    static func decode(_ text: String) -> [UInt8]? {
        let digits = text.utf8.filter { $0 != 0x0a && $0 != 0x0d }
        guard digits.count.isMultiple(of: 4) else { return nil }
        let padding = digits.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2 else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(digits.count / 4 * 3)
        var group: UInt32 = 0
        var count = 0
        for digit in digits.dropLast(padding) {
            guard let value = values[digit] else { return nil }
            group = group << 6 | value
            count += 1
            if count == 4 {
                result += [UInt8(group >> 16 & 0xff), UInt8(group >> 8 & 0xff), UInt8(group & 0xff)]
                group = 0
                count = 0
            }
        }
        switch count {
        case 2: result.append(UInt8(group >> 4 & 0xff))
        case 3: result += [UInt8(group >> 10 & 0xff), UInt8(group >> 2 & 0xff)]
        default: break
        }
        return result
    }

    /// The text that stands for the bytes.
    static func encode(_ bytes: [UInt8]) -> String {
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let part = bytes[start..<min(start + 3, bytes.count)]
            let group = part.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - part.count))
            for place in 0..<4 {
                let digit = alphabet[Int(group >> (18 - 6 * UInt32(place)) & 0x3f)]
                result.append(place <= part.count ? digit : UInt8(ascii: "="))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
