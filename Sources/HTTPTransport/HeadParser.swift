/// Gathers the lines of a response head as libcurl hands them out.
///
/// Informational heads (1xx) before the real one are dropped. Lines after the head are trailers, and ignored.
struct HeadParser {
    /// The most a head may take: no API server sends a tenth of it, and a hostile one shall not fill our memory.
    static let sizeLimit = 256 * 1024

    /// What a line led to.
    enum Step: Equatable {
        /// More lines are to come.
        case more
        /// The head is complete.
        case complete
        /// The head is over ``HeadParser/sizeLimit``.
        case tooLarge
    }

    /// The status of the head so far.
    private(set) var status = 0
    /// The header fields so far, in the order received.
    private(set) var headers: [(name: String, value: String)] = []
    /// Whether the status line names HTTP/2.
    private(set) var isHTTP2 = false
    private var size = 0
    private var isComplete = false

    /// Takes one line with its line end.
    mutating func take(_ line: UnsafeRawBufferPointer) -> Step {
        if isComplete { return .more }
        size += line.count
        if size > Self.sizeLimit { return .tooLarge }
        let text = String(decoding: line, as: UTF8.self).trimmingLineEnd
        if text.isEmpty {
            isComplete = status >= 200
            return isComplete ? .complete : .more
        }
        if text.hasPrefix("HTTP/") {
            let parts = text.split(separator: " ", maxSplits: 2)
            status = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
            isHTTP2 = text.hasPrefix("HTTP/2")
            headers = []
        } else if let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) {
            let value = text[text.utf8.index(after: colon)...]
            headers.append((String(text[..<colon]), String(value.trimmingBlanks)))
        }
        return .more
    }
}

extension String {
    fileprivate var trimmingLineEnd: String {
        var utf8 = utf8[...]
        while let last = utf8.last, last == UInt8(ascii: "\r") || last == UInt8(ascii: "\n") {
            utf8.removeLast()
        }
        return String(Substring(utf8))
    }
}

extension Substring {
    fileprivate var trimmingBlanks: Substring {
        var utf8 = utf8[...]
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        while let first = utf8.first, isBlank(first) {
            utf8.removeFirst()
        }
        while let last = utf8.last, isBlank(last) {
            utf8.removeLast()
        }
        return Substring(utf8)
    }
}
