import ClusterSimulator
import ClusterState
import FoundationEssentials
import HTTPTransport
import KubernetesClient
import KubernetesWire
import Synchronization
import TestClocks
import Testing

/// What the client holds is what the cluster holds.
struct ReadingTests {
    @Test func readsAllThereIs() throws {
        let bench = try ClientBench(nodes: 12, pods: 1_300)
        try bench.cluster.inject(.writesFrozen)
        bench.sync()
        #expect(try bench.differences() == [])
        #expect(bench.collect { $0.pods.count } == 1_300)
        #expect(bench.collect { $0.version?.minorNumber } == 36)
        for source in Source.allCases where APIResource.of(source) != nil || source == .version {
            #expect(bench.state(source) == .ok, "\(source)")
        }
        // 1,300 pods in pages of 500: three, each once.
        #expect(bench.requests.targets("/api/v1/pods?limit=500").count == 3)
        #expect(bench.requests.targets("/api/v1/nodes?limit=100").count == 1)
        #expect(bench.requests.targets("/namespaces/kube-system/leases?watch=true").count == 1)
        #expect(bench.requests.targets("/namespaces/kube-node-lease/leases?watch=true").isEmpty)
    }

    /// The groups that discovery shows are known where APIServices may not be read.
    @Test func discoveryTellsGroupsWithoutAPIServices() throws {
        let bench = try ClientBench()
        try bench.cluster.inject(.forbidden(.apiServices))
        bench.sync()
        #expect(bench.state(.apiservices) == .forbidden)
        let groups = bench.collect { $0.discoveredGroups ?? [] } ?? []
        #expect(groups.isSuperset(of: ["", "apps", "policy", "gateway.networking.k8s.io"]))
        #expect(groups.allSatisfy { !$0.contains("/") && $0 != "v1" })
    }

    @Test func followsChanges() throws {
        let bench = try ClientBench()
        bench.sync()
        let before = bench.status(.pods)
        bench.cluster.setChurn(perSecond: 2)
        for _ in 0..<20 {
            bench.pass(.seconds(9))
            #expect(try bench.differences(except: [.nodeleases]) == [])
        }
        let after = bench.status(.pods)
        #expect(after.events > before.events + 50)
        #expect(after.receivedBytes > before.receivedBytes)
        #expect(after.relists == before.relists)
        #expect(after.errors == [:])
    }

    /// Each reflector has one alarm: that for the end of a list's time is the one that leads to the list an hour later.
    @Test func everyResourceIsListedAnewWithinTheHour() throws {
        let bench = try ClientBench(selection: ResourceSelection(sources: [.nodes]))
        bench.sync()
        let sleepers = bench.clock.sleeperCount
        bench.requests.clear()
        bench.pass(ListWatch.relistInterval, step: .seconds(5))
        #expect(bench.requests.targets("/api/v1/nodes?limit").count == 1)
        #expect(bench.clock.sleeperCount == sleepers)
        #expect(try bench.differences(except: Set(Source.allCases).subtracting([.nodes])) == [])
    }

    @Test func nodeLeasesAreListedOnceAMinute() throws {
        let bench = try ClientBench()
        bench.sync()
        bench.requests.clear()
        bench.pass(.seconds(600))
        #expect(bench.requests.targets("kube-node-lease").count == 10)
        try bench.cluster.inject(.writesFrozen)
        bench.pass(.seconds(61))
        #expect(try bench.differences() == [])
    }

    @Test func bookmarksMoveTheVersionAlone() throws {
        let bench = try ClientBench()
        bench.sync()
        let before = bench.status(.namespaces)
        bench.pass(.seconds(650))
        let watches = bench.requests.targets("/api/v1/namespaces?watch")
        #expect(watches.count >= 2)
        // Namespaces never changed, yet the next watch goes on from a later version.
        let versions = watches.compactMap { $0.split(separator: "&").first { $0.hasPrefix("resourceVersion=") } }
        #expect(Set(versions).count == watches.count)
        #expect(bench.status(.namespaces).events == before.events)
        #expect(bench.status(.namespaces).relists == 1)
    }

