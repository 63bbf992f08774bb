import ClusterState
import HASignals
import Testing

/// Leases of area 1: their age is counted on the exporter's own clock, from what was seen to change.
struct LeaderLeaseTests {
    private let scheduler: KeyValuePairs = ["component": "kube-scheduler"]

    /// At first sight the age is the renewal's; from then on only the monotonic clock and changes count.
    @Test func ageRunsOnTheMonotonicClock() {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("kube-scheduler", renewedAgo: 10)
        cluster.observe(uptime: 100)
        #expect(cluster.signals()["leader_lease_age_seconds", scheduler] == 10)
        // The wall clock is set an hour forth; the lease is no older for that.
        cluster.now.seconds += 3_600
        cluster.observe(uptime: 107)
        #expect(cluster.signals()["leader_lease_age_seconds", scheduler] == 17)
        cluster.lease("kube-scheduler", renewedAgo: 2)
        cluster.observe(uptime: 110)
        #expect(cluster.signals()["leader_lease_age_seconds", scheduler] == 0)
        cluster.observe(uptime: 125)
        #expect(cluster.signals()["leader_lease_age_seconds", scheduler] == 15)
    }

    /// 15 s that it lasts and 5 s more for its way to us.
    @Test func expiresFiveSecondsAfterItsDuration() {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("kube-scheduler", renewedAgo: 0)
        cluster.observe(uptime: 0)
        cluster.observe(uptime: 20)
        #expect(cluster.signals()["leader_lease_expired", scheduler] == 0)
        #expect(cluster.signals().raised("leader-lease-expired").isEmpty)
        cluster.observe(uptime: 21)
        let signals = cluster.signals()
        #expect(signals["leader_lease_expired", scheduler] == 1)
        #expect(signals["leader_transitions_total", scheduler] == 1)
        #expect(signals.raised("leader-lease-expired") == ["Lease kube-system/kube-scheduler"])
        #expect(signals.messages("leader-lease-expired") == ["not renewed for 21 s, lasts 15 s"])
        #expect(signals.status(.controlPlane) == .critical)
    }

    /// A holder whose clock is five minutes ahead writes renewals of the future: age 0, and no later than others does
    /// its death show.
    @Test func futureRenewalIsAgeZero() {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("kube-scheduler", renewedAgo: -300)
        cluster.observe(uptime: 50)
        #expect(cluster.signals()["leader_lease_age_seconds", scheduler] == 0)
        cluster.observe(uptime: 71)
        #expect(cluster.signals()["leader_lease_age_seconds", scheduler] == 21)
        #expect(cluster.signals()["leader_lease_expired", scheduler] == 1)
    }

    /// A lease that was an hour old when first seen belongs to something that was taken down: no series, no alarm.
    /// Once somebody holds it again it is judged as any other.
    @Test func leftOverLeaseHasNoSeriesUntilItMoves() {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("cloud-controller-manager", renewedAgo: 3_601)
        cluster.lease("kube-scheduler", renewedAgo: 3_600)
        cluster.observe(uptime: 0)
        let first = cluster.signals()
        #expect(first["leader_lease_age_seconds", ["component": "cloud-controller-manager"]] == nil)
        #expect(first["leader_lease_age_seconds", scheduler] == 3_600)
        let recorded = cluster.signals(isRecording: true)
        #expect(recorded.raised("leader-lease-expired") == ["Lease kube-system/kube-scheduler"])
        cluster.lease("cloud-controller-manager", renewedAgo: 0)
        cluster.observe(uptime: 15)
        #expect(cluster.signals()["leader_lease_age_seconds", ["component": "cloud-controller-manager"]] == 0)
        cluster.observe(uptime: 40)
        #expect(cluster.signals()["leader_lease_expired", ["component": "cloud-controller-manager"]] == 1)
    }

    /// A leader that ends releases its lease: no holder, a duration of 1 s. A successor takes it within seconds.
    @Test func unheldLeaseExpiresAsItsDurationSays() {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("kube-scheduler", renewedAgo: 2)
        cluster.observe(uptime: 0)
        cluster.lease("kube-scheduler", holder: "", renewedAgo: 0) { $0.spec.durationSeconds = 1 }
        cluster.observe(uptime: 2)
        cluster.observe(uptime: 8)
        #expect(cluster.signals()["leader_lease_expired", scheduler] == 0)
        cluster.observe(uptime: 9)
        #expect(cluster.signals()["leader_lease_expired", scheduler] == 1)
        cluster.lease("kube-scheduler", holder: "cp-b", renewedAgo: 0)
        cluster.observe(uptime: 10)
        #expect(cluster.signals()["leader_lease_expired", scheduler] == 0)
    }

