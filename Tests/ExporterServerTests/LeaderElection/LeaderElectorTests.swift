import ClusterState
import KubernetesClient
import Testing

@testable import ExporterServer

/// The rules are those of client-go's `tryAcquireOrRenew` and `release` (tools/leaderelection/leaderelection.go) with its
/// usual durations of 15, 10 and 2 s, and SIGNALS, «Two replicas».
struct LeaderElectorTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private func elector(_ identity: String = "a", at uptime: Duration = .seconds(100)) -> LeaderElector {
        LeaderElector(identity: identity, timing: LeaderElectionTiming(), uptime: uptime)
    }

    /// A lease as somebody wrote it; by default renewed an hour ago by the clock of whoever that was.
    private func lease(_ holder: String, version: String = "7", renewed: Double = -3_600) -> ElectionLease {
        ElectionLease(
            record: ElectionRecord(
                holder: holder,
                duration: .seconds(15),
                acquiredAt: Timestamp(seconds: Self.now.seconds - 7_200),
                renewedAt: Timestamp(seconds: Self.now.seconds + renewed),
                transitions: 3
            ),
            resourceVersion: version
        )
    }

    /// Acquires a lease that does not exist, in requests of no length.
    private func leader(at uptime: Duration) -> (LeaderElector, ElectionLease) {
        var elector = elector(at: uptime)
        _ = elector.beginAttempt(at: uptime, now: Self.now)
        guard case .create(let record) = elector.receive(.notFound, at: uptime, now: Self.now) else {
            Issue.record("nothing is created")
            return (elector, lease("a"))
        }
        let lease = ElectionLease(record: record, resourceVersion: "1")
        _ = elector.receive(.lease(lease), at: uptime, now: Self.now)
        return (elector, lease)
    }

    @Test func createsALeaseThatIsNotThere() {
        let (elector, lease) = leader(at: .seconds(100))
        #expect(lease.record.holder == "a" && lease.record.duration == .seconds(15) && lease.record.transitions == 0)
        #expect(lease.record.acquiredAt == Self.now && lease.record.renewedAt == Self.now)
        #expect(elector.role(at: .seconds(100)) == .leads)
    }

    /// 10 s after the renewal began the others, who wait 15 s, cannot have it yet.
    @Test func leadsFromTheStartOfARenewalUntilTheRenewDeadline() {
        var (elector, lease) = leader(at: .seconds(100))
        guard case .update(let renewal) = elector.beginAttempt(at: .seconds(102), now: Self.now) else {
            Issue.record("the holder does not write at once")
            return
        }
        #expect(renewal.resourceVersion == "1" && renewal.record.acquiredAt == lease.record.acquiredAt)
        lease.resourceVersion = "2"
        #expect(elector.receive(.lease(lease), at: .seconds(106), now: Self.now) == nil)
        #expect(elector.role(at: .seconds(111.9)) == .leads)
        #expect(elector.role(at: .seconds(112)) == .waits)
    }

    /// What another machine's clock wrote is not compared with ours: an hour old at first sight, and no less alive.
    @Test(arguments: [-3_600.0, 0, 3_600])
    func waitsForALeaseFromWhenItWasLastSeenToChange(_ renewed: Double) {
        var elector = elector()
        func look(_ lease: ElectionLease, at uptime: Double) -> LeaderElector.Request? {
            _ = elector.beginAttempt(at: .seconds(uptime), now: Self.now)
            return elector.receive(.lease(lease), at: .seconds(uptime), now: Self.now)
        }
        #expect(look(lease("b", renewed: renewed), at: 100) == nil)
        #expect(look(lease("b", renewed: renewed), at: 114.25) == nil)
        // Renewed: again the whole duration.
        let renewal = lease("b", version: "8", renewed: renewed + 2)
        #expect(look(renewal, at: 114.5) == nil)
        // A version alone, as labels have, is no renewal.
        var labelled = renewal
        labelled.resourceVersion = "9"
        #expect(look(labelled, at: 129.25) == nil)
        guard case .update(let claim) = look(labelled, at: 129.5) else {
            Issue.record("an expired lease is not taken")
            return
        }
        #expect(claim.resourceVersion == "9")
        #expect(claim.record.holder == "a" && claim.record.transitions == 4 && claim.record.acquiredAt == Self.now)
        #expect(elector.role(at: .seconds(129.5)) == .waits)
    }

    @Test func readsWhatIsThereWhenAWriteWithoutAReadConflicts() {
        var (elector, _) = leader(at: .seconds(100))
        _ = elector.beginAttempt(at: .seconds(102), now: Self.now)
        #expect(elector.receive(.conflict, at: .seconds(102.1), now: Self.now) == .get)
        #expect(elector.receive(.lease(lease("b")), at: .seconds(102.2), now: Self.now) == nil)
        #expect(elector.role(at: .seconds(102.2)) == .waits)
        #expect(elector.holder == "b")
    }

    /// A second replica takes it without waiting for the end of the lease.
    @Test func releaseLeavesALeaseWithoutHolder() {
        var (elector, _) = leader(at: .seconds(100))
        guard case .update(let released) = elector.release(now: Self.now) else {
            Issue.record("the lease is kept")
            return
        }
        #expect(released.record.holder.isEmpty && released.record.duration == .seconds(1))
        #expect(released.resourceVersion == "1" && released.record.transitions == 0)
        #expect(elector.role(at: .seconds(100)) == .waits)
        var other = self.elector("b", at: .seconds(5))
        _ = other.beginAttempt(at: .seconds(5), now: Self.now)
        guard case .update(let claim) = other.receive(.lease(released), at: .seconds(5), now: Self.now) else {
            Issue.record("a released lease is not taken")
            return
        }
        #expect(claim.record.holder == "b" && claim.record.transitions == 1)
        var waiting = self.elector("c")
        #expect(waiting.release(now: Self.now) == nil)
    }

    /// No write is taken: whoever leads goes on without a gap, however long that lasts.
    @Test func goesOnWhereNoWriteIsTaken() {
        var (elector, _) = leader(at: .seconds(100))
        var time = 102.0
        while time < 400 {
            for tick in stride(from: time - 2, to: time, by: 0.5) {
                elector.tick(at: .seconds(tick))
                #expect(elector.role(at: .seconds(tick)).serves, "at \(tick) s")
            }
            var request: LeaderElector.Request? = elector.beginAttempt(at: .seconds(time), now: Self.now)
            while request != nil { request = elector.receive(.failed, at: .seconds(time), now: Self.now) }
            time += 2
        }
        #expect(elector.role(at: .seconds(398)) == .leadsWithoutWrites)
        // Another wrote as soon as writes were taken again.
        _ = elector.beginAttempt(at: .seconds(400), now: Self.now)
        _ = elector.receive(.lease(lease("b")), at: .seconds(400), now: Self.now)
        #expect(elector.role(at: .seconds(400)) == .waits)
    }

    /// The leader is gone and no write is taken: served is once the lease has run out and two writes have failed.
    @Test func servesWhereTheLeaderIsGoneAndNoWriteIsTaken() {
        var elector = elector()
        var roles: [Double: LeaderElector.Role] = [:]
        for time in stride(from: 100.0, through: 122, by: 2) {
            for tick in stride(from: time - 2, to: time, by: 0.5) { elector.tick(at: .seconds(tick)) }
            _ = elector.beginAttempt(at: .seconds(time), now: Self.now)
            if elector.receive(.lease(lease("b")), at: .seconds(time), now: Self.now) != nil {
                _ = elector.receive(.failed, at: .seconds(time), now: Self.now)
            }
            roles[time] = elector.role(at: .seconds(time))
        }
        // Seen first at 100 s, over at 115 s; tried at 116 and 118 s.
        #expect(roles[116] == .waits)
        #expect(roles[118] == .leadsWithoutWrites)
        #expect(roles[122] == .leadsWithoutWrites)
    }

    /// SIGSTOP for longer than the lease, then SIGCONT: nothing is served until the lease was read again, although it was
    /// led, or writes had failed, before.
    @Test(arguments: [true, false])
    func waitsAfterAStopUntilTheLeaseWasReadAgain(_ isFailing: Bool) {
        var (elector, lease) = leader(at: .seconds(100))
        for tick in stride(from: 100.0, through: 114, by: 0.5) { elector.tick(at: .seconds(tick)) }
        if isFailing {
            var request: LeaderElector.Request? = elector.beginAttempt(at: .seconds(108), now: Self.now)
            while request != nil { request = elector.receive(.failed, at: .seconds(109), now: Self.now) }
            #expect(elector.role(at: .seconds(114)) == .leadsWithoutWrites)
        }
        _ = elector.beginAttempt(at: .seconds(114), now: Self.now)
        // The first scrape comes before anything of the election runs.
        #expect(elector.role(at: .seconds(140)) == .waits)
        // Then the request of before the stop ends by its time limit, which tells nothing of now.
        _ = elector.receive(.failed, at: .seconds(140), now: Self.now)
        #expect(elector.role(at: .seconds(140)) == .waits)
        elector.tick(at: .seconds(140))
        #expect(elector.role(at: .seconds(140)) == .waits)
        _ = elector.beginAttempt(at: .seconds(140.1), now: Self.now)
        guard case .update = elector.receive(.lease(lease), at: .seconds(140.2), now: Self.now) else {
            Issue.record("its own lease is not renewed")
            return
        }
        lease.record.renewedAt = Self.now
        _ = elector.receive(.lease(lease), at: .seconds(140.3), now: Self.now)
        #expect(elector.role(at: .seconds(140.3)) == .leads)
    }

    /// One that was deleted by hand may still be led by its holder for a moment.
    @Test func waitsForTheEndOfALeaseThatWasDeleted() {
        var elector = elector()
        _ = elector.beginAttempt(at: .seconds(100), now: Self.now)
        _ = elector.receive(.lease(lease("b")), at: .seconds(100), now: Self.now)
        _ = elector.beginAttempt(at: .seconds(102), now: Self.now)
        #expect(elector.receive(.notFound, at: .seconds(102), now: Self.now) == nil)
        _ = elector.beginAttempt(at: .seconds(115), now: Self.now)
        guard case .create = elector.receive(.notFound, at: .seconds(115), now: Self.now) else {
            Issue.record("nothing is created")
            return
        }
    }

    /// Two or three replicas in random steps: never two that hold the lease, never two that serve while the API server
    /// answers, never nobody for longer than SIGNALS allows, and who leads when writes begin to fail goes on.
    @Test(arguments: [(false, false), (true, false), (false, true), (true, true)], 0..<UInt64(12))
    func oneServes(_ trouble: (hasFaults: Bool, hasStops: Bool), _ seed: UInt64) {
        var world = ElectionWorld(seed: seed, hasFaults: trouble.hasFaults, hasStops: trouble.hasStops)
        world.run(seconds: 600)
        #expect(world.problems == [])
        #expect(world.takeovers > 0)
    }

    @Test(
        arguments: [
            (15, 10, 2, nil), (15, 15, 2, "--leader-elect-lease-duration"), (0, 10, 2, "--leader-elect-lease-duration"),
            (15, 2.4, 2, "--leader-elect-renew-deadline"), (15, 10, 0, "--leader-elect-retry-period"),
            (1.5, 1, 0.5, "--leader-elect-lease-duration"), (2, 1, 0.5, nil),
        ] as [(Double, Double, Double, String?)]
    )
    func refusesDurationsAsClientGoDoes(_ lease: Double, _ deadline: Double, _ retry: Double, _ flag: String?) {
        var timing = LeaderElectionTiming()
        timing.leaseDuration = .seconds(lease)
        timing.renewDeadline = .seconds(deadline)
        timing.retryPeriod = .seconds(retry)
        #expect(timing.problem?.flag == flag)
    }
}
