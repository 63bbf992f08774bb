import ClusterSimulator
import FoundationEssentials
import HTTPTransport
import KubernetesWire
import Synchronization
import TestFixtures

/// An API server and etcd members that answer what was recorded of real ones, in pages.
final class RecordedAPIServer: Transport {
    private enum Item: Sendable {
        case protobuf(ProtobufMessage)
        case json([UInt8])
    }

    /// A list as it was recorded.
    private struct List: Sendable {
        var apiVersion: String
        var kind: String
        var resourceVersion: String
        var items: [(namespace: String, item: Item)]
        var isJSON: Bool { kind.hasPrefix("Gateway") || kind.hasPrefix("HTTPRoute") }
    }

    /// What stands between a request and its answer.
    typealias Interference = @Sendable (TransportRequest) throws(TransportError) -> TransportResponse?

    private let lists: [String: List]
    private let groups: [String]
    private let version: [UInt8]
    private let probes: [String: RecordedProbe]
    /// Objects a page, whatever is asked for: a server may give fewer.
    private let pageSize: Int
    /// In parts of so many bytes bodies come.
    private let chunkSize: Int
    private let asked = Mutex<[TransportRequest]>([])
    private let interference: Interference

    /// Answers with the files of a fixture.
    ///
    /// - Parameters:
    ///   - fixture: The recording.
    ///   - pageSize: Objects a page.
    ///   - chunkSize: Bytes a part of a body.
    ///   - changing: Changes the items of a resource, by its name in paths.
    ///   - changingJSON: The same for those that are served as JSON.
    ///   - interference: Answers in the server's place, or throws.
    /// - Throws: Where the fixture cannot be read.
    init(
        _ fixture: Fixture,
        pageSize: Int = 7,
        chunkSize: Int = 1_000,
        changing: (_ resource: String, _ items: inout [ProtobufMessage]) -> Void = { _, _ in },
        changingJSON: (_ resource: String, _ items: inout [JSONValue]) -> Void = { _, _ in },
        interference: @escaping Interference = { (_) throws(TransportError) in nil }
    ) throws {
        var lists: [String: List] = [:]
        for name in try fixture.fileNames() {
            let parts = name.split(separator: ".json")[0].split(separator: ".pb")[0].split(separator: "_")
            guard parts.count == 3 else { continue }
            let isGateway = name.hasPrefix("gateway.networking.k8s.io")
            guard name.hasSuffix(isGateway ? ".json" : ".pb") else { continue }
            let group = parts[0] == "core" ? "" : String(parts[0])
            let root = group.isEmpty ? "/api/\(parts[1])" : "/apis/\(group)/\(parts[1])"
            let bytes = try fixture.bytes(name)
            var list: List
            if isGateway {
                let document = try JSONValue(parsing: bytes)
                var items = document["items"]?.elements ?? []
                changingJSON(String(parts[2]), &items)
                list = List(
                    apiVersion: document["apiVersion"]?.text ?? "",
                    kind: document["kind"]?.text ?? "",
                    resourceVersion: document["metadata"]?["resourceVersion"]?.text ?? "1",
                    items: items.map { ($0["metadata"]?["namespace"]?.text ?? "", .json($0.encoded)) }
                )
            } else {
                let envelope = try ProtobufMessage(parsing: bytes.dropFirst(4))
                var items = envelope.message(2)?.messages(2) ?? []
                changing(String(parts[2]), &items)
                list = List(
                    apiVersion: envelope.string(1, 1) ?? "",
                    kind: envelope.string(1, 2) ?? "",
                    resourceVersion: envelope.string(2, 1, 2) ?? "",
                    items: items.map { ($0.string(1, 3) ?? "", .protobuf($0)) }
                )
            }
            if list.resourceVersion.isEmpty { list.resourceVersion = "1" }
            lists["\(root)/\(parts[2])"] = list
        }
        self.lists = lists
        groups = Set(lists.values.map(\.apiVersion)).sorted()
        version = try fixture.bytes("version.json")
        var probes: [String: RecordedProbe] = [:]
        for line in try fixture.probeLines() { probes["\(line.method) \(line.endpoint)\(line.path)"] = line }
        self.probes = probes
        self.pageSize = pageSize
        self.chunkSize = chunkSize
        self.interference = interference
    }

    /// What was asked so far.
    var requests: [TransportRequest] { asked.withLock { $0 } }

