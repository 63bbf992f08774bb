import ClusterSimulator
import ClusterState
import KubernetesClient
import TestClocks
import Testing

/// A quiet watch of leases is checked by a list, a busy one never.
struct LeaseCheckTests {
    private static let lists = "/namespaces/kube-system/leases?limit"

    private func age(_ bench: ClientBench) -> Double? {
        let (store, uptime) = (bench.store, bench.clock.now.offset)
        let now = Timestamp(seconds: Double(bench.cluster.wallTime))
        return bench.executor.run {
            await store.collect(now: now, uptime: uptime) { state, _, seen in seen.writeAge(state) }
        }?
        .flatMap { $0 }
    }

    @Test func leasesThatChangeAreNotListed() throws {
        let bench = try ClientBench()
        bench.sync()
        bench.requests.clear()
        bench.pass(.seconds(300))
        #expect(bench.requests.targets(Self.lists).isEmpty)
        #expect(bench.status(.leases).errors == [:])
    }

    /// Every twelve seconds, and what it shows is as good as an event.
    @Test func quietLeasesAreListed() throws {
        let bench = try ClientBench()
        bench.sync()
        _ = age(bench)
        bench.pass(.seconds(10))
        #expect(age(bench) == 0)
        try bench.cluster.inject(.writesFrozen)
        bench.requests.clear()
        bench.pass(.seconds(60))
        #expect((4...5).contains(bench.requests.targets(Self.lists).count))
        #expect((47...60).contains(age(bench) ?? 0))
        #expect(bench.status(.leases).relists == 1)
        #expect(bench.status(.leases).errors == [:])
        // It is no new list: the watch stays open.
        #expect(bench.requests.targets("/namespaces/kube-system/leases?watch").isEmpty)
    }

    @Test func aWatchThatMissesRenewalsIsReplaced() throws {
        let bench = try ClientBench()
        bench.sync()
        try bench.cluster.inject(.watchesSilent(.leases))
        bench.requests.clear()
        bench.pass(.seconds(16))
        // One list that told, one that was begun anew, and a watch.
        #expect(bench.requests.targets(Self.lists).count == 2)
        #expect(bench.requests.targets("/namespaces/kube-system/leases?watch").count == 1)
        #expect(bench.status(.leases).relists == 2)
        #expect(bench.status(.leases).errors == ["watch": 1])
        #expect(bench.state(.leases) == .ok)
        bench.pass(.seconds(60))
        #expect(bench.status(.leases).relists == 2)
    }

    /// Each namespace has a watch of its own, and each of them must be heard of.
    @Test func oneDeadWatchOfSeveralIsFoundOut() throws {
        let bench = try ClientBench(selection: ResourceSelection(leaseNamespaces: ["kube-node-lease"]))
        bench.sync()
        bench.pass(.seconds(60))
        #expect(bench.status(.leases).relists == 1)
        bench.requests.clear()
        #expect(bench.requests.targets("leases?limit").isEmpty)
        try bench.cluster.inject(.watchesSilent(.leases))
        bench.pass(.seconds(16))
        for namespace in ["kube-system", "kube-node-lease"] {
            #expect(bench.requests.targets("/namespaces/\(namespace)/leases?watch").count == 1)
        }
        #expect(bench.status(.leases).relists == 2)
    }

    /// A list that is refused proves nothing; after 90 s without a word nothing is known of leases.
    @Test(arguments: [
        SimulatedFault.internalError(.leases), .tooManyRequests(.leases, retryAfter: 30), .garbage(.leases),
    ])
    func listsThatFailProveNothing(_ fault: SimulatedFault) throws {
        let bench = try ClientBench()
        bench.sync()
        _ = age(bench)
        bench.pass(.seconds(10))
        #expect(age(bench) == 0)
        try bench.cluster.inject(.watchesSilent(.leases))
        try bench.cluster.inject(fault)
        bench.requests.clear()
        bench.pass(.seconds(85))
        // Garbage breaks the watch too, and then attempts to open it fail for longer than 30 s: the source is failing.
        #expect(bench.state(.leases).givesFamilies)
        #expect((age(bench) ?? 99) < 5)
        let lists = bench.requests.targets(Self.lists).count
        if case .tooManyRequests = fault { #expect((2...3).contains(lists)) }
        bench.pass(.seconds(10))
        #expect([.stale, .malformed].contains(bench.state(.leases)))
        #expect(bench.state(.nodes) == .ok)
        bench.cluster.clearAllFaults()
        bench.pass(.seconds(70))
        #expect(bench.state(.leases) == .ok)
    }

    @Test func leasesThatAreNotReadAreNotListed() throws {
        let bench = try ClientBench(selection: ResourceSelection(sources: [.pods, .nodes]))
        bench.sync()
        bench.pass(.seconds(60))
        #expect(bench.state(.leases) == .disabled)
        #expect(bench.requests.targets("leases").isEmpty)
    }
}
