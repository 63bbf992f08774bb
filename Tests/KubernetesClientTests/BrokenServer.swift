import HTTPTransport
import KubernetesWire
import Synchronization
import TestClocks

@testable import ClusterSimulator

/// An API server, or a proxy before one, whose lists and watches do not end as they should.
final class BrokenServer: Transport {
    /// What becomes of the lists of a resource.
    enum Lists: Sendable {
        /// One page with one object.
        case whole
        /// A page that brings so many bytes a second and goes on for hours.
        case drip(bytes: Int)
        /// One object a page and a new token each time, each page a second after it was asked for.
        case endless
        /// One object a page and always the same token.
        case sameToken
        /// Pages without objects, a new token each time.
        case emptyPages
    }

    /// What becomes of watches.
    enum Watches: Sendable {
        /// They bring nothing and stay open.
        case quiet
        /// They end after one bookmark.
        case end
        /// They bring a bookmark after two seconds and the beginning of an event, and are not read fast enough.
        case overrun
    }

    private struct Core {
        var lists: [SimulatedResource: Lists]
        var targets: [String] = []
    }

    private let core: Mutex<Core>
    private let clock: ManualClock
    private let watches: Watches

    /// Serves these resources.
    ///
    /// - Parameters:
    ///   - lists: What becomes of their lists; what is not named is not served.
    ///   - watches: What becomes of their watches.
    ///   - clock: What the server goes by.
    init(_ lists: [SimulatedResource: Lists], watches: Watches = .quiet, clock: ManualClock) {
        core = Mutex(Core(lists: lists))
        self.watches = watches
        self.clock = clock
    }

    /// The targets with this text that were asked for since the last call of ``clear()``.
    func requests(_ text: String) -> Int { core.withLock { $0.targets.filter { $0.contains(text) }.count } }
    func clear() { core.withLock { $0.targets = [] } }
    func set(_ resource: SimulatedResource, _ lists: Lists) { core.withLock { $0.lists[resource] = lists } }

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        let path = request.url.prefix { $0 != "?" }
        let served = core.withLock { core in
            core.targets.append(request.url)
            return core.lists.first { path.hasSuffix("/\($0.key.plural)") }
        }
        guard let (resource, lists) = served else { return response([], status: 404) }
        guard request.url.contains("limit=") else { return watch(resource) }
        let page = request.url.firstRange(of: "continue=").flatMap { Int(request.url[$0.upperBound...]) } ?? 0
        switch lists {
        case .whole: return response(bytes(of: resource, name: "one"))
        case .drip(let count):
            let long = bytes(of: resource, name: String(repeating: "x", count: 8 << 20))
            return TransportResponse(head: ResponseHead(status: 200, headers: []), body: drip(long, count))
        case .endless:
            do { try await clock.sleep(until: clock.now.advanced(by: .seconds(1)), tolerance: nil) } catch {
                throw .cancelled
            }
            return response(bytes(of: resource, name: "\(page)", token: "\(page + 1)"))
        case .sameToken: return response(bytes(of: resource, name: "\(page)", token: "1"))
        case .emptyPages: return response(bytes(of: resource, name: nil, token: "\(page + 1)"))
        }
    }

    private func response(_ bytes: [UInt8], status: Int = 200) -> TransportResponse {
        let left = Mutex<[UInt8]?>(bytes)
        return TransportResponse(
            head: ResponseHead(status: status, headers: []),
            body: ResponseBody { { () async throws(TransportError) in left.withLock { $0.take() } } }
        )
    }

    private func drip(_ bytes: [UInt8], _ count: Int) -> ResponseBody {
        ResponseBody { [clock] in
            let position = Mutex(0)
            return { () async throws(TransportError) in
                do { try await clock.sleep(until: clock.now.advanced(by: .seconds(1)), tolerance: nil) } catch {
                    throw .cancelled
                }
                return position.withLock { position in
                    defer { position += count }
                    return Array(bytes[min(position, bytes.count)..<min(position + count, bytes.count)])
                }
            }
        }
    }

    private func watch(_ resource: SimulatedResource) -> TransportResponse {
        let bookmark = Wire.watchFrame(
            type: "BOOKMARK",
            apiVersion: resource.apiVersion,
            kind: resource.kind,
            raw: Wire.bookmark(revision: 5_001, endsInitialEvents: false)
        )
        guard watches != .end else { return response(bookmark) }
        let chunks = Mutex<[[UInt8]]>(watches == .overrun ? [bookmark + bookmark.prefix(9)] : [])
        return TransportResponse(
            head: ResponseHead(status: 200, headers: []),
            body: ResponseBody { [clock, watches] in
                { () async throws(TransportError) in
                    let wait = Duration.seconds(watches == .overrun ? 2 : 86_400)
                    do { try await clock.sleep(until: clock.now.advanced(by: wait), tolerance: nil) } catch {
                        throw .cancelled
                    }
                    guard let chunk = chunks.withLock({ $0.popLast() }) else { throw .overrun }
                    return chunk
                }
            }
        )
    }

    /// A page with one object, or none.
    private func bytes(of resource: SimulatedResource, name: String?, token: String = "") -> [UInt8] {
        var list = Wire.listMeta(revision: 5_000, continueToken: token, remaining: nil)
        if let name {
            var metadata = ProtobufMessage()
            metadata.set(1, name)
            metadata.set(3, "kube-system")
            metadata.set(5, "uid-\(name.utf8.count)")
            var object = ProtobufMessage()
            object.set(1, metadata)
            list.appendField(2, object.encoded)
        }
        return Wire.enveloped(apiVersion: resource.apiVersion, kind: resource.kind + "List", raw: list)
    }
}
