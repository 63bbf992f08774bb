import ClusterState
import Collection
import Exposition
import Glibc
import HASignals

/// The CPU time of this thread.
struct ThreadClock {
    /// Since the thread's start.
    var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

/// Prints what a collection costs on the largest cluster that is promised: 5,000 nodes, 10,000 workloads, 150,000 pods.
///
/// Heap bytes a pod are counted and may fail the run (exit code 1); times are printed only. They are CPU time, which other
/// programs on the machine do not lengthen. With the argument
/// `cheap-objects` the times of ``CheapObjects`` instead.
@main
struct SignalsBenchmark {
    static func milliseconds(_ duration: Duration) -> String {
        let value = Double(duration.components.seconds) * 1e3 + Double(duration.components.attoseconds) / 1e15
        return String(Int(value * 10 + 0.5) / 10) + "." + String(Int(value * 10 + 0.5) % 10)
    }

    static func main() {
        if CommandLine.arguments.dropFirst().first == "cheap-objects" { return measureCheapObjects() }
        let rounds = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 5
        var cluster = LargeCluster()
        cluster.build()
        let state = cluster.state
        let pods = state.pods.count
        let podBytes = measurePods(state)
        print("\(state.nodes.count) nodes, \(pods) pods, \(state.replicaSets.count) ReplicaSets")
        print("\(podBytes) heap bytes a pod: rows, UID index, strings and label sets")
        var times: [String: [Duration]] = [:]
        let clock = ThreadClock()
        var earlier: SampleTable?
        for _ in 0..<rounds {
            var observations = Observations()
            let whole = clock.now
            observations.observe(
                state,
                probes: ProbeResults(),
                now: Timestamp(seconds: 1_795_001_000),
                uptime: 1_000
            )
            let start = clock.now
            times["(observe)", default: []].append(start - whole)
            let view = CollectionContext(
                state: state,
                probes: ProbeResults(),
                observations: observations,
                settings: SignalSettings(),
                now: Timestamp(seconds: 1_795_001_000),
                isRecording: false
            )
            times["(index)", default: []].append(clock.now - start)
            let snapshot = SignalRunner.collect(view, like: earlier) { name, body in
                let begin = clock.now
                body()
                times[name.rawValue, default: []].append(clock.now - begin)
            }
            times["(all)", default: []].append(clock.now - whole)
            earlier = snapshot.table
            for format in [ExpositionFormat.text004, .openMetrics100] {
                let begin = clock.now
                let writer = ExpositionWriter([snapshot.table], format: format, endOfExposition: true)
                let bytes = OpenGzipMember(writer).byteCount
                times["(gzip \(format), \(bytes) bytes)", default: []].append(clock.now - begin)
            }
        }
        print("\((earlier?.memory ?? 0) / pods) bytes a pod: samples and label texts, kept until the next collection")
        print("\(earlier?.seriesCount ?? 0) series; medians of \(rounds) rounds in ms of CPU:")
        for (name, all) in times.sorted(by: { $0.key < $1.key }) {
            print("  \(milliseconds(all.sorted()[all.count / 2]))\t\(name)")
        }
        if podBytes > 100 {
            print("FAILED: over 100 heap bytes a pod")
            exit(1)
        }
    }

    /// The heap that pods alone take: the same pods, copied into a state of their own.
    static func measurePods(_ state: ClusterState) -> Int {
        var alone = ClusterState()
        state.pods.forEach { _, pod in
            var copy = Pod(uid: pod.uid)
            let owner = state.interner.owner(pod.owner)
            copy.owner =
                owner.map { owner in
                    alone.interner.intern(
                        Owner(
                            kind: alone.interner.intern(state.interner.string(owner.kind)),
                            name: alone.interner.intern(state.interner.string(owner.name)),
                            uid: owner.uid
                        )
                    )
                } ?? .none
            var words = [alone.interner.intern(state.interner.string(pod.namespace(state.interner))).value]
            for label in state.interner.labels(pod.labels) {
                words.append(alone.interner.intern(state.interner.string(label.key)).value)
                words.append(alone.interner.intern(state.interner.string(label.value)).value)
            }
            copy.labels = alone.interner.intern(words, as: LabelsID.self)
            copy.node = alone.interner.intern(state.interner.string(pod.node))
            let requests = alone.interner.intern(state.interner.requests(pod.requests(state.interner)))
            copy.setShape(requests: requests, &alone.interner)
            copy.flags = pod.flags
            var name = pod.name(state.interner)
            name.withUTF8 { copy.setName($0, &alone.interner) }
            alone.pods.upsert(copy)
        }
        precondition(alone.pods.count == state.pods.count)
        return (alone.pods.heapBytes + alone.interner.heapBytes) / alone.pods.count
    }
}
