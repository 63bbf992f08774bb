import Glibc

/// The memory that the program's own code takes.
enum CodeMemory {
    /// Has the kernel forget which pages of code this process has touched. To be called after each collection.
    ///
    /// Start-up runs code all over the program and its libraries: relocation, the look-up of types, options, the first
    /// TLS handshakes; and for each page that is executed the kernel maps fifteen beside it. All of that stays in the
    /// process's resident memory although most is never executed again, or not before the next collection. They are
    /// clean pages of files: what is executed again is mapped again from the page cache, without a read from disk.
    static let giveBackUnused: @Sendable () -> Void = {
        for range in executableRanges(maps: text(of: "/proc/self/maps")) {
            guard let start = UnsafeMutableRawPointer(bitPattern: range.lowerBound) else { continue }
            // Advice: where it is not taken, nothing is lost.
            _ = madvise(start, Int(range.upperBound - range.lowerBound), MADV_DONTNEED)
        }
    }

    /// The mappings of files that can be executed and not written, from the lines of proc(5)'s maps. Only these: a page
    /// that was written and is then protected, as relocations are, would lose what was written.
    static func executableRanges(maps: String) -> [Range<UInt>] {
        maps.split(separator: "\n")
            .compactMap { line in
                let fields = line.split(separator: " ")
                guard fields.count >= 6, fields[1] == "r-xp", fields[5].hasPrefix("/") else { return nil }
                let bounds = fields[0].split(separator: "-")
                guard bounds.count == 2, let start = UInt(bounds[0], radix: 16), let end = UInt(bounds[1], radix: 16),
                    start < end
                else { return nil }
                return start..<end
            }
    }

    private static func text(of path: String) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while case let count = read(file, &buffer, buffer.count), count > 0 {
            bytes.append(contentsOf: buffer[..<count])
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