    /// The instances that were recorded: `etcd` or `apiserver`.
    func endpoints(_ source: String) -> [String] {
        Set(probes.values.filter { $0.source == source }.map(\.endpoint)).sorted()
    }

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        asked.withLock { $0.append(request) }
        if let answer = try interference(request) { return answer }
        guard request.url.hasPrefix(CaptureBench.server) else { return try probe(request) }
        let target = request.url.dropFirst(CaptureBench.server.count)
        let path = String(target.prefix { $0 != "?" })
        switch path {
        case "/api": return answer(200, #"{"kind":"APIVersions","versions":["v1"]}"#)
        case "/apis":
            let versions = groups.map { #"{"versions":[{"groupVersion":"\#($0)"}]}"# }
            return answer(200, #"{"groups":[\#(versions.joined(separator: ","))]}"#)
        case "/version": return Self.answer(200, version, chunkSize)
        default: return page(path, target)
        }
    }

    private func page(_ path: String, _ target: Substring) -> TransportResponse {
        var parts = path.split(separator: "/").map(String.init)
        var namespace: String?
        if let index = parts.firstIndex(of: "namespaces"), parts.count > index + 2 {
            namespace = parts[index + 1]
            parts.removeSubrange(index...index + 1)
        }
        guard let list = lists["/" + parts.joined(separator: "/")] else {
            return answer(404, "404 page not found\n")
        }
        let items = list.items.filter { namespace == nil || $0.namespace == namespace }
        let start = Self.parameter("continue", target).flatMap { Int($0) } ?? 0
        let limit = min(pageSize, Self.parameter("limit", target).flatMap { Int($0) } ?? .max)
        let end = min(start + limit, items.count)
        let rest = items.count - end
        let page = items[start..<end].map(\.item)
        let token = rest > 0 ? "\(end)" : ""
        return Self.answer(200, list.isJSON ? json(list, page, token) : protobuf(list, page, token, rest), chunkSize)
    }

    private func json(_ list: List, _ items: [Item], _ token: String) -> [UInt8] {
        let texts = items.compactMap { if case .json(let text) = $0 { text } else { nil } }
        // Blanks and another order of members than the recorder's: all of it is JSON.
        return Array(#"{ "kind" : "\#(list.kind)", "metadata": {"continue": "\#(token)", "#.utf8)
            + Array(#""resourceVersion": "\#(list.resourceVersion)"}, "items" : [ "#.utf8)
            + texts.joined(separator: Array(" ,\n".utf8))
            + Array(#" ], "apiVersion": "\#(list.apiVersion)" }"#.utf8)
    }

    private func protobuf(_ list: List, _ items: [Item], _ token: String, _ rest: Int) -> [UInt8] {
        var meta = ProtobufMessage()
        meta.set(1, "")
        meta.set(2, list.resourceVersion)
        meta.set(3, token)
        if rest > 0 { meta.set(4, Int64(rest)) }
        var raw = ProtobufMessage()
        raw.set(1, meta)
        let messages = items.compactMap { if case .protobuf(let message) = $0 { message } else { nil } }
        raw.replaceAll(2, with: messages)
        var type = ProtobufMessage()
        type.set(1, list.apiVersion)
        type.set(2, list.kind)
        var envelope = ProtobufMessage()
        envelope.set(1, type)
        envelope.set(2, raw)
        envelope.set(3, "")
        envelope.set(4, "")
        return [0x6b, 0x38, 0x73, 0] + envelope.encoded
    }

    private func probe(_ request: TransportRequest) throws(TransportError) -> TransportResponse {
        // The exclusions of a health check are newer than the recording, whose members have no alarms.
        let url = request.url.contains("/health?") ? request.url.prefix { $0 != "?" } : request.url[...]
        guard let line = probes["\(request.method) \(url)"], line.status != 0 else {
            throw .connectionFailed(host: request.url, reason: "refused")
        }
        return answer(line.status, line.body)
    }

    private func answer(_ status: Int, _ text: String) -> TransportResponse {
        Self.answer(status, Array(text.utf8), chunkSize)
    }

    /// An answer whose body comes in parts, and breaks off after so many of them where that is wanted.
    static func answer(
        _ status: Int,
        _ bytes: [UInt8],
        _ chunkSize: Int = 1_000,
        headers: [(name: String, value: String)] = [],
        cutAfter: Int? = nil
    ) -> TransportResponse {
        let chunks = stride(from: 0, to: bytes.count, by: chunkSize)
            .map { Array(bytes[$0..<min($0 + chunkSize, bytes.count)]) }
        return TransportResponse(
            head: ResponseHead(status: status, headers: headers),
            body: ResponseBody {
                let next = Mutex(0)
                return { () async throws(TransportError) -> [UInt8]? in
                    let index = next.withLock { next in
                        defer { next += 1 }
                        return next
                    }
                    if index == cutAfter { throw .connectionLost(reason: "cut") }
                    return index < chunks.count ? chunks[index] : nil
                }
            }
        )
    }

    private static func parameter(_ name: String, _ target: Substring) -> String? {
        target.drop { $0 != "?" }.dropFirst().split(separator: "&")
            .first { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
    }
}
