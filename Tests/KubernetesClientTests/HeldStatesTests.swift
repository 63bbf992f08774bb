import ClusterState
import KubernetesClient
import KubernetesWire
import Synchronization
import TestClocks
import Testing

@testable import ClusterSimulator

/// Whatever goes wrong, a collection sees a state that the cluster had, and never an older one than the last time: not
/// half a list, not a list and the events of another.
struct HeldStatesTests {
    /// What the cluster held of the pods, write by write, as fingerprints.
    private final class History {
        private(set) var states: [UInt64] = []
        private var pods: [UID: UInt64] = [:]
        private var revision: Int64
        private let cluster: SimulatedCluster
        private let reader: ProtobufReader

        init(_ cluster: SimulatedCluster) throws {
            self.cluster = cluster
            revision = cluster.resourceVersion
            guard case .protobuf(let reader)? = APIResource.of(.pods)?.reader else { throw CancellationError() }
            self.reader = reader
            for object in cluster.objects(.pods) {
                let pod = try pod(object.bytes)
                pods[pod.uid] = HeldStatesTests.fingerprint(pod)
            }
            states = [pods.values.reduce(0, ^)]
        }

        /// Takes in what was written since.
        func follow() throws {
            let (events, revision) = cluster.inspect { [revision] state in
                (Array(state.cluster.store.events(.pods, after: revision)), state.cluster.store.revision)
            }
            self.revision = revision
            for event in events {
                let pod = try pod(Array(event.object.payload))
                let held = pods[pod.uid] ?? 0
                pods[pod.uid] = event.change == .deleted ? nil : HeldStatesTests.fingerprint(pod)
                states.append((states.last ?? 0) ^ held ^ (pods[pod.uid] ?? 0))
            }
        }

        /// After a restore the same objects have other versions.
        func restart() {
            revision = cluster.resourceVersion
        }

        private func pod(_ bytes: [UInt8]) throws -> Pod {
            var state = ClusterState()
            try bytes.withUnsafeBytes { try reader.upsert(&state, $0, 0) }
            return try #require(state.pods.all.first)
        }
    }

    /// What collections saw, in their order, each once.
    private final class Sights: Sendable {
        private let stored = Mutex<(seen: [UInt64], looks: Int)>(([], 0))
        var seen: [UInt64] { stored.withLock { $0.seen } }
        var looks: Int { stored.withLock { $0.looks } }

        func note(_ fingerprint: UInt64) {
            stored.withLock { stored in
                stored.looks += 1
                if stored.seen.last != fingerprint { stored.seen.append(fingerprint) }
            }
        }
    }

    /// Of all that a row says without the store's strings: phase, readiness and times change with most writes.
    static func fingerprint(_ pod: Pod) -> UInt64 {
        let words = [
            pod.uid.high, pod.uid.low, UInt64(pod.flags.rawValue),
            UInt64(pod.created.value), UInt64(pod.readySince.value), UInt64(pod.deletion.value),
        ]
        return words.reduce(0) { digest, word in
            var random = SeededRandom(seed: digest ^ word)
            return random.next()
        }
    }

    private func fault(_ random: inout SeededRandom) -> SimulatedFault {
        let resource: SimulatedResource? = Bool.random(using: &random) ? .pods : nil
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return .hang
        case 1: return .tooManyRequests(resource, retryAfter: 1)
        case 2: return .internalError(resource)
        case 3: return .garbage(resource)
        case 4: return .watchesSilent(resource)
        case 5, 6: return .watchesCut(resource)
        case 7, 8: return .watchesExpired(resource)
        case 9: return .compaction
        case 10: return .nodeLost("worker-0000\(Int.random(in: 1...4, using: &random))")
        default: return .etcdRestored(revision: 1)
        }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func everySightIsAStateOfTheCluster(_ seed: UInt64) throws {
        // Two pages of pods: a list takes a while, and the cluster goes on meanwhile.
        let bench = try ClientBench(nodes: 7, pods: 600, seed: seed)
        bench.sync()
        let history = try History(bench.cluster)
        let sights = Sights()
        let (store, looker) = (bench.store, StepExecutor())
        var random = SeededRandom(seed: seed)
        var jobs = 0
        func drain() {
            bench.executor.drain {
                jobs += 1
                guard jobs % 24 == 0 else { return }
                _ = looker.run {
                    await store.withState { state in
                        var fingerprint: UInt64 = 0
                        state.pods.forEach { fingerprint ^= Self.fingerprint($1) }
                        sights.note(fingerprint)
                    }
                }
            }
        }
        for _ in 0..<1_000 {
            let fault = fault(&random)
            // Versions that went back are told by lists of what is written much.
            let isRestore = fault == .etcdRestored(revision: 1)
            if isRestore, bench.cluster.resourceVersion < 8_000 { continue }
            try bench.cluster.inject(fault)
            if isRestore { history.restart() } else { try history.follow() }
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bench.cluster.churn(Int.random(in: 0...4, using: &random))
                try history.follow()
                drain()
                bench.cluster.advance(by: .milliseconds(400))
                try history.follow()
                bench.clock.advance(by: .milliseconds(400))
                drain()
            }
            for fault in bench.cluster.activeFaults where Int.random(in: 0..<3, using: &random) == 0 {
                bench.cluster.clear(fault)
                try history.follow()
            }
        }
        looker.drain()
        var position = 0
        for sight in sights.seen {
            guard let next = history.states[position...].firstIndex(of: sight) else {
                Issue.record("seed \(seed): no state of the cluster from \(position) on is what was seen")
                return
            }
            position = next
        }
        #expect(sights.looks > 1_000)
        #expect(sights.seen.count > 100)
        #expect(bench.status(.pods).relists > 7)
        #expect(position > 300)
    }
}
