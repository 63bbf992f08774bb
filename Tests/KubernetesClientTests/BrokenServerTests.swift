import ClusterSimulator
import ClusterState
import KubernetesClient
import TestClocks
import Testing

/// Servers and proxies whose answers do not end (issue 10, point 4): no request without a pause, no permit held for
/// good, one line in the log, and a state that says what is wrong.
struct BrokenServerTests {
    private static let dripping: [SimulatedResource] = [.pods, .endpointSlices, .replicaSets, .services]
    private static let drippingSources: [Source] = [.pods, .endpointslices, .replicasets, .services]

    private func bench(
        _ lists: [SimulatedResource: BrokenServer.Lists],
        _ sources: Set<Source>,
        _ watches: BrokenServer.Watches = .quiet
    ) -> (BrokenServer, ReaderBench) {
        let clock = ManualClock()
        let server = BrokenServer(lists, watches: watches, clock: clock)
        return (server, ReaderBench(server, reading: sources, clock: clock))
    }

    /// Four lists that drip hold all permits. Below 1 KiB a second each page fails after 30 s; above it one fails after
    /// two minutes for the list that waits.
    @Test(arguments: [
        (bytes: 1, seconds: 35, failing: 4, reason: "a page came at less than 1 KiB a second for 30 s"),
        (bytes: 2_048, seconds: 125, failing: 1, reason: "a page took longer than 2 minutes while other lists waited"),
    ])
    func drippingListsDoNotKeepOthersOut(_ bytes: Int, _ seconds: Int, _ failing: Int, _ reason: String) {
        var lists = Dictionary(uniqueKeysWithValues: Self.dripping.map { ($0, BrokenServer.Lists.drip(bytes: bytes)) })
        // Sources start in the order of `Source`: network policies come after those that drip.
        lists[.networkPolicies] = .whole
        let (_, bench) = bench(lists, Set(Self.drippingSources + [.networkpolicies]))
        bench.pass(.seconds(20), step: .seconds(1))
        #expect(bench.status(.networkpolicies).state == .notSynced)
        bench.pass(.seconds(seconds - 20), step: .seconds(1))
        #expect(bench.status(.networkpolicies).state == .ok)
        #expect(Self.drippingSources.count { bench.status($0).state == .unreachable } == failing)
        bench.pass(.seconds(60), step: .seconds(1))
        #expect(bench.warnings(reason).count == 1)
        #expect(bench.warnings(reason).first?.contains("unreachable") == true)
    }

    /// Nobody waits for its permit.
    @Test func aListAloneMayTakeItsTime() {
        let (_, bench) = bench([.pods: .drip(bytes: 2_048)], [.pods])
        bench.pass(.seconds(590), step: .seconds(1))
        #expect(bench.status(.pods).errors == [:])
        // But not for good, although its first page has not even ended.
        bench.pass(.seconds(15), step: .seconds(1))
        #expect(bench.status(.pods).errors == ["decode": 1])
        #expect(bench.status(.pods).state == .malformed)
        #expect(bench.warnings("the list has not ended after 10 minutes").count == 1)
    }

    @Test(arguments: [
        (BrokenServer.Lists.sameToken, "the list repeats a continue token"),
        (.emptyPages, "a page of the list is empty and has a continue token"),
    ])
    func listsThatLeadNowhereAreMalformed(_ lists: BrokenServer.Lists, _ reason: String) {
        let (server, bench) = bench([.pods: lists], [.pods])
        bench.pass(.seconds(300), step: .seconds(1))
        #expect(bench.status(.pods).state == .malformed)
        #expect(bench.warnings(reason).count == 1)
        // client-go's back-off comes to 12 to 16 attempts in five minutes, of at most three pages each.
        #expect((8...50).contains(server.requests("pods?limit")))
    }

    @Test func listsWithoutEndFailAfterTenMinutes() {
        let (server, bench) = bench([.pods: .endless], [.pods])
        bench.pass(.seconds(610), step: .seconds(1))
        #expect(bench.status(.pods).state == .malformed)
        #expect(bench.count(.pods) == 0)
        #expect(bench.warnings("the list has not ended after 10 minutes").count == 1)
        #expect(server.requests("pods?limit") > 500)
    }

    /// One line, although each of these watches is well for a moment.
    @Test func watchesThatEndAtOnceAreNotOpenedWithoutAPause() {
        let (server, bench) = bench([.pods: .whole], [.pods], .end)
        bench.pass(.seconds(300), step: .milliseconds(500))
        #expect((5...16).contains(server.requests("pods?watch")))
        #expect(bench.warnings("the watch ended within a second").count == 1)
        #expect(bench.lines.all.count { $0.contains("source pods is ok") } == 0)
    }

    /// Every four seconds, from the last version, and nothing is listed anew.
    @Test func anOverrunOfAWatchIsNoFaultOfTheServer() {
        let (server, bench) = bench([.pods: .whole], [.pods], .overrun)
        bench.pass(.seconds(60), step: .milliseconds(500))
        #expect((14...17).contains(server.requests("pods?watch")))
        #expect(server.requests("resourceVersion=5001") == server.requests("pods?watch") - 1)
        #expect(server.requests("pods?limit") == 1)
        #expect(bench.status(.pods).state == .ok)
        #expect(bench.status(.pods).relists == 1)
    }

    // MARK: The list that checks a quiet watch of leases

    @Test(arguments: [
        (BrokenServer.Lists.sameToken, "the list repeats a continue token", 2),
        (.emptyPages, "a page of the list is empty and has a continue token", 1),
        (.drip(bytes: 1), "a page came at less than 1 KiB a second for 30 s", 1),
    ])
    func leaseChecksEnd(_ lists: BrokenServer.Lists, _ reason: String, _ pages: Int) {
        let (server, bench) = bench([.leases: .whole], [.leases])
        bench.pass(.seconds(5), step: .seconds(1))
        #expect(bench.status(.leases).state == .ok)
        server.set(.leases, lists)
        server.clear()
        bench.pass(.seconds(80), step: .seconds(1))
        // One check each 12 s after the one before has ended.
        #expect((1...(7 * pages)).contains(server.requests("leases?limit")))
        #expect(bench.warnings(reason).count == 1)
    }

    @Test func leaseChecksWithoutEndFailAfterTenMinutes() {
        let (server, bench) = bench([.leases: .whole], [.leases])
        bench.pass(.seconds(5), step: .seconds(1))
        server.set(.leases, .endless)
        server.clear()
        bench.pass(.seconds(630), step: .seconds(1))
        #expect(bench.warnings("the list has not ended after 10 minutes").count == 1)
        #expect((550...620).contains(server.requests("leases?limit")))
    }
}
