import HTTPTransport
import KubernetesWire

/// Tells leases that are quiet from a watch of leases that is dead.
///
/// Rules conclude from leases that nobody renews that the cluster writes nothing, and a watch that has died without a
/// word, or an API server that sends nothing any more, looks just the same: bookmarks, which come each minute, are too
/// rare to tell by. So a watch that has been quiet for longer than any cluster's leases are is checked by a consistent
/// list. One that shows the leases as they are held proves that they are as old as they look; one that shows others
/// proves the watch dead, and has the leases listed and watched anew. A list that fails proves nothing: what was last
/// heard stays what is known, until after ``longestSilence`` the source `leases` is not ok and nothing is concluded.
///
/// Without a quorum of etcd there are no consistent lists; then bookmarks tell, which come from the API server's cache.
struct LeaseCheck: Sendable {
    /// Leaders renew each 2 s, API servers each 10 s.
    static let quiet = Duration.seconds(12)
    /// After so long without an event, bookmark or list, leases tell nothing of now. Bookmarks are 75 s apart at most.
    static let longestSilence = ResourceRequest.longestSilence
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
                wait = max(wait, error.retryAfter ?? .zero)
            }
        }
    }

    private func check(at now: Duration) async throws(RequestFailure) {
        var pages: [[UInt8]] = []
        for namespace in reflector.scopes { pages += try await list(namespace) }
        if try await reflector.store.confirmLeases(pages, listedAt: now) { return }
        // What the list shows may only be ahead of its event.
        do { try await reflector.clock.sleep(Self.delivery) } catch { return }
        guard let knownAt = await reflector.store.leasesKnownAt, knownAt < now else { return }
        reflector.feed.yield(.input(.outdated))
    }

    /// The pages of a namespace's leases.
    private func list(_ namespace: String?) async throws(RequestFailure) -> [[UInt8]] {
        var pages: [[UInt8]] = []
        var token = ""
        repeat {
            guard let permit = await reflector.pagePermits.acquire() else { throw .transport(.cancelled) }
            let request = ResourceRequest.page(reflector.resource, namespace: namespace, continueToken: token)
            let page = try await reflector.client.read(
                request.target,
                accept: reflector.decoder.accept,
                limits: ResourceRequest.listLimits
            )
            withExtendedLifetime(permit) {}
            token = try await reflector.store.continueToken(page)
            pages.append(page)
        } while !token.isEmpty
        return pages
    }
}
