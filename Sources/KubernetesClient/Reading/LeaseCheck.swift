import ClusterState
import HTTPTransport
import KubernetesWire

/// Distinguishes leases that are not renewed from a watch of leases that delivers nothing.
///
/// Rules conclude from leases that are not renewed that the cluster accepts no writes. A watch that has failed without an
/// error, or an API server that sends nothing, looks the same, and bookmarks, which come each minute, are too rare to
/// distinguish them. So a watch that was quiet for longer than leases are in any cluster is checked by a consistent list.
/// If the list has the same leases, they are as old as they look; if it has others, the watch has failed, and the leases
/// are listed and watched again. A list that fails proves nothing: the last known leases stay valid until, after
/// ``longestSilence``, the source `leases` is not ok and nothing is concluded.
///
/// Without a quorum of etcd there are no consistent lists; then bookmarks count, which come from the API server's cache.
struct LeaseCheck: Sendable {
    /// Leaders renew each 2 s, API servers each 10 s.
    static let quiet = Duration.seconds(12)
    /// The time without an event, bookmark or list after which the leases are outdated. Bookmarks are 75 s apart at most.
    static let longestSilence = ResourceRequest.longestSilence
    /// The most bytes of leases that are compared: those of 5,000 nodes take about 3 MiB.
    private static let byteLimit = 64 << 20
    /// How long an event that overlaps with a list may be on its way.
    private static let delivery = Duration.seconds(1)

    private let reflector: Reflector

    /// Creates the check of a reflector of leases.
    init(_ reflector: Reflector) {
        self.reflector = reflector
    }

    /// Runs until the task is cancelled.
    func run() async {
        var wait = Self.quiet
        while !Task.isCancelled {
            do { try await reflector.clock.sleep(wait) } catch { return }
            wait = Self.quiet
            let now = reflector.clock.uptime()
            guard let knownAt = await reflector.store.leasesKnownAt else { continue }
            guard now - knownAt >= Self.quiet else {
                wait = Self.quiet - (now - knownAt)
                continue
            }
            do throws(RequestFailure) {
                try await check(at: now)
            } catch {
                await reflector.store.requestFailed(error)
                await reportBrokenList(error)
                wait = max(wait, error.retryAfter ?? .zero)
            }
        }
    }

    private func check(at now: Duration) async throws(RequestFailure) {
        var pages: [[UInt8]] = []
        var bounds = ListBounds()
        for namespace in reflector.scopes {
            try await list(namespace, into: &pages, &bounds)
            bounds.scopeEnded()
        }
        await reflector.store.requestSucceeded()
        if try await reflector.store.confirmLeases(pages, listedAt: now) { return }
        // What the list shows may only be ahead of its event.
        do { try await reflector.clock.sleep(Self.delivery) } catch { return }
        guard let knownAt = await reflector.store.leasesKnownAt, knownAt < now else { return }
        reflector.feed.yield(.input(.outdated))
    }

    /// Adds the pages of a namespace's leases.
    private func list(
        _ namespace: String?,
        into pages: inout [[UInt8]],
        _ bounds: inout ListBounds
    ) async throws(RequestFailure) {
        var token = ""
        while true {
            let room = Self.byteLimit - pages.reduce(0) { $0 + $1.count }
            let bytes = try await page(
                .page(reflector.resource, namespace: namespace, continueToken: token),
                room,
                &bounds
            )
            pages.append(bytes)
            let page = try await reflector.store.outline(bytes)
            token = page.continueToken
            if let failure = bounds.pageEnded(items: page.items, hasNext: !token.isEmpty) { throw failure }
            guard !token.isEmpty else { return }
            if let failure = bounds.follow(token, at: reflector.clock.uptime()) { throw failure }
        }
    }

    /// The bytes of a page, which has room for so many.
    private func page(
        _ request: ResourceRequest,
        _ room: Int,
        _ bounds: inout ListBounds
    ) async throws(RequestFailure) -> [UInt8] {
        guard let permit = await reflector.pagePermits.acquire() else { throw .transport(.cancelled) }
        defer { withExtendedLifetime(permit) {} }
        let response = try await reflector.client.get(
            request.target,
            accept: reflector.resource.mediaType,
            limits: ResourceRequest.listLimits,
            isPausable: true
        )
        bounds.pageArrived(at: reflector.clock.uptime())
        var body = PageBody(response.body, permits: reflector.pagePermits, clock: reflector.clock)
        var bytes: [UInt8] = []
        while let chunk = try await body.next() {
            bytes += chunk
            guard bytes.count <= room else { throw .malformed("the list has over \(Self.byteLimit) bytes of leases") }
            if let overdue = bounds.overdue(at: reflector.clock.uptime()) { throw overdue }
        }
        return bytes
    }

    /// Makes the source show a list that does not end or comes too slowly. What fails otherwise shows in the watch.
    private func reportBrokenList(_ failure: RequestFailure) async {
        switch failure {
        case .malformed, .slow:
            let stage = failure.kind == .malformed ? ListWatch.Stage.decode : .list
            await reflector.store.failed(.leases, stage: stage.rawValue, failure)
        case .transport, .credentials, .refused: break
        }
    }
}
