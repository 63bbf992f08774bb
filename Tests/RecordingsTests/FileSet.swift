import ClusterState
import FoundationEssentials
import Recordings
import TestFixtures
import Testing

/// A recording's files in memory, to be changed before they are read.
struct FileSet {
    var files: [String: [UInt8]] = [:]

    /// Those of a fixture.
    init(_ fixture: Fixture) throws {
        for name in try fixture.fileNames() { files[name] = try fixture.bytes(name) }
    }

    /// The given texts.
    init(_ texts: [String: String]) {
        files = texts.mapValues { Array($0.utf8) }
    }

    /// Sets a file's text.
    mutating func set(_ name: String, _ text: String) {
        files[name] = Array(text.utf8)
    }

    /// The recording in them.
    func read() throws -> Recording {
        // The bytes must stay where they are until they are read, which withUnsafeBytes promises for one array only.
        var pointers: [String: UnsafeRawBufferPointer] = [:]
        var buffers: [UnsafeMutableRawBufferPointer] = []
        defer { for buffer in buffers { buffer.deallocate() } }
        for (name, bytes) in files {
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
            buffer.copyBytes(from: bytes)
            buffers.append(buffer)
            pointers[name] = UnsafeRawBufferPointer(buffer)
        }
        return try Recording.read(files: pointers)
    }

    /// What the error says that reading throws.
    func refusal(sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let error = try #require(throws: RecordingError.self, sourceLocation: sourceLocation) { _ = try read() }
        let text = "\(error)"
        #expect(!text.contains("\n"), sourceLocation: sourceLocation)
        return text
    }
}

/// A folder that is there as long as the test runs.
struct TemporaryFolder: ~Copyable {
    let path: String

    /// Creates a folder with files.
    init(_ files: [String: [UInt8]]) throws {
        path = FileManager.default.temporaryDirectory.path + "/recording-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, bytes) in files { try Data(bytes).write(to: URL(filePath: "\(path)/\(name)")) }
    }

    /// Adds a symbolic link.
    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

/// How many items the `.json` twin of a list has, of a namespace or outside it.
func twinCount(_ fixture: Fixture, _ file: String, where isCounted: (String) -> Bool = { _ in true }) throws -> Int {
    struct List: Decodable {
        struct Item: Decodable {
            struct Metadata: Decodable { var namespace: String? }
            var metadata: Metadata
        }
        var items: [Item]
    }
    let list = try JSONDecoder().decode(List.self, from: Data(try fixture.bytes(file)))
    return list.items.count { isCounted($0.metadata.namespace ?? "") }
}
