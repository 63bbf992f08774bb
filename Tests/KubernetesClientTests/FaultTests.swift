import ClusterSimulator
import ClusterState
import KubernetesClient
import KubernetesWire
import Synchronization
import TestClocks
import Testing

/// Each fault: what is said of the sources while it lasts, and that all is well again after it.
struct FaultTests {
    /// All that is read from lists and watches.
    private static let listed = APIResource.all.map(\.source)

    private func expectRecovery(_ bench: ClientBench, after: Duration = .seconds(70)) throws {
        bench.pass(after)
        try bench.cluster.inject(.writesFrozen)
        bench.pass(.seconds(125))
        #expect(try bench.differences() == [])
        for source in Self.listed { #expect(bench.state(source) == .ok, "\(source)") }
    }

    @Test func expiredWatchesListAtOnce() throws {
        let bench = try ClientBench()
        bench.sync()
        try bench.cluster.inject(.watchesExpired(.pods))
        bench.pass(.milliseconds(100))
        #expect(bench.status(.pods).relists == 2)
        #expect(bench.status(.pods).errors == ["watch": 1])
        #expect(bench.status(.nodes).relists == 1)
        #expect(bench.state(.pods) == .ok)
        try expectRecovery(bench)
    }

    @Test func watchesCutInsideAFrameListAtOnce() throws {
        let bench = try ClientBench()
        bench.sync()
        bench.cluster.churn(5)
        try bench.cluster.inject(.watchesCut(.pods))
        bench.pass(.milliseconds(100))
        #expect(bench.status(.pods).relists == 2)
        #expect(bench.status(.pods).errors == ["decode": 1])
        try expectRecovery(bench)
    }

    @Test func garbageIsMalformedAndNeverACrash() throws {
        let bench = try ClientBench()
        bench.sync()
        try bench.cluster.inject(.garbage(.pods))
        bench.pass(.seconds(230))
        // What is known is not yet too old, but not known to hold.
        #expect(bench.state(.pods) == .failing)
        bench.pass(.seconds(71))
        #expect(bench.state(.pods) == .malformed)
        #expect(bench.state(.nodes) == .ok)
        #expect((bench.status(.pods).errors["decode"] ?? 0) > 5)
        bench.cluster.clearAllFaults()
        try expectRecovery(bench)
    }

    @Test func garbageFromTheStartIsMalformed() throws {
        let bench = try ClientBench()
        try bench.cluster.inject(.garbage(.deployments))
        bench.sync()
        #expect(bench.state(.deployments) == .malformed)
        #expect(bench.lines.all.filter { $0.contains("source deployments is malformed") }.count == 1)
    }

    @Test func tooManyRequestsAreAnsweredWithPatience() throws {
        let bench = try ClientBench()
        try bench.cluster.inject(.tooManyRequests(.pods, retryAfter: 20))
        bench.sync()
        #expect(bench.state(.pods) == .notSynced)
        #expect(bench.state(.nodes) == .ok)
        bench.requests.clear()
        bench.pass(.seconds(90))
        // Once each 20 s, not each second.
        #expect((3...5).contains(bench.requests.targets("/api/v1/pods").count))
        #expect(bench.lines.all.filter { $0.contains("pods") }.count == 1)
        bench.cluster.clearAllFaults()
        try expectRecovery(bench)
    }

    @Test func serverErrorsLeaveWhatIsKnownUntilItIsStale() throws {
        let bench = try ClientBench()
        bench.sync()
        try bench.cluster.inject(.internalError(nil))
        try bench.cluster.inject(.watchesCut(nil))
        bench.pass(.seconds(25))
        #expect(bench.state(.pods) == .ok)
        // SIGNALS, source states: an attempt failed and none has succeeded for 30 s.
        bench.pass(.seconds(10))
        for source in [Source.pods, .nodes, .services, .leases] {
            #expect(bench.state(source) == .failing, "\(source)")
        }
        bench.pass(.seconds(275))
        for source in Self.listed { #expect(bench.state(source) == .stale, "\(source)") }
        bench.cluster.clearAllFaults()
        try expectRecovery(bench)
    }

    @Test func forbiddenIsOneSourceAlone() throws {
        let bench = try ClientBench()
        try bench.cluster.inject(.forbidden(.persistentVolumes))
        bench.sync()
        #expect(bench.state(.persistentvolumes) == .forbidden)
        for source in Self.listed where source != .persistentvolumes { #expect(bench.state(source) == .ok) }
        let lines = bench.lines.all.filter { $0.contains("persistentvolumes") }
        #expect(lines.count == 1)
        #expect(lines.first?.contains("cannot list resource") == true)
        bench.requests.clear()
        bench.pass(.seconds(290))
        #expect(bench.requests.targets("persistentvolumes?").isEmpty)
        bench.cluster.clearAllFaults()
        bench.pass(.seconds(20))
        #expect(bench.state(.persistentvolumes) == .ok)
        #expect(bench.lines.all.contains("info: source persistentvolumes is ok"))
        try expectRecovery(bench)
    }

    @Test func expiredTokensAreReadAnew() throws {
        let credentials = RotatingToken()
        let bench = try ClientBench(credentials: credentials)
        bench.sync()
        let first = credentials.token
        try bench.cluster.inject(.tokenExpired(first))
        try bench.cluster.inject(.watchesCut(nil))
        bench.pass(.seconds(3))
        #expect(credentials.token != first)
        for source in Self.listed { #expect(bench.state(source) == .ok) }
        #expect(!bench.lines.all.contains { $0.contains("unauthorized") })
        try expectRecovery(bench)
    }

    @Test func refusedTokensMakeAllUnauthorized() throws {
        let bench = try ClientBench()
        bench.sync()
        try bench.cluster.inject(.tokenExpired(nil))
        try bench.cluster.inject(.watchesCut(nil))
        bench.lines.clear()
        bench.pass(.seconds(61))
        for source in Self.listed { #expect(bench.state(source) == .unauthorized, "\(source)") }
        // One reason, one line, however many sources and retries.
        #expect(bench.lines.all.filter { $0.contains("unauthorized") }.count == 1)
        bench.cluster.clearAllFaults()
        try expectRecovery(bench)
    }

    @Test func silentWatchesAreOpenedAnew() throws {
        let bench = try ClientBench()
        bench.sync()
        try bench.cluster.inject(.watchesSilent(.pods))
        bench.cluster.churn(10)
        bench.pass(.seconds(60))
        #expect(try bench.differences(except: [.nodeleases]).contains(.pods))
        bench.requests.clear()
        bench.pass(.seconds(40))
        #expect(bench.requests.targets("/api/v1/pods?watch").count == 1)
        #expect(bench.requests.targets("/api/v1/pods?limit").isEmpty)
        #expect(try bench.differences(except: [.nodeleases]) == [])
        #expect(bench.state(.pods) == .ok)
        bench.cluster.clearAllFaults()
        try expectRecovery(bench)
    }

    @Test func hangingServersAreUnreachable() throws {
        let bench = try ClientBench()
        bench.sync()
        bench.lines.clear()
        try bench.cluster.inject(.hang)
        bench.pass(.seconds(310))
        for source in Self.listed { #expect(bench.state(source) == .unreachable, "\(source)") }
        // What is polled fails first, leases are out of date next, then the rest.
        #expect(bench.lines.all.filter { $0.hasPrefix("warning") }.count <= 3, "\(bench.lines.all)")
        bench.cluster.clearAllFaults()
        try expectRecovery(bench)
    }

    @Test func refusedConnectionsAreUnreachable() throws {
        let bench = try ClientBench()
        for master in ["cp-1", "cp-2", "cp-3"] { try bench.cluster.inject(.apiServerLost(master)) }
        bench.sync()
        for source in Self.listed { #expect(bench.state(source) == .unreachable, "\(source)") }
        bench.pass(.seconds(120))
        #expect(bench.lines.all.filter { $0.contains("connection refused") }.count == 1)
        bench.cluster.clearAllFaults()
        try expectRecovery(bench)
    }

    @Test func frozenWritesLeaveSourcesOKAndLeasesOld() throws {
        let bench = try ClientBench()
        bench.sync()
        bench.pass(.seconds(30))
        try bench.cluster.inject(.writesFrozen)
        bench.pass(.seconds(120))
        for source in Self.listed { #expect(bench.state(source) == .ok, "\(source)") }
        let store = bench.store
        let now = Timestamp(seconds: Double(bench.cluster.wallTime))
        let uptime = bench.clock.now.offset
        _ = bench.executor.run {
            await store.collect(now: now, uptime: uptime - .seconds(120)) { state, _, seen in seen.writeAge(state) }
        }
        // Leases that never changed under observation tell nothing of writes.
        let age = bench.executor.run {
            await store.collect(now: now, uptime: uptime) { state, _, seen in seen.writeAge(state) }
        }
        #expect(age == .some(nil))
        bench.cluster.clearAllFaults()
        bench.pass(.seconds(30))
        let later = bench.executor.run { [end = bench.clock.now.offset] in
            await store.collect(now: now, uptime: end) { state, _, seen in seen.writeAge(state) }
        }
        #expect(later == .some(0))
    }

    @Test func aRestoredEtcdHasAllListedAnew() throws {
        let bench = try ClientBench()
        bench.sync()
        bench.pass(.seconds(60))
        let before = Self.listed.map { bench.status($0).relists }
        try bench.cluster.inject(.etcdRestored(revision: 10))
        bench.cluster.churn(5)
        // A watch from a version that is yet to come is only quiet; the list of node leases, each minute, tells.
        bench.pass(.seconds(70))
        for (source, relists) in zip(Self.listed, before) {
            #expect(bench.status(source).relists > relists, "\(source)")
            #expect(bench.status(source).relists <= relists + 3, "\(source)")
        }
        #expect(try bench.differences(except: [.nodeleases]) == [])
        try expectRecovery(bench)
    }

    @Test func compactionIsNoticedByNobodyWhoIsUpToDate() throws {
        let bench = try ClientBench()
        bench.sync()
        try bench.cluster.inject(.compaction)
        bench.pass(.seconds(700))
        try expectRecovery(bench)
    }

    @Test func noCollectionSeesHalfAList() throws {
        let bench = try ClientBench(nodes: 12, pods: 2_600)
        bench.sync()
        bench.executor.drain()
        let counts = Counts()
        bench.requests.clear()
        try bench.cluster.inject(.watchesExpired(.pods))
        // Looked at after every single job, pages half read included.
        let store = bench.store
        let looker = StepExecutor()
        bench.executor.drain {
            _ = looker.run {
                await store.withState { counts.note($0.pods.count) }
            }
        }
        looker.drain()
        #expect(bench.requests.targets("/api/v1/pods?limit").count == 6)
        #expect(counts.seen == [2_600])
        #expect(counts.looks > 50)
    }
}

/// How many pods a store held, each time it was looked at.
private final class Counts: Sendable {
    private let stored = Mutex<(seen: Set<Int>, looks: Int)>(([], 0))
    var seen: Set<Int> { stored.withLock { $0.seen } }
    var looks: Int { stored.withLock { $0.looks } }

    func note(_ count: Int) {
        stored.withLock { $0 = ($0.seen.union([count]), $0.looks + 1) }
    }
}

/// A new token each time the last one is refused.
private final class RotatingToken: CredentialSource {
    private let number = Mutex(1)
    var token: String { "token-\(number.withLock { $0 })" }
    func authorization() async throws(CredentialError) -> Authorization { Authorization(bearerToken: token) }
    func invalidate() async { number.withLock { $0 += 1 } }
}
