import ClusterState
import Logging
import Testing

@testable import KubernetesClient

/// One line when something begins to be wrong with sources, one when it is over.
struct SourceLogTests {
    /// A log, and how its sources stand.
    private struct Bench {
        let lines = LogLines()
        var log: SourceLog
        var entries: [Source: SourceLog.Entry] = [:]
        var now = Duration.zero

        init() {
            let lines = lines
            log = SourceLog(Logger(label: "test") { _ in lines })
        }

        mutating func fail(_ sources: [Source], _ state: SourceState, _ reason: String, cause: String? = nil) {
            for source in sources {
                let since = entries[source]?.problem?.since ?? now
                let problem = SourceProblem(state: state, reason: reason, cause: cause ?? reason, since: since)
                entries[source] = SourceLog.Entry(source: source, state: state, problem: problem)
            }
        }

        mutating func succeed(_ sources: [Source]) {
            for source in sources { entries[source] = SourceLog.Entry(source: source, state: .ok, problem: nil) }
        }

        /// Looks each second, so often; what was written meanwhile.
        mutating func look(_ times: Int = 4) -> [String] {
            lines.clear()
            for _ in 0..<times {
                now += .seconds(1)
                log.update(Source.allCases.compactMap { entries[$0] }, at: now)
            }
            return lines.all
        }
    }