    @Test func quietSourcesAreNotStale() throws {
        let bench = try ClientBench(staleAfter: .seconds(120))
        bench.sync()
        for _ in 0..<10 {
            bench.pass(.seconds(60))
            #expect(bench.state(.namespaces) == .ok)
            #expect(bench.state(.nodeleases) == .ok)
        }
    }

    @Test func allIsListedAnewWithinTheHour() throws {
        let bench = try ClientBench(pods: 60)
        bench.sync()
        bench.pass(.seconds(3_600), step: .seconds(5))
        for source in Source.allCases where APIResource.of(source) != nil {
            #expect(bench.status(source).relists >= 2, "\(source)")
        }
        #expect(try bench.differences(except: [.nodeleases]) == [])
    }

    /// One ahead in each resource, and never more than four over all: what bounds memory.
    @Test func fourPagesAreInFlightAtMost() throws {
        let bench = try ClientBench(nodes: 120, pods: 1_300)
        bench.sync()
        #expect(bench.collect { $0.nodes.count } == 120)
        #expect(bench.requests.mostPagesInFlight == 4)
    }

    @Test func namespacesAreListedEachByItself() throws {
        let selection = ResourceSelection(
            sources: [.pods, .nodes, .leases],
            namespaces: ["kube-system", "default"],
            leaseNamespaces: ["default"]
        )
        let bench = try ClientBench(selection: selection)
        bench.sync()
        #expect(bench.state(.pods) == .ok)
        #expect(bench.state(.deployments) == .disabled)
        #expect(bench.requests.targets("/api/v1/pods").isEmpty)
        #expect(bench.requests.targets("/namespaces/kube-system/pods?limit").count == 1)
        #expect(bench.requests.targets("/namespaces/default/pods?watch").count == 1)
        #expect(bench.requests.targets("/namespaces/default/leases?limit").count == 1)
        let wanted = bench.cluster.objects(.pods).filter { ["kube-system", "default"].contains($0.namespace) }
        #expect(bench.collect { $0.pods.count } == wanted.count)
        #expect(wanted.count > 0)
        // Relisting one namespace lists all: none is lost.
        try bench.cluster.inject(.watchesExpired(.pods))
        bench.pass(.seconds(2))
        #expect(bench.status(.pods).relists == 2)
        #expect(bench.collect { $0.pods.count } == wanted.count)
    }

    @Test func deniedNamespacesArePassedOver() throws {
        let bench = try ClientBench(selection: ResourceSelection(deniedNamespaces: ["kube-system"]))
        bench.sync()
        bench.cluster.setChurn(perSecond: 2)
        bench.pass(.seconds(60))
        let all = bench.cluster.objects(.pods)
        let wanted = all.filter { $0.namespace != "kube-system" }
        #expect(wanted.count < all.count)
        #expect(bench.collect { $0.pods.count } == wanted.count)
        #expect(bench.collect { $0.leases.count > 0 } == true)
    }

    @Test func customResourcesArePolledAsJSON() throws {
        let bench = try ClientBench()
        bench.sync()
        let gateways = bench.cluster.objects(.gateways).count
        #expect(gateways > 0 && bench.collect { $0.gateways.count } == gateways)
        #expect(bench.state(.gateways) == .ok)
        let requests = bench.requests.all.filter { $0.url.contains("/gateways?") }
        #expect(requests.map { $0.headers.first { $0.name == "Accept" }?.value } == ["application/json"])
        bench.pass(.seconds(180))
        #expect(bench.status(.gateways).relists == 4)
        #expect(bench.requests.targets("gateways?watch").isEmpty)
        try bench.cluster.inject(.garbage(.gateways))
        bench.pass(.seconds(60))
        #expect((bench.status(.gateways).errors["decode"] ?? 0) > 0)
        #expect(bench.status(.gateways).relists == 4 && bench.collect { $0.gateways.count } == gateways)
        bench.cluster.clearAllFaults()
        bench.pass(.seconds(60))
        #expect(bench.status(.gateways).relists == 5 && bench.collect { $0.gateways.count } == gateways)
    }
}
