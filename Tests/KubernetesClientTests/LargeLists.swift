import HTTPTransport
import KubernetesWire
import Synchronization

@testable import ClusterSimulator

/// An API server that serves lists of so many bare objects, and watches that never bring anything. It keeps which pages
/// were asked for, and how many were under way at once.
final class LargeLists: Transport {
    /// A page of a list, by the plural of what is listed.
    struct Page: Hashable, Sendable {
        var plural: String
        var number: Int
    }

    private struct Core {
        var pages: [Page] = []
        var underWay = 0
        var most = 0
    }

    private let counts: [SimulatedResource: Int]
    private let core = Mutex(Core())

    /// Serves so many objects of each resource.
    init(_ counts: [SimulatedResource: Int]) {
        self.counts = counts
    }

    /// The pages in the order in which they were asked for.
    var pages: [Page] { core.withLock { $0.pages } }
    /// The most pages that were asked for and not yet read to their end.
    var mostUnderWay: Int { core.withLock { $0.most } }
    func clear() { core.withLock { $0 = Core(underWay: $0.underWay) } }

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        let path = request.url.prefix { $0 != "?" }
        guard let resource = counts.keys.first(where: { path.hasSuffix("/\($0.plural)") }) else {
            return TransportResponse(head: ResponseHead(status: 404, headers: []), body: Self.body([]) {})
        }
        guard request.url.contains("limit=") else {
            let (quiet, _) = AsyncStream<[UInt8]>.makeStream()
            return TransportResponse(
                head: ResponseHead(status: 200, headers: []),
                body: ResponseBody {
                    { () async throws(TransportError) -> [UInt8]? in
                        var iterator = quiet.makeAsyncIterator()
                        return await iterator.next()
                    }
                }
            )
        }
        let number = request.url.firstRange(of: "continue=").flatMap { Int(request.url[$0.upperBound...]) } ?? 0
        core.withLock { core in
            core.pages.append(Page(plural: resource.plural, number: number))
            core.underWay += 1
            core.most = max(core.most, core.underWay)
        }
        return TransportResponse(
            head: ResponseHead(status: 200, headers: []),
            body: Self.body(page(number, of: resource)) { self.core.withLock { $0.underWay -= 1 } }
        )
    }

    /// Each page in several chunks, as it comes over a network.
    private static func body(_ bytes: [UInt8], atEnd: @escaping @Sendable () -> Void) -> ResponseBody {
        ResponseBody {
            let left = Mutex(bytes[...])
            return { () async throws(TransportError) -> [UInt8]? in
                await Task.yield()
                let chunk = left.withLock { left in
                    let chunk = left.prefix(4_096)
                    left = left.dropFirst(4_096)
                    return Array(chunk)
                }
                if chunk.isEmpty { atEnd() }
                return chunk.isEmpty ? nil : chunk
            }
        }
    }

    private func page(_ number: Int, of resource: SimulatedResource) -> [UInt8] {
        let count = counts[resource] ?? 0
        let range = number * 500..<min(count, number * 500 + 500)
        let rest = count - range.upperBound
        var list = Wire.listMeta(
            revision: 5_000,
            continueToken: rest > 0 ? String(number + 1) : "",
            remaining: rest > 0 ? rest : nil
        )
        for index in range {
            var metadata = ProtobufMessage()
            metadata.set(1, "\(resource.plural)-\(index)")
            metadata.set(3, "default")
            metadata.set(5, "\(resource.plural)-\(index)")
            var object = ProtobufMessage()
            object.set(1, metadata)
            list.appendField(2, object.encoded)
        }
        return Wire.enveloped(apiVersion: resource.apiVersion, kind: resource.kind + "List", raw: list)
    }
}
