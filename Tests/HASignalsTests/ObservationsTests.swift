import ClusterState
import Testing

/// What is remembered from one look at the cluster to the next.
struct ObservationsTests {
    private let scheduler = ClusterBuilder.leaseUID("kube-scheduler")

    @Test func emptyAfterAStart() {
        let observations = Observations()
        #expect(observations.leaseAge(scheduler) == nil)
        #expect(observations.mostReadyZones == nil)
        #expect(observations.mostAPIServers == nil)
        #expect(observations.previousLeaderIndex(cluster: "main") == nil)
        #expect(observations.writeAge(ClusterState()) == nil)
        #expect(observations.span == 0)
        #expect(!observations.hasServed(UID("Deployment/shop/web")))
    }

    /// The same looks give the same answers, whatever the uptime starts from.
    @Test func spanIsFromTheFirstLookToTheLast() {
        var cluster = ClusterBuilder.threeZones()
        cluster.observe(uptime: 1_000)
        #expect(cluster.observations.span == 0)
        cluster.observe(uptime: 1_045)
        #expect(cluster.observations.span == 45)
    }

    // MARK: Leases

    /// A change of holder is a change, with the same renewTime as before.
    @Test func aNewHolderIsAChange() {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("kube-scheduler", holder: "cp-a", renewedAgo: 10)
        cluster.observe(uptime: 0)
        #expect(cluster.observations.leaseSight(scheduler)?.hasChanged == false)
        #expect(cluster.observations.leaseSight(scheduler)?.ageAtFirstSight == 10)
        cluster.lease("kube-scheduler", holder: "cp-b", renewedAgo: 10)
        cluster.observe(uptime: 5)
        #expect(cluster.observations.leaseAge(scheduler) == 0)
        #expect(cluster.observations.leaseSight(scheduler)?.hasChanged == true)
        #expect(cluster.observations.leaseSight(scheduler)?.ageAtFirstSight == nil)
    }

    /// A renewTime that goes back (another holder's clock) is a renewal all the same.
    @Test func aRenewalOfThePastIsAChange() {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("kube-scheduler", renewedAgo: 0)
        cluster.observe(uptime: 0)
        cluster.lease("kube-scheduler", renewedAgo: 200)
        cluster.observe(uptime: 10)
        #expect(cluster.observations.leaseAge(scheduler) == 0)
    }

    /// A lease that nobody renewed has no age until somebody is seen to.
    @Test func neverRenewedUntilSeen() {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("kube-scheduler", holder: "", renewedAgo: nil)
        cluster.observe(uptime: 0)
        #expect(cluster.observations.leaseAge(scheduler) == nil)
        cluster.lease("kube-scheduler", renewedAgo: 0)
        cluster.observe(uptime: 10)
        cluster.observe(uptime: 12)
        #expect(cluster.observations.leaseAge(scheduler) == 2)
    }

    /// What is gone is forgotten: the size is bounded by what there is, and a new lease starts anew.
    @Test func deletedLeasesAreForgotten() {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("kube-scheduler", renewedAgo: 100)
        cluster.observe(uptime: 0)
        cluster.state.leases.remove(scheduler)
        cluster.observe(uptime: 10)
        #expect(cluster.observations.leaseAge(scheduler) == nil)
        cluster.lease("kube-scheduler", renewedAgo: 3)
        cluster.observe(uptime: 20)
        #expect(cluster.observations.leaseAge(scheduler) == 3)
        #expect(cluster.observations.leaseSight(scheduler)?.hasChanged == false)
    }

    /// No sum of large clocks shows in the digits: a lease's times are microseconds.
    @Test func agesAreWholeMicroseconds() {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("kube-scheduler", renewedAgo: 0.25)
        cluster.observe(uptime: 12_345_678.1)
        #expect(cluster.observations.leaseAge(scheduler) == 0.25)
        cluster.observe(uptime: 12_345_678.2)
        #expect(cluster.observations.leaseAge(scheduler) == 0.35)
    }

    @Test func nodeLeasesAreSeenWhenListed() {
        var cluster = ClusterBuilder.workers(1)
        let lease = ClusterBuilder.nodeLeaseUID("w-1")
        cluster.nodeLease("w-1", renewedAgo: 4)
        cluster.observe(uptime: 0)
        #expect(cluster.observations.nodeLeaseAge(lease) == 4)
        cluster.nodeLease("w-1", renewedAgo: 0)
        cluster.observe(uptime: 30)
        #expect(cluster.observations.nodeLeaseAge(lease) == 4)
        cluster.listNodeLeases()
        cluster.observe(uptime: 60)
        #expect(cluster.observations.nodeLeaseAge(lease) == 0)
        cluster.listNodeLeases()
        cluster.observe(uptime: 120)
        #expect(cluster.observations.nodeLeaseAge(lease) == 60)
    }

    // MARK: Writes

    /// The youngest of those that changed; leases that never did are left out, and so are those of others.
    @Test func writeAgeIsTheYoungestChange() {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("kube-scheduler", renewedAgo: 1)
        cluster.lease("kube-controller-manager", renewedAgo: 1)
        cluster.lease("cloud-controller-manager", renewedAgo: 0)
        cluster.lease("snapshot-controller", renewedAgo: 1)
        cluster.observe(uptime: 0)
        #expect(cluster.observations.writeAge(cluster.state) == nil)
        cluster.lease("kube-scheduler", renewedAgo: 0)
        cluster.observe(uptime: 10)
        cluster.lease("kube-controller-manager", renewedAgo: 0)
        cluster.observe(uptime: 14)
        cluster.lease("snapshot-controller", renewedAgo: 0)
        cluster.observe(uptime: 20)
        #expect(cluster.observations.writeAge(cluster.state) == 6)
    }

