/// Keeps of a text exposition, as it arrives, the samples of a few families: /metrics of an API server may have 50 MB, and
/// what is wanted of it a few lines.
struct MetricLineFilter {
    /// The longest line that is kept; a longer one is passed over.
    static let lineLimit = 16 << 10
    /// How many bytes are kept in all; lines beyond them are passed over.
    static let keptLimit = 1 << 20

    private let families: [[UInt8]]
    private let longestName: Int
    /// The lines that were kept, each with its end.
    private(set) var kept: [UInt8] = []
    /// The beginning of a line whose end has not arrived, as long as it may still be wanted.
    private var begun: [UInt8] = []
    private var isPassingOver = false

    /// Keeps the samples of the families of those names.
    init(_ families: [String]) {
        self.families = families.map { Array($0.utf8) }
        longestName = self.families.map(\.count).max() ?? 0
    }

    /// Takes the next bytes, of any number.
    mutating func push(_ chunk: [UInt8]) {
        chunk.withUnsafeBufferPointer { bytes in
            var start = 0
            while start < bytes.count {
                let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
                take(UnsafeBufferPointer(rebasing: bytes[start..<(end ?? bytes.count)]), isEnd: end != nil)
                start = (end ?? bytes.count) + 1
            }
        }
    }

    /// Takes the last line where it has no end.
    mutating func finish() {
        take(UnsafeBufferPointer(rebasing: UnsafeBufferPointer(start: nil, count: 0)[...]), isEnd: true)
    }

    /// Takes a part of a line.
    private mutating func take(_ part: UnsafeBufferPointer<UInt8>, isEnd: Bool) {
        if !isPassingOver {
            // Most lines are told by their first bytes, where they lie.
            if begun.isEmpty, part.count > longestName, !isWanted(part) {
                isPassingOver = true
            } else {
                begun.append(contentsOf: part.prefix(Self.lineLimit + 1 - begun.count))
                let isDecidable = begun.count > longestName || isEnd
                if begun.count > Self.lineLimit || isDecidable && !begun.withUnsafeBufferPointer(isWanted) {
                    isPassingOver = true
                }
            }
        }
        guard isEnd else { return }
        if !isPassingOver, kept.count + begun.count < Self.keptLimit { kept += begun + [UInt8(ascii: "\n")] }
        begun.removeAll(keepingCapacity: true)
        isPassingOver = false
    }

    /// Whether a line begins with the name of a family, and nothing more of a name.
    private func isWanted(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        families.contains { name in
            guard line.count > name.count, line.starts(with: name) else { return false }
            return [UInt8(ascii: "{"), UInt8(ascii: " "), UInt8(ascii: "\t")].contains(line[name.count])
        }
    }
}
