import Glibc
import Testing

/// A folder of its own for a test, gone with the value.
final class TestFolder: Sendable {
    /// Its path, without a slash at the end.
    let path: String

    init() throws {
        var template = Array("/tmp/credentials-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        Self.remove(path)
    }

    /// Writes a file, replacing what is there; folders on the way are made.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let target = "\(path)/\(name)"
        if let slash = name.lastIndex(of: "/") { mkdir("\(path)/\(name[..<slash])", 0o700) }
        let file = try #require(fopen(target, "we"))
        defer { fclose(file) }
        let bytes = Array(text.utf8)
        try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
        return target
    }

    /// Makes a name for another file.
    func link(_ name: String, to target: String) throws {
        if let slash = name.lastIndex(of: "/") { mkdir("\(path)/\(name[..<slash])", 0o700) }
        try #require(symlink(target, "\(path)/\(name)") == 0)
    }

    func delete(_ name: String) {
        unlink("\(path)/\(name)")
    }

    /// The file's text; empty where there is none.
    func read(_ name: String) -> String {
        Self.text("\(path)/\(name)") ?? ""
    }

    /// A file's text.
    static func text(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The names of a folder's files that end so, sorted.
    static func names(in path: String, ending: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            names.append(
                withUnsafePointer(to: entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
            )
        }
        return names.filter { $0.hasSuffix(ending) }.sorted()
    }

    private static func remove(_ path: String) {
        for name in names(in: path, ending: "") where name != "." && name != ".." {
            if unlink("\(path)/\(name)") != 0 { remove("\(path)/\(name)") }
        }
        rmdir(path)
    }
}
