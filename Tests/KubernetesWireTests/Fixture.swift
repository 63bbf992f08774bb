import ClusterState
import FoundationEssentials
import KubernetesWire
import Testing

/// Recorded answers of a real API server, in `Tests/Fixtures`.
enum Fixture {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")
    /// Inputs of the fuzzer, which are of use to nobody else.
    static let corpus = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/fuzz-corpus")

    static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: path)))
    }

    /// The body of a recorded HTTP answer.
    static func body(_ name: String) throws -> [UInt8] {
        let answer = try bytes("wire/\(name)")
        let end: [UInt8] = [13, 10, 13, 10]
        var position = 0
        while position + 4 <= answer.count {
            if answer[position..<position + 4].elementsEqual(end) { return Array(answer[(position + 4)...]) }
            position += 1
        }
        return []
    }

    /// The items of a recorded list, one after the other.
    static func items(_ path: String) throws -> [[UInt8]] {
        var items: [[UInt8]] = []
        var parser = ListParser()
        try parser.push(try bytes(path)) { element in
            if case .item(let item, _) = element { items.append(Array(item)) }
        }
        try parser.finish()
        return items
    }

    /// The names of a recording's lists.
    static func lists(_ recording: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: recording).path)
            .filter { $0.hasSuffix(".pb") }.sorted()
    }

    /// The inputs of the fuzzer by name, in order.
    static func inputs() throws -> [(name: String, bytes: [UInt8])] {
        try FileManager.default.contentsOfDirectory(atPath: corpus.path).sorted()
            .map { name in
                (name, [UInt8](try Data(contentsOf: corpus.appending(path: name))))
            }
    }
}

extension Fixture {
    /// Compares the rows that a recorded list decodes to with what its `.json` twin says, over every field that is kept.
    static func compare<Row: WireRow>(
        _ recording: String,
        _ file: String,
        _: Row.Type,
        _ expected: KeyPath<Expectation, [String: String]>
    ) throws {
        var interner = Interner()
        var actual: [[String: String]] = []
        for item in try items("\(recording)/\(file).pb") {
            let row = try item.decode(Row.self, &interner)
            // Against the interner as it is now: nothing may depend on what comes later.
            actual.append(Description(interner: interner).fields(row))
        }
        let json = try JSONDecoder()
            .decode(
                JSON.self,
                from: Data(contentsOf: folder.appending(path: "\(recording)/\(file).json"))
            )
        let wanted = json["items"].array.map { Expectation(json: $0)[keyPath: expected] }
        // The reported cases have not every kind.
        #expect(!wanted.isEmpty || recording == "reported-cases")
        #expect(actual.count == wanted.count)
        for (row, want) in zip(actual, wanted) {
            for key in Set(row.keys).union(want.keys).sorted() {
                #expect(row[key] == want[key], "\(want["meta.name"] ?? want["name"] ?? "") \(key)")
            }
        }
    }
}

extension [UInt8] {
    /// Calls the body with the bytes. `withUnsafeBytes` of the standard library forgets what type is thrown.
    func withRawBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws(WireError) -> Result
    ) throws(WireError) -> Result {
        try withUnsafeBufferPointer { buffer throws(WireError) in try body(UnsafeRawBufferPointer(buffer)) }
    }

    /// Reads an object from the bytes.
    func decode<Row: WireRow>(
        _: Row.Type,
        offset: Int = 0,
        _ interner: inout Interner
    ) throws(WireError) -> Row {
        try withRawBytes { bytes throws(WireError) in try Row.decode(bytes, offset: offset, &interner) }
    }
}
