import ClusterState
import KubernetesClient

@testable import ExporterServer

/// Replicas that elect a leader over one lease in memory, on one time line, in random steps from a seed: requests take
/// time, get lost before or after they are carried out, processes stop, clocks differ in offset and speed.
struct ElectionWorld {
    /// What the API server does with requests.
    enum Fault: CaseIterable { case none, refusesWrites, isSilent, losesAnswers }

    /// One replica's process.
    final class Replica {
        var elector: LeaderElector
        let identity: String
        /// Its clocks: monotonic time begins at another number and runs at another speed; wall time is off.
        let offset: Double
        let speed: Double
        let wallError: Double
        var isStopped = false
        /// What the process does next, by the world's time.
        var nextTick = 0.0
        var nextAttempt = 0.0
        /// The request under way: when its answer is there, and what it is; nil for none.
        var answer: (at: Double, LeaderElector.Answer)?
        /// The world's time at which a request is carried out by the API server.
        var arrival: (at: Double, LeaderElector.Request, answerAt: Double, timeoutAt: Double)?
        var resumedAt = 0.0
        var answersSinceResume = 0
        /// Whether it led when the present fault began and has served ever since.
        var mustServe = false

        init(_ identity: String, _ timing: LeaderElectionTiming, offset: Double, speed: Double, wallError: Double) {
            self.identity = identity
            self.offset = offset
            self.speed = speed
            self.wallError = wallError
            elector = LeaderElector(identity: identity, timing: timing, uptime: .seconds(offset))
        }

        func uptime(_ time: Double) -> Duration { .seconds(offset + time * speed) }
        func wall(_ time: Double) -> Timestamp { Timestamp(seconds: 1_700_000_000 + time + wallError) }
        /// How long a local duration lasts in the world's time.
        func worldSeconds(_ duration: Duration) -> Double { duration.inSeconds / speed }
    }

    let timing = LeaderElectionTiming()
    private(set) var replicas: [Replica] = []
    private var random: SeededRandom
    private var lease: ElectionLease?
    private var version = 0
    private(set) var time = 0.0
    private(set) var fault = Fault.none
    /// Since when there is no fault, and since when there is this one.
    private(set) var faultSince = 0.0
    private var faultEndedAt = -1_000.0
    private let hasFaults: Bool
    private let hasStops: Bool
    private(set) var problems: [String] = []
    private(set) var takeovers = 0
    private(set) var servedWithoutWrites = 0
    private var servingSince: Double?
    private var lastHolder = ""
    private var writtenAt = 0.0

    init(seed: UInt64, hasFaults: Bool, hasStops: Bool) {
        random = SeededRandom(seed: seed)
        self.hasFaults = hasFaults
        self.hasStops = hasStops
        for number in 0..<(2 + Int(random.next() % 2)) {
            replicas.append(
                Replica(
                    "replica-\(number)",
                    timing,
                    offset: Double(random.next() % 100_000),
                    speed: 0.88 + 0.24 * unit(),
                    wallError: Double(random.next() % 7_200) - 3_600
                )
            )
        }
        for replica in replicas { replica.nextAttempt = unit() * 3 }
    }

    private mutating func unit() -> Double { Double(random.next() % 1_000_000) / 1_000_000 }

    private mutating func pick(_ choices: [(Double, Double)]) -> Double {
        var left = unit()
        for (share, value) in choices {
            left -= share
            if left < 0 { return value }
        }
        return choices.last?.1 ?? 0
    }

    /// Runs to a time; something may change, and everything is looked at, at least once a second.
    mutating func run(seconds: Double) {
        while time < seconds, problems.isEmpty {
            let next = replicas.map(nextEvent).min() ?? seconds
            let look = time + unit()
            if look < next {
                time = look
                disturb()
                check()
                continue
            }
            time = max(time, next)
            for replica in replicas where !replica.isStopped && nextEvent(replica) <= time { step(replica) }
            for replica in replicas { carryOut(replica) }
            check()
        }
    }

    private func nextEvent(_ replica: Replica) -> Double {
        let carriedOut = replica.arrival?.at ?? .infinity
        guard !replica.isStopped else { return carriedOut }
        return min(replica.nextTick, replica.answer?.at ?? .infinity, carriedOut, replica.nextAttempt)
    }

    /// The API server carries a request out, whether or not the process that sent it runs.
    private mutating func carryOut(_ replica: Replica) {
        guard let (at, request, answerAt, timeoutAt) = replica.arrival, at <= time else { return }
        replica.arrival = nil
        var answer = LeaderElector.Answer.failed
        var isAnswered = true
        switch (fault, request) {
        case (.isSilent, _): isAnswered = false
        case (.refusesWrites, .update), (.refusesWrites, .create): answer = .failed
        case (_, .get): answer = lease.map { .lease($0) } ?? .notFound
        case (_, .create(let record)):
            if lease == nil {
                answer = write(ElectionLease(record: record, resourceVersion: ""))
            } else {
                answer = .conflict
            }
        case (_, .update(let update)):
            answer =
                lease == nil ? .notFound : lease?.resourceVersion == update.resourceVersion ? write(update) : .conflict
        }
        if fault == .losesAnswers { isAnswered = false }
        replica.answer = isAnswered && answerAt <= timeoutAt ? (answerAt, answer) : (timeoutAt, .failed)
    }