    // MARK: Maxima

    /// The most at one time, not the most ever seen in sum; only zones with a Ready node count.
    @Test func mostReadyZones() {
        var cluster = ClusterBuilder()
        cluster.node("w-a", zone: "a")
        cluster.node("w-b", zone: "b") { $0.ready = .unknown }
        cluster.node("w-x")
        cluster.observe(uptime: 0)
        #expect(cluster.observations.mostReadyZones == 1)
        cluster.node("w-a", zone: "a") { $0.ready = .isFalse }
        cluster.node("w-b", zone: "b")
        cluster.observe(uptime: 15)
        #expect(cluster.observations.mostReadyZones == 1)
        cluster.node("w-a", zone: "a")
        cluster.observe(uptime: 30)
        #expect(cluster.observations.mostReadyZones == 2)
    }

    /// A maximum holds 24 hours from when it was last seen, neither an hour less nor more, wherever the hours of the
    /// clock begin; then the most since then holds.
    @Test(arguments: [0.0, 1_799.0, 3_599.0, 1_000_000.5])
    func maximaHold24HoursFromTheirLastSight(_ start: Double) {
        var cluster = ClusterBuilder()
        let day = 86_400.0
        func see(_ zones: Int, at uptime: Double) {
            for number in 1...3 {
                cluster.node("w-\(number)", zone: "\(number)") { $0.ready = number <= zones ? .isTrue : .isFalse }
            }
            cluster.observe(uptime: start + uptime)
        }
        see(3, at: 0)
        see(3, at: 600)
        see(1, at: 615)
        see(2, at: 7_200)
        see(1, at: 7_215)
        see(1, at: 600 + day)
        #expect(cluster.observations.mostReadyZones == 3)
        see(1, at: 601 + day)
        #expect(cluster.observations.mostReadyZones == 2)
        see(1, at: 7_200 + day)
        #expect(cluster.observations.mostReadyZones == 2)
        see(1, at: 7_201 + day)
        #expect(cluster.observations.mostReadyZones == 1)
    }

    /// While the source is not ok nothing is learned, and nothing forgotten before its time.
    @Test func sourcesThatAreNotOKTeachNothing() {
        var cluster = ClusterBuilder.threeZones()
        cluster.apiServerAddresses("10.0.0.1", "10.0.0.2")
        cluster.observe(uptime: 0)
        cluster.state.sources[.nodes]?.state = .stale
        cluster.state.sources[.endpointslices]?.state = .stale
        cluster.node("w-d", zone: "d")
        cluster.apiServerAddresses("10.0.0.1", "10.0.0.2", "10.0.0.3")
        cluster.observe(uptime: 15)
        #expect(cluster.observations.mostReadyZones == 3)
        #expect(cluster.observations.mostAPIServers == 2)
    }

    /// An address is one, in however many slices it stands; those of other Services are none.
    @Test func addressesOfAPIServersAreDistinct() {
        var cluster = ClusterBuilder.threeZones()
        let endpoints = ["10.0.0.1", "10.0.0.2"].map { cluster.endpoint(address: $0) }
        cluster.slice("default", "kubernetes", endpoints)
        cluster.slice("default", "kubernetes", [endpoints[0]], suffix: "2")
        cluster.slice("default", "other", [cluster.endpoint(address: "10.0.0.9")])
        cluster.slice("shop", "kubernetes", [cluster.endpoint(address: "10.0.0.8")])
        cluster.observe(uptime: 0)
        #expect(cluster.observations.mostAPIServers == 2)
        #expect(cluster.state.apiServerAddresses.map(\.address).sorted() == ["10.0.0.1", "10.0.0.2"])
    }

    // MARK: Workloads

    /// Once available, a workload was available for as long as it exists.
    @Test func availabilityIsRemembered() {
        var cluster = ClusterBuilder.threeZones()
        let web = UID("Deployment/shop/web")
        func change(_ row: inout Deployment, _ available: Int32) {
            row.availableReplicas = available
            row.hasCompletedRollout = false
        }
        cluster.deployment("shop", "web") { change(&$0, 0) }
        cluster.observe(uptime: 0)
        #expect(!cluster.observations.hasServed(web))
        cluster.deployment("shop", "web") { change(&$0, 1) }
        cluster.observe(uptime: 15)
        cluster.deployment("shop", "web") { change(&$0, 0) }
        cluster.observe(uptime: 30)
        #expect(cluster.observations.hasServed(web))
        cluster.state.deployments.remove(web)
        cluster.observe(uptime: 45)
        #expect(!cluster.observations.hasServed(web))
    }

    // MARK: etcd

    @Test func leaderIndexIsThatOfTheRoundBefore() {
        var cluster = ClusterBuilder.threeZones()
        for (round, index) in [UInt64(10), 20, 30].enumerated() {
            cluster.etcd([.up(1, "cp-a") { $0.raftIndex = index }])
            cluster.observe(uptime: Double(round) * 15)
            let wanted: UInt64? = round == 0 ? nil : index - 10
            #expect(cluster.observations.previousLeaderIndex(cluster: "main") == wanted)
        }
        cluster.etcd([.silent(1, "cp-a")])
        cluster.observe(uptime: 45)
        #expect(cluster.observations.previousLeaderIndex(cluster: "main") == 30)
        cluster.observe(uptime: 60)
        #expect(cluster.observations.previousLeaderIndex(cluster: "main") == nil)
    }
}