    @Test func oneCauseIsOneLineForAll() {
        var bench = Bench()
        let all = Array(Source.allCases.prefix(30))
        let names = all.prefix(20).map(\.rawValue).joined(separator: ", ")
        bench.fail(all, .unreachable, "refused")
        #expect(
            bench.look() == [
                "warning: sources \(names) and 10 more are unreachable: refused"
            ]
        )
        // Each retry fails.
        bench.fail(all, .unreachable, "refused")
        #expect(bench.look(100) == [])
        bench.succeed(Array(all.dropFirst(2)))
        #expect(bench.look() == [])
        bench.succeed(all)
        #expect(bench.look() == ["info: all sources are ok"])
        #expect(bench.look() == [])
    }

    @Test func aLineWaitsForThoseWhoFailLater() {
        var bench = Bench()
        bench.fail([.nodes], .unreachable, "refused")
        #expect(bench.look(1) == [])
        bench.fail([.pods], .unreachable, "refused")
        #expect(bench.look(1) == [])
        bench.fail([.services], .unreachable, "refused")
        #expect(bench.look(1) == [])
        #expect(bench.look(1) == ["warning: sources nodes, pods, services are unreachable: refused"])
    }

    @Test func itDoesNotWaitForever() {
        var bench = Bench()
        var lines: [String] = []
        for source in Source.allCases {
            bench.fail([source], .unreachable, "refused")
            lines += bench.look(1)
        }
        #expect(lines.count == 1 && lines[0].hasSuffix(" are unreachable: refused"))
    }

    @Test func whatPassesIsNotToldOf() {
        var bench = Bench()
        bench.succeed([.nodes])
        bench.fail([.nodes], .ok, "connection lost")
        #expect(bench.look(1) == [])
        bench.succeed([.nodes])
        #expect(bench.look() == [])
    }

    /// A watch that opens and ends within a second is well at one look now and then.
    @Test func aMomentOfHealthIsNoRecovery() {
        var bench = Bench()
        bench.fail([.nodes], .ok, "the watch ended within a second")
        #expect(bench.look().count == 1)
        for _ in 0..<5 {
            bench.succeed([.nodes])
            #expect(bench.look(1) == [])
            bench.fail([.nodes], .ok, "the watch ended within a second")
            #expect(bench.look() == [])
        }
        bench.succeed([.nodes])
        #expect(bench.look() == ["info: source nodes is ok"])
    }

    /// A line follows where the state changes, not where merely the reason does.
    @Test func anotherReasonIsNoLine() {
        var bench = Bench()
        bench.fail([.nodes, .pods], .unreachable, "refused")
        #expect(bench.look().count == 1)
        bench.fail([.nodes, .pods], .unreachable, "certificate has expired")
        #expect(bench.look() == [])
        bench.fail([.nodes, .pods], .unauthorized, "401")
        #expect(bench.look() == ["warning: sources nodes, pods are unauthorized: 401"])
        bench.fail([.nodes, .pods], .unreachable, "refused")
        #expect(bench.look() == [])
        bench.succeed([.nodes, .pods])
        #expect(bench.look() == ["info: all sources are ok"])
        // It is over: what begins now is told of again.
        bench.fail([.nodes, .pods], .unreachable, "certificate has expired")
        #expect(bench.look() == ["warning: sources nodes, pods are unreachable: certificate has expired"])
    }

    /// One of many connections runs into its time limit where the others learn at once that there is no such name.
    @Test(arguments: [0, 20])
    func whoeverCannotReachTheServerIsInOneLine(_ laterBy: Int) {
        var bench = Bench()
        bench.fail([.nodes, .services], .unreachable, "cannot resolve api", cause: "name")
        var lines = bench.look(laterBy)
        bench.fail([.pods], .unreachable, "timed out", cause: "timed out")
        lines += bench.look(20)
        let names = laterBy == 0 ? "nodes, pods, services" : "nodes, services"
        #expect(lines == ["warning: sources \(names) are unreachable: cannot resolve api"])
        bench.succeed([.nodes, .pods, .services])
        #expect(bench.look() == ["info: all sources are ok"])
    }

    /// Lists run out of time and watches are refused, in turns: one outage, three lines.
    @Test func reasonsThatTakeTurnsAreOneLine() {
        var bench = Bench()
        bench.succeed([.nodes, .pods])
        var lines: [String] = []
        for (reason, state) in [("429", SourceState.ok), ("504", .ok), ("429", .failing), ("reset", .failing)] {
            bench.fail([.nodes, .pods], state, reason)
            lines += bench.look()
        }
        for (reason, state) in [("429", SourceState.stale), ("timed out", .unreachable), ("504", .stale)] {
            bench.fail([.nodes, .pods], state, reason)
            lines += bench.look()
        }
        bench.succeed([.nodes, .pods])
        lines += bench.look()
        #expect(
            lines == [
                "warning: sources nodes, pods fail: 429", "warning: sources nodes, pods are stale: 429",
                "info: all sources are ok",
            ]
        )
    }

    /// One resource that fails by itself keeps no other outage from being told of.
    @Test func whatIsWrongBesideIsAnotherLine() {
        var bench = Bench()
        bench.succeed([.nodes, .pods, .services])
        bench.fail([.pods], .ok, "500")
        #expect(bench.look() == ["warning: source pods fails: 500"])
        bench.fail([.nodes, .services], .ok, "refused")
        #expect(bench.look() == ["warning: sources nodes, services fail: refused"])
        bench.fail([.pods], .ok, "refused")
        #expect(bench.look() == [])
        bench.succeed([.nodes, .services])
        #expect(bench.look() == ["info: sources nodes, services are ok"])
    }

    /// Names are cut only above 20.
    @Test func twentySourcesAreAllNamed() {
        var bench = Bench()
        let all = Array(Source.allCases.prefix(20))
        bench.fail(all, .unreachable, "refused")
        let names = all.map(\.rawValue).joined(separator: ", ")
        #expect(bench.look() == ["warning: sources \(names) are unreachable: refused"])
    }

    /// One line when they turn stale, whichever does so first, and one when they are back.
    @Test func turningStaleIsOneLineForAll() {
        var bench = Bench()
        bench.succeed([.nodes, .pods])
        bench.fail([.nodes, .pods], .ok, "refused")
        #expect(bench.look().count == 1)
        bench.fail([.nodes], .stale, "refused")
        #expect(bench.look() == [])
        bench.fail([.pods], .stale, "refused")
        #expect(bench.look() == ["warning: sources nodes, pods are stale: refused"])
        #expect(bench.look(100) == [])
        bench.succeed([.nodes, .pods])
        #expect(bench.look() == ["info: all sources are ok"])
        // The next outage is told of in the same way.
        bench.fail([.nodes], .ok, "refused")
        #expect(bench.look().count == 1)
        bench.fail([.nodes], .stale, "refused")
        #expect(bench.look() == ["warning: source nodes is stale: refused"])
    }

    /// Until it is stale, what is known counts; that it does not any more is a second line.
    @Test func whatIsKnownCountsOn() {
        var bench = Bench()
        bench.succeed([.nodes])
        bench.fail([.nodes], .ok, "refused")
        #expect(
            bench.look() == ["warning: source nodes fails: refused"]
        )
        bench.fail([.nodes], .failing, "refused")
        #expect(bench.look() == [])
        bench.fail([.nodes], .unreachable, "refused")
        #expect(bench.look() == ["warning: source nodes is unreachable: refused"])
        #expect(bench.look() == [])
    }

    @Test func refusalsAreToldResourceByResource() {
        var bench = Bench()
        bench.succeed([.nodes])
        bench.fail([.pods, .services], .forbidden, "403: cannot list pods", cause: "403")
        #expect(bench.look() == ["warning: sources pods, services are forbidden: 403: cannot list pods"])
        bench.fail([.leases], .forbidden, "403: cannot list leases", cause: "403")
        #expect(bench.look() == ["warning: source leases is forbidden: 403: cannot list leases"])
        bench.succeed([.pods])
        #expect(bench.look() == ["info: source pods is ok"])
        bench.succeed([.services])
        #expect(bench.look() == ["info: source services is ok"])
        #expect(bench.look() == [])
    }

    @Test func whatIsNotThereIsNoWarning() {
        var bench = Bench()
        bench.fail([.gateways, .httproutes], .absent, "discovery does not list it", cause: "absent")
        #expect(bench.look() == ["info: sources gateways, httproutes are absent: discovery does not list it"])
        #expect(bench.look() == [])
        // Nor does it keep the others from being all.
        bench.fail([.nodes, .pods], .unauthorized, "401")
        #expect(bench.look() == ["warning: sources nodes, pods are unauthorized: 401"])
        bench.succeed([.nodes, .pods])
        #expect(bench.look() == ["info: all sources are ok"])
    }

    @Test func whatIsStaleWithoutFailureSaysSo() {
        var bench = Bench()
        bench.entries[.nodes] = SourceLog.Entry(source: .nodes, state: .stale, problem: nil)
        #expect(bench.look() == ["warning: source nodes is stale: no success within the time limit"])
        bench.succeed([.nodes])
        #expect(bench.look() == ["info: source nodes is ok"])
    }

    /// At the start, nothing is known and nothing is wrong.
    @Test func whatIsStillToBeReadIsNothingToTell() {
        var bench = Bench()
        bench.entries[.nodes] = SourceLog.Entry(source: .nodes, state: .notSynced, problem: nil)
        #expect(bench.look() == [])
        bench.succeed([.nodes])
        #expect(bench.look() == [])
    }
}
