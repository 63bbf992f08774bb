import ClusterState
import KubernetesWire
import Testing

/// The times of a Lease, which any kubelet writes into its own: as protobuf they may be any number of 64 bits, while
/// metav1.MicroTime reads and writes the years 0001 to 9999 as text (k8s.io/apimachinery/pkg/apis/meta/v1).
struct LeaseTimeTests {
    /// −10^13 seconds is the year −314918: to take it as it is ended the process.
    @Test(arguments: [
        (Int64(-10_000_000_000_000), "0001-01-01T00:00:00.000Z"), (.min, "0001-01-01T00:00:00.000Z"),
        (10_000_000_000_000, "9999-12-31T23:59:59.000Z"), (.max, "9999-12-31T23:59:59.000Z"),
        (1_795_271_400, "2026-11-21T14:30:00.000Z"),
    ])
    func renewTimeIsHeldInTheYearsOfText(_ seconds: Int64, _ text: String) throws {
        var state = ClusterState()
        let writer = WireWriter {
            $0.metadata("worker-1", namespace: "kube-node-lease")
            $0.message(2) { spec in
                spec.string(1, "worker-1")
                spec.int(2, 40)
                spec.message(4) { $0.int(1, seconds) }
            }
        }
        let lease = try writer.bytes.decode(NodeLease.self, &state.interner)
        let renewed = try #require(lease.spec.renewed)
        #expect(renewed.rfc3339 == text)
        state.nodeLeases.upsert(lease)
        var observations = Observations()
        let now = Timestamp(seconds: 1_795_271_400)
        observations.observe(state, probes: ProbeResults(), now: now, uptime: 10)
        let age = try #require(observations.nodeLeaseAge(lease.uid))
        #expect(abs(age - max(0, now.seconds - renewed.seconds)) < 0.001)
    }
}
