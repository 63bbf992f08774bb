import ClusterSimulator
import Foundation
import KubernetesWire
import TestFixtures
import Testing

/// The recorded answers beside the tests.
enum Recorded {
    /// A file of the healthy recording; `wire/…` is a whole recorded answer.
    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = name.hasPrefix("wire/") ? Fixture.folder : Fixture.healthy.path
        return [UInt8](try Data(contentsOf: URL(filePath: folder).appending(path: name)))
    }

    /// The templates, read once.
    static func templates() throws -> RecordedTemplates {
        try cached.get()
    }

    private static let cached = Result {
        var files: [String: [UInt8]] = [:]
        for name in RecordedTemplates.fileNames { files[name] = try? bytes(name) }
        return try RecordedTemplates(files: files)
    }

    /// A recorded HTTP answer.
    struct Answer {
        var status: Int
        var headerNames: [String]
        var contentType: String
        var body: [UInt8]
    }

    static func answer(_ name: String) throws -> Answer {
        let bytes = try bytes("wire/" + name)
        let end = try #require(bytes.firstRange(of: Array("\r\n\r\n".utf8)))
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let status = try #require(lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        let fields = lines.dropFirst().map { $0.split(separator: ": ", maxSplits: 1).map(String.init) }
        return Answer(
            status: status,
            headerNames: fields.map { $0[0] },
            contentType: fields.first { $0[0] == "content-type" }?[1] ?? "",
            body: Array(bytes[end.upperBound...])
        )
    }

    /// What recorded probes answered: by endpoint, method and path.
    static func probes(_ fixture: Fixture) throws -> [(endpoint: String, path: String, status: Int, body: String)] {
        try String(decoding: fixture.bytes("probes.jsonl"), as: UTF8.self).split(separator: "\n")
            .map { line in
                let json = try JSONValue(parsing: Array(line.utf8))
                return (
                    json["endpoint"]?.text ?? "", json["path"]?.text ?? "", Int(json["status"]?.integer ?? 0),
                    json["body"]?.text ?? ""
                )
            }
    }
}

let protobufAccept: [(name: String, value: String)] = [
    ("accept", "application/vnd.kubernetes.protobuf,application/json")
]

/// A small cluster of three zones.
func makeCluster(
    nodes: Int = 9,
    pods: Int = 80,
    seed: UInt64 = 1,
    podBytes: Int = 4800
) throws -> SimulatedCluster {
    try SimulatedCluster(
        plan: ClusterPlan(nodes: nodes, pods: pods, zones: 3, seed: seed, podBytes: podBytes),
        templates: Recorded.templates()
    )
}

/// An answer read to its end.
struct ReadAnswer {
    var status: Int
    var headers: [(name: String, value: String)]
    var body: [UInt8]
    /// The connection broke before the body's end.
    var isCut = false

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

extension SimulatedResponse {
    /// Reads the body to its end; only for bodies that end.
    func read() async throws -> ReadAnswer {
        let head = try #require(head)
        var answer = ReadAnswer(status: head.status, headers: head.headers, body: [])
        switch body {
        case .bytes(let bytes): answer.body = bytes
        case .chunks(let chunks):
            do {
                for try await chunk in chunks { answer.body += chunk }
            } catch is SimulatedConnectionCut {
                answer.isCut = true
            }
        }
        return answer
    }
}

extension SimulatedCluster {
    /// Sends a request and reads the answer to its end.
    func get(
        _ target: String,
        accept: [(name: String, value: String)] = protobufAccept,
        endpoint: SimulatedEndpoint = .loadBalancer
    ) async throws -> ReadAnswer {
        try await respond(to: SimulatedRequest(target: target, headers: accept, endpoint: endpoint)).read()
    }

    func open(_ target: String) async -> SimulatedResponse {
        await respond(to: SimulatedRequest(target: target, headers: protobufAccept))
    }

    func send(
        _ method: String,
        _ target: String,
        _ body: String,
        headers: [(name: String, value: String)] = [("accept", "application/json")],
        endpoint: SimulatedEndpoint = .loadBalancer
    ) async throws -> (status: Int, json: JSONValue) {
        let request = SimulatedRequest(
            method: method,
            target: target,
            headers: headers + [("content-type", "application/json")],
            body: Array(body.utf8),
            endpoint: endpoint
        )
        let answer = try await respond(to: request).read()
        return (answer.status, try JSONValue(parsing: answer.body))
    }
}

/// A list as a client sees it.
struct ReadList {
    var meta: ProtobufMessage
    var items: [[UInt8]]
    var version: String { meta.string(2) ?? "" }
    var continueToken: String { meta.string(3) ?? "" }
    var remaining: Int64? { meta.integer(4) }

    init(_ body: [UInt8]) throws {
        try #require(body.starts(with: Array("k8s\0".utf8)))
        let envelope = try ProtobufMessage(parsing: body.dropFirst(4))
        let list = try #require(envelope.message(2))
        meta = try #require(list.message(1))
        items = list.fields.compactMap { field in
            guard field.number == 2, case .bytes(let bytes) = field.value else { return nil }
            return bytes
        }
    }
}

/// One frame of a watch.
struct ReadFrame {
    var type: String
    var kind: String
    var object: ProtobufMessage
    var bytes: [UInt8]
    /// The whole event.
    var event: ProtobufMessage

    var key: String { "\(object.string(1, 3) ?? "")/\(object.string(1, 1) ?? "")" }
    var version: String { object.string(1, 6) ?? "" }

    /// Splits a stream into its whole frames.
    static func all(_ body: [UInt8]) throws -> [ReadFrame] {
        var frames: [ReadFrame] = []
        var rest = body[...]
        while rest.count >= 4 {
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            guard rest.count >= 4 + length else { break }
            frames.append(try ReadFrame(rest.dropFirst(4).prefix(length)))
            rest = rest.dropFirst(4 + length)
        }
        return frames
    }

    private init(_ bytes: ArraySlice<UInt8>) throws {
        event = try ProtobufMessage(parsing: bytes)
        type = event.string(1) ?? ""
        let holder = try #require(event.message(2))
        guard case .bytes(let raw)? = holder.fields.first?.value else { throw ProtobufFormatError.badTag(offset: 0) }
        try #require(raw.starts(with: Array("k8s\0".utf8)))
        let envelope = try ProtobufMessage(parsing: raw.dropFirst(4))
        kind = envelope.string(1, 2) ?? ""
        guard case .bytes(let object)? = envelope.fields.first(where: { $0.number == 2 })?.value else {
            throw ProtobufFormatError.badTag(offset: 0)
        }
        self.bytes = object
        self.object = try ProtobufMessage(parsing: object)
    }
}
