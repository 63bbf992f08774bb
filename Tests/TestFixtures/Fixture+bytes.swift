import FoundationEssentials

extension Fixture {
    /// The names of its files, in order.
    package func fileNames() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    /// The bytes of a file.
    package func bytes(_ file: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "\(path)/\(file)")))
    }

    /// The lines of its `probes.jsonl`.
    package func probeLines() throws -> [RecordedProbe] {
        try bytes("probes.jsonl").split(separator: UInt8(ascii: "\n"))
            .map {
                try JSONDecoder().decode(RecordedProbe.self, from: Data($0))
            }
    }
}

/// A line of `probes.jsonl`, as it stands there.
package struct RecordedProbe: Decodable, Sendable {
    package var source: String
    package var endpoint: String
    package var method: String
    package var path: String
    package var status: Int
    package var body: String
}