    /// An unset duration is client-go's 15 s.
    @Test func unsetDurationIsFifteenSeconds() {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("kube-scheduler", renewedAgo: 20) { $0.spec.durationSeconds = 0 }
        #expect(cluster.signals(isRecording: true)["leader_lease_expired", scheduler] == 0)
        cluster.lease("kube-scheduler", renewedAgo: 21) { $0.spec.durationSeconds = 0 }
        #expect(cluster.signals(isRecording: true)["leader_lease_expired", scheduler] == 1)
    }

    /// How old a lease is when first seen is a matter of two machines' clocks. Live, nothing follows from it: one that
    /// nobody renews is expired once it was seen to stand still for so long.
    @Test func clocksThatDifferExpireNothing() {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("kube-scheduler", renewedAgo: 600)
        cluster.observe(uptime: 100)
        let first = cluster.signals()
        #expect(first["leader_lease_age_seconds", scheduler] == 600)
        #expect(first["leader_lease_expired", scheduler] == 0)
        #expect(first.raised("leader-lease-expired").isEmpty)
        cluster.observe(uptime: 120)
        #expect(cluster.signals()["leader_lease_expired", scheduler] == 0)
        cluster.observe(uptime: 121)
        #expect(cluster.signals().raised("leader-lease-expired") == ["Lease kube-system/kube-scheduler"])
        #expect(
            cluster.signals(isRecording: true).messages("leader-lease-expired") == ["not renewed for 621 s, lasts 15 s"]
        )
    }

    /// Ages end when the leases were last heard of: a watch that has died makes none of them older.
    @Test func nothingAgesThatIsNotHeardOf() {
        var cluster = clusterThatWroteAt10()
        cluster.settings.optOuts.disabledRules = []
        cluster.observe(uptime: 300, leasesKnownAt: 15)
        let unheard = cluster.signals()
        #expect(unheard["cluster_write_age_seconds"] == 5)
        #expect(unheard["leader_lease_age_seconds", ["component": "kube-controller-manager"]] == 16)
        #expect(unheard.raised("cluster-writes-stalled").isEmpty)
        #expect(unheard.raised("leader-lease-expired").isEmpty)
        cluster.observe(uptime: 301, leasesKnownAt: 71)
        #expect(cluster.signals()["cluster_write_age_seconds"] == 61)
        #expect(cluster.signals().raised("cluster-writes-stalled") == ["Cluster"])
    }

    /// A lease that nobody ever renewed, as `kubectl create` leaves it, says nothing of an age.
    @Test func neverRenewedLeaseHasNoAge() {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("kube-scheduler", holder: "", renewedAgo: nil)
        #expect(cluster.signals().count("leader_lease_age_seconds") == 0)
        #expect(cluster.signals().raised("leader-lease-expired").isEmpty)
    }

    /// Only the leader elections of the control plane are watched, and those that were asked for.
    @Test func furtherLeasesAreWatchedOnRequest() {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("kube-scheduler", renewedAgo: 1)
        cluster.lease("cert-manager", in: "cert-manager", renewedAgo: 100)
        #expect(cluster.signals().count("leader_lease_age_seconds") == 1)
        cluster.settings.leaderLeases = [("cert-manager", "cert-manager"), ("kube-system", "kube-scheduler")]
        let signals = cluster.signals(isRecording: true)
        #expect(signals.count("leader_lease_age_seconds") == 2)
        #expect(signals["leader_lease_expired", ["component": "cert-manager/cert-manager"]] == 1)
        #expect(signals.raised("leader-lease-expired") == ["Lease cert-manager/cert-manager"])
    }

    /// A flag given twice, or for what is watched anyway, is one lease.
    @Test func leaseAskedForTwiceIsWatchedOnce() {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("cert-manager", in: "cert-manager", renewedAgo: 1)
        let twice = (namespace: "cert-manager", name: "cert-manager")
        cluster.settings.leaderLeases = [twice, twice]
        #expect(cluster.signals().count("leader_lease_age_seconds") == 1)
    }

    /// Identity leases last an hour after their server died, so a renewal within the minute is what counts.
    @Test func identitiesAreThoseRenewedWithinAMinute() {
        var cluster = ClusterBuilder.threeZones()
        cluster.identity("apiserver-1", renewedAgo: 60)
        cluster.identity("apiserver-2", renewedAgo: 61)
        cluster.identity("apiserver-3", renewedAgo: -20)
        cluster.identity("apiserver-4", in: "other", renewedAgo: 1)
        cluster.identity("apiserver-5", renewedAgo: nil)
        #expect(cluster.signals()["apiserver_identities"] == 2)
    }

    // MARK: Writes

    /// Before any lease was seen to change nothing is known of writes: recordings and the first moments.
    @Test func writeAgeIsAbsentUntilALeaseChanged() {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("kube-scheduler", renewedAgo: 500)
        cluster.observe(uptime: 0)
        cluster.observe(uptime: 600)
        #expect(cluster.signals()["cluster_write_age_seconds"] == nil)
        #expect(cluster.signals().raised("cluster-writes-stalled").isEmpty)
    }

    private func clusterThatWroteAt10() -> ClusterBuilder {
        var cluster = ClusterBuilder.threeZones()
        cluster.settings.optOuts.disabledRules = ["leader-lease-expired"]
        cluster.lease("kube-controller-manager", renewedAgo: 1)
        cluster.identity("apiserver-1", renewedAgo: 1)
        cluster.lease("other", in: "shop", renewedAgo: 1)
        cluster.observe(uptime: 0)
        cluster.identity("apiserver-1", renewedAgo: 0)
        cluster.observe(uptime: 10)
        return cluster
    }

    @Test func writesStalledAfterAMinute() {
        var cluster = clusterThatWroteAt10()
        cluster.observe(uptime: 70)
        #expect(cluster.signals()["cluster_write_age_seconds"] == 60)
        #expect(cluster.signals().raised("cluster-writes-stalled").isEmpty)
        #expect(cluster.signals().status(.nodes) == .ok)
        // Another namespace's lease may be written by something that watches no longer: it proves nothing.
        cluster.lease("other", in: "shop", renewedAgo: 0)
        cluster.observe(uptime: 71)
        let signals = cluster.signals()
        #expect(signals["cluster_write_age_seconds"] == 61)
        #expect(signals.raised("cluster-writes-stalled") == ["Cluster"])
        #expect(signals.messages("cluster-writes-stalled") == ["no lease has changed for 61 s"])
    }

    /// What the control plane no longer writes looks healthy for ever: it cannot be called ok. What is asked directly,
    /// and what is a fact of the layout, is not frozen; a warning stays one.
    @Test func stalledWritesFreezeWhatIsReadThroughThem() {
        var cluster = clusterThatWroteAt10()
        cluster.node("w-c", zone: "c", ready: .isFalse)
        cluster.deployment("shop", "web", replicas: 2)
        cluster.observe(uptime: 80)
        let signals = cluster.signals()
        #expect(signals.status(.controlPlane) == .critical)
        for area in [AreaName.replicas, .disruptionBudgets, .zones] {
            #expect(signals.status(area) == .unknown, "\(area.rawValue)")
        }
        #expect(signals.status(.nodes) == .warning)
        #expect(signals.status(.deployment) == .ok)
        #expect(signals["area_status", ["area": "replicas", "status": "unknown"]] == 1)
        #expect(signals["area_status", ["area": "replicas", "status": "ok"]] == 0)
    }

    /// Without kube-controller-manager nobody marks nodes or counts replicas. A dead scheduler freezes nothing.
    @Test func expiredControllerManagerFreezesTheSameAreas() {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("kube-scheduler", renewedAgo: 30)
        #expect(cluster.signals(isRecording: true).status(.replicas) == .ok)
        cluster.lease("kube-controller-manager", renewedAgo: 30)
        #expect(cluster.signals(isRecording: true).status(.replicas) == .unknown)
        #expect(cluster.signals(isRecording: true).status(.nodes) == .unknown)
    }

    /// A virtual cluster inside this one has a kube-controller-manager of its own, which does not count our replicas.
    @Test func anotherControllerManagerFreezesNothing() {
        var cluster = ClusterBuilder.threeZones()
        cluster.settings.leaderLeases = [("vcluster", "kube-controller-manager")]
        cluster.lease("kube-controller-manager", in: "vcluster", renewedAgo: 30)
        let signals = cluster.signals(isRecording: true)
        #expect(signals.raised("leader-lease-expired") == ["Lease vcluster/kube-controller-manager"])
        #expect(signals.status(.replicas) == .ok)
    }

    /// SIGNALS, area 1: at first sight the newest renewal of the same list tells, whatever our clock says.
    @Test(arguments: [-7_200.0, 0, 7_200])
    func aLeaseThatIsLeftBehindIsExpiredAtFirstSight(_ clockError: Double) {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("kube-scheduler", renewedAgo: 1)
        cluster.lease("kube-controller-manager", renewedAgo: 349)
        cluster.now = Timestamp(seconds: cluster.now.seconds + clockError)
        cluster.observe(uptime: 0)
        let signals = cluster.signals()
        if clockError <= 0 {
            #expect(signals.raised("leader-lease-expired") == ["Lease kube-system/kube-controller-manager"])
        } else {
            // Older than an hour at first sight by our clock: left over, no series.
            #expect(signals.count("leader_lease_age_seconds") == 0)
        }
        // 15 s of duration and 5 s more: not yet.
        cluster.now = Timestamp(seconds: cluster.now.seconds - clockError)
        cluster.lease("kube-controller-manager", renewedAgo: 20)
        cluster.observations = Observations()
        cluster.observe(uptime: 0)
        #expect(cluster.signals().raised("leader-lease-expired").isEmpty)
    }

    /// SIGNALS, area 1: until a lease has been seen to change the area is unknown, not ok.
    @Test func aListOfLeasesIsAliveOnceOneChanged() {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("kube-scheduler", renewedAgo: 1)
        cluster.observe(uptime: 0)
        #expect(cluster.signals().status(.controlPlane) == .unknown)
        cluster.lease("kube-scheduler", renewedAgo: 0)
        cluster.observe(uptime: 2)
        #expect(cluster.signals().status(.controlPlane) == .ok)
    }

    /// SIGNALS: a freeze that began ends only when a lease is seen to change again, though the rule that told of it cannot
    /// be evaluated any more.
    @Test func nothingThawsByGoingBlind() {
        var cluster = ClusterBuilder.threeZones()
        cluster.lease("kube-scheduler", renewedAgo: 1)
        cluster.observe(uptime: 0)
        cluster.lease("kube-scheduler", renewedAgo: 0)
        cluster.observe(uptime: 2)
        #expect(cluster.signals().status(.nodes) == .ok)
        cluster.observations.freeze()
        cluster.observe(uptime: 90)
        cluster.state.sources[.leases]?.state = .forbidden
        #expect(cluster.signals().status(.nodes) == .unknown)
        cluster.state.sources[.leases]?.state = .ok
        cluster.observe(uptime: 100)
        #expect(cluster.signals().status(.nodes) == .unknown)
        cluster.lease("kube-scheduler", renewedAgo: -1)
        cluster.observe(uptime: 102)
        #expect(cluster.signals().status(.nodes) == .ok)
    }

    /// SIGNALS, «Unknown is neither zero nor healthy»: leases that were once ok and are not heard of freeze as stalled
    /// writes do; leases that may not be read freeze nothing.
    @Test(arguments: [SourceState.failing, .stale])
    func leasesThatAreNotHeardOfFreezeTheSameAreas(_ state: SourceState) {
        var cluster = ClusterBuilder.threeZones()
        #expect(cluster.signals(isRecording: true).status(.replicas) == .ok)
        cluster.state.sources[.leases] = SourceStatus(state: state)
        #expect(cluster.signals(isRecording: true).status(.replicas) == .unknown)
        cluster.state.sources[.leases] = SourceStatus(state: .forbidden)
        #expect(cluster.signals(isRecording: true).status(.replicas) == .ok)
    }

    /// SIGNALS, area 1: where the last attempt of every list or watch failed too, silent API servers are down and not
    /// out of sight.
    @Test func apiServersAreDownWhereNoListSucceedsEither() {
        var probes = ProbeResults()
        probes.apiServers = [APIServerProbe(name: "192.0.2.11:6443")]
        var state = ClusterState()
        state.sources[.apiserver] = SourceStatus(state: .unreachable)
        state.sources[.pods] = SourceStatus(state: .ok)
        state.markUnreachableProbes(probes)
        #expect(state.status(of: .apiserver).state == .unreachable)
        state.sources[.pods]?.hasFailed = true
        state.markUnreachableProbes(probes)
        #expect(state.status(of: .apiserver).state == .ok)
    }

    /// A load balancer that answers /readyz with 200 has asked an instance that serves: that none can be reached from here
    /// is no sign that they are down.
    @Test func apiServersBehindABalancerThatServesAreOutOfSight() {
        var cluster = ClusterBuilder.threeZones()
        cluster.apiServerAddresses("10.0.0.1", "10.0.0.2")
        for address in ["10.0.0.1:6443", "10.0.0.2:6443"] { cluster.apiServer(address, isReachable: false) }
        cluster.apiServer("api.example.com:443")
        let balancer = cluster.probes.apiServers.firstIndex { $0.name == "api.example.com:443" }
        cluster.probes.apiServers[balancer ?? 0].isConfiguredOnly = true
        let found = cluster.signals()
        #expect(found.status(.controlPlane) == .unknown)
        #expect(!found.isEvaluated("apiserver-missing") && !found.isEvaluated("apiserver-not-ready"))
        // One that is reached is among those that the balancer may have asked: the other one is down.
        cluster.apiServer("10.0.0.1:6443")
        #expect(cluster.signals().raised("apiserver-not-ready") == ["APIServer 10.0.0.2:6443"])
    }
}