    private mutating func write(_ update: ElectionLease) -> LeaderElector.Answer {
        version += 1
        var written = update
        written.resourceVersion = "\(version)"
        if written.record.holder != lastHolder { takeovers += 1 }
        lastHolder = written.record.holder
        lease = written
        writtenAt = time
        return .lease(written)
    }

    /// The process does what is due, in the order that is worst for it: the answer before the tick after a stop.
    private mutating func step(_ replica: Replica) {
        let (uptime, now) = (replica.uptime(time), replica.wall(time))
        if let (at, answer) = replica.answer, at <= time {
            replica.answer = nil
            if answer != .failed { replica.answersSinceResume += 1 }
            send(replica.elector.receive(answer, at: uptime, now: now), replica)
        } else if replica.nextAttempt <= time {
            replica.nextAttempt = .infinity
            send(replica.elector.beginAttempt(at: uptime, now: now), replica)
        } else if replica.nextTick <= time {
            replica.elector.tick(at: uptime)
            replica.nextTick = time + replica.worldSeconds(timing.tickInterval)
        }
    }

    private mutating func send(_ request: LeaderElector.Request?, _ replica: Replica) {
        guard let request else {
            let wait = timing.wait(isHolder: replica.elector.isHolder, random: unit())
            replica.nextAttempt = time + replica.worldSeconds(wait)
            return
        }
        let there = pick([(0.8, 0.01), (0.15, 0.4), (0.05, hasFaults ? 3 : 2)]) * unit()
        let back = pick([(0.8, 0.01), (0.15, 0.4), (0.05, hasFaults ? 4 : 2)]) * unit()
        let timeout = time + replica.worldSeconds(replica.elector.requestTimeout(at: replica.uptime(time)))
        replica.arrival = (time + there, request, time + there + back, timeout)
    }

    /// Begins or ends a fault, stops a process or lets one go on.
    private mutating func disturb() {
        if hasFaults, unit() < 0.02 {
            let next = fault == .none ? Fault.allCases[1 + Int(random.next() % 3)] : .none
            if next == .none { faultEndedAt = time }
            fault = next
            faultSince = time
            for replica in replicas {
                replica.mustServe =
                    next != .none && next != .losesAnswers && !replica.isStopped
                    && time - replica.resumedAt > 20
                    && replica.elector.role(at: replica.uptime(time)) == .leads
            }
        }
        guard hasStops, unit() < 0.05 else { return }
        let replica = replicas[Int(random.next() % UInt64(replicas.count))]
        replica.isStopped.toggle()
        replica.mustServe = false
        guard !replica.isStopped else {
            replica.resumedAt = time
            return
        }
        let stoppedFor = time - replica.resumedAt
        replica.resumedAt = time
        replica.answersSinceResume = 0
        // The first scrape comes before anything else.
        if replica.worldSeconds(timing.renewDeadline) <= stoppedFor,
            replica.elector.role(at: replica.uptime(time)).serves
        {
            problems.append("\(time): \(replica.identity) serves after a stop of \(stoppedFor) s")
        }
    }

    private mutating func check() {
        let running = replicas.filter { !$0.isStopped }
        let roles = running.map { $0.elector.role(at: $0.uptime(time)) }
        let leading = roles.count { $0 == .leads }
        if leading > 1 { problems.append("\(time): \(leading) replicas hold the lease") }
        let serving = roles.count(where: \.serves)
        servedWithoutWrites += roles.contains(.leadsWithoutWrites) ? 1 : 0
        let longest = replicas.map { $0.worldSeconds(timing.longestAttemptGap) }.max() ?? 0
        if serving > 1, fault == .none, time - faultEndedAt > longest {
            problems.append("\(time): \(serving) replicas serve although the API server answers")
        }
        for replica in running where replica.mustServe && fault != .none {
            if !replica.elector.role(at: replica.uptime(time)).serves {
                problems.append("\(time): \(replica.identity) led when \(fault) began and serves no more")
            }
        }
        // Somebody serves within the lease's duration and an interval of 15 s: counted while nothing changes for the
        // better or worse and a process runs.
        let steady = max(faultSince, running.map(\.resumedAt).min() ?? time)
        servingSince = serving > 0 ? time : servingSince
        let quiet = time - max(servingSince ?? 0, steady, writtenAt)
        if serving == 0, !running.isEmpty, fault != .losesAnswers,
            quiet > (timing.leaseDuration + .seconds(15)).inSeconds / 0.88
        {
            problems.append("\(time): nobody serves for \(quiet) s, fault \(fault)")
        }
    }
}
