import ClusterState
import Testing

struct NodeTests {
    @Test(
        arguments: [
            (["node-role.kubernetes.io/control-plane": ""], .controlPlane),
            (["node-role.kubernetes.io/master": "true"], .controlPlane),
            (["node.kubernetes.io/microk8s-controlplane": "microk8s-controlplane"], .controlPlane),
            (["node-role.kubernetes.io/etcd": "true"], .etcd),
            (["node-role.kubernetes.io/etcd": "", "node-role.kubernetes.io/control-plane": ""], .controlPlane),
            (["node-role.kubernetes.io/worker": ""], .worker), ([:], .worker),
        ] as [([String: String], NodeRole)]
    )
    func roleComesFromLabels(labels: [String: String], expected: NodeRole) {
        #expect(node(labels).0.role == expected)
    }

    @Test func stableZoneLabelGoesBeforeTheBetaOne() {
        let (both, interner) = node([
            "topology.kubernetes.io/zone": "a", "failure-domain.beta.kubernetes.io/zone": "b",
            "failure-domain.beta.kubernetes.io/region": "r",
        ])
        #expect(interner.string(both.zone) == "a")
        #expect(interner.string(both.region) == "r")
        #expect(node([:]).0.zone == .empty)
    }

    @Test func usableMeansReadyAndNeitherCordonedNorLeaving() {
        var (row, _) = node([:])
        #expect(!row.isUsable)
        row.ready = .isTrue
        #expect(row.isUsable)
        row.isCordoned = true
        #expect(!row.isUsable)
        row.isCordoned = false
        row.meta.deletion = Seconds(value: 5)
        #expect(!row.isUsable)
        row.meta.deletion = .none
        row.ready = .unknown
        #expect(!row.isUsable)
    }

    private func node(_ labels: [String: String]) -> (Node, Interner) {
        var interner = Interner()
        var words = [StringID.empty.value]
        for (key, value) in labels.sorted(by: { $0.key < $1.key }) {
            words.append(interner.intern(key).value)
            words.append(interner.intern(value).value)
        }
        var node = Node(meta: ObjectMeta(labels: interner.intern(words, as: LabelsID.self)))
        node.readLabels(interner)
        return (node, interner)
    }
}
