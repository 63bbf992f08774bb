package import ClusterState
package import Exposition

/// Area 10: do claims have their volumes, and can pods take their volumes with them?
package enum Storage: Area {
    package static let name = AreaName.storage
    package static let optionalSources: Set<Source> = [.volumeattachments, .storageclasses]

    static let claims = Family(
        "kube_ha_persistentvolumeclaims",
        .gauge,
        labels: "namespace",
        "phase",
        sources: ["persistentvolumeclaims"],
        help: "PersistentVolumeClaims by phase: Pending, Bound, Lost."
    )
    static let volumes = Family(
        "kube_ha_persistentvolumes",
        .gauge,
        labels: "phase",
        sources: ["persistentvolumes"],
        help: "PersistentVolumes by phase: Pending, Available, Bound, Released, Failed."
    )
    static let unbound = Family(
        "kube_ha_persistentvolumeclaim_unbound",
        .gauge,
        labels: "namespace",
        "persistentvolumeclaim",
        "storageclass",
        "phase",
        sources: ["persistentvolumeclaims", "storageclasses", "pods"],
        help: "1 for each claim that is not Bound; not for WaitForFirstConsumer claims that no live pod names."
    )
    static let zoneBound = Family(
        "kube_ha_workload_zone_bound_volumes",
        .gauge,
        labels: "namespace",
        "workload",
        "workload_type",
        sources: ["workloads*", "pods", "persistentvolumeclaims", "persistentvolumes", "nodes"],
        help: "Bound volumes of the workload's pods that one zone alone can attach."
    )
    static let nodeBound = Family(
        "kube_ha_workload_node_bound_volumes",
        .gauge,
        labels: "namespace",
        "workload",
        "workload_type",
        sources: ["workloads*", "pods", "persistentvolumeclaims", "persistentvolumes", "nodes"],
        help: "Bound volumes of the workload's pods that one node alone can attach."
    )
    static let attachmentErrors = Family(
        "kube_ha_volume_attachment_errors",
        .gauge,
        labels: "node",
        sources: ["volumeattachments"],
        help: "Volume attachments of the node with an attach or detach error."
    )
    static let attachedToUnready = Family(
        "kube_ha_volume_attachments_on_unready_nodes",
        .gauge,
        labels: "node",
        sources: ["volumeattachments", "nodes"],
        help: "Volumes attached to the node while it is not Ready or gone, 0 while it is Ready."
    )

    package static let families: [any AnyFamily] = [
        claims, volumes, unbound, zoneBound, nodeBound, attachmentErrors, attachedToUnready,
    ]

    package static func collect(_ cluster: Cluster, into output: inout SignalOutput) {
        addVolumes(cluster, &output)
        addClaims(cluster, &output)
        addWorkloads(cluster, &output)
        addAttachments(cluster, &output)
    }

    private static func addVolumes(_ cluster: Cluster, _ output: inout SignalOutput) {
        guard cluster.isOK(.persistentvolumes) else { return }
        var counts: [PersistentVolume.Phase: Int] = [:]
        cluster.state.persistentVolumes.forEach { _, row in
            counts[row.phase, default: 0] += 1
            if row.phase == .failed { judgeFailed(row, cluster, &output) }
        }
        for phase in PersistentVolume.Phase.allCases {
            output.sink.add(volumes, output.sink.labels("phase", phase.name), counts[phase] ?? 0)
        }
    }

    private static func addClaims(_ cluster: Cluster, _ output: inout SignalOutput) {
        guard cluster.isOK(.persistentvolumeclaims) else { return }
        let waiting = WaitingClaims(cluster)
        var counts: [StringID: [PersistentVolumeClaim.Phase: Int]] = [:]
        cluster.state.persistentVolumeClaims.forEach { _, row in
            counts[row.meta.namespace, default: [:]][row.phase, default: 0] += 1
            guard row.phase != .bound, !waiting.isExpected(row) else { return }
            let labels = output.sink.labels(
                "namespace",
                cluster.text(row.meta.namespace),
                "persistentvolumeclaim",
                cluster.text(row.meta.name),
                "storageclass",
                cluster.text(row.storageClass),
                "phase",
                row.phase.name
            )
            output.sink.add(unbound, labels, 1)
            judge(row, waiting, cluster, &output)
        }
        for (namespace, own) in counts {
            for phase in PersistentVolumeClaim.Phase.allCases {
                let labels = output.sink.labels("namespace", cluster.text(namespace), "phase", phase.name)
                output.sink.add(claims, labels, own[phase] ?? 0)
            }
        }
    }

    private static func addWorkloads(_ cluster: Cluster, _ output: inout SignalOutput) {
        let needed: [Source] = [.pods, .persistentvolumeclaims, .persistentvolumes, .nodes]
        guard needed.allSatisfy(cluster.isOK) else { return }
        let isAnythingBound = !cluster.index.volumes.isEmpty
        for (position, workload) in cluster.index.workloads.enumerated() where workload.arePodsKnown {
            var facts = WorkloadVolumes()
            if isAnythingBound { facts = WorkloadVolumes(ofWorkload: position, cluster) }
            let labels = cluster.labels(workload, &output.sink)
            output.sink.add(zoneBound, labels, facts.zoneBound)
            output.sink.add(nodeBound, labels, facts.nodeBound)
            judge(workload, facts, cluster, &output)
        }
    }

    private static func addAttachments(_ cluster: Cluster, _ output: inout SignalOutput) {
        guard cluster.isOK(.volumeattachments) else { return }
        var nodes: [StringID: (errors: Int, attached: Int)] = [:]
        cluster.state.volumeAttachments.forEach { _, row in
            var own = nodes[row.node] ?? (0, 0)
            if row.hasError { own.errors += 1 }
            if row.isAttached { own.attached += 1 }
            nodes[row.node] = own
        }
        let areNodesKnown = cluster.isOK(.nodes)
        for node in cluster.index.nodes where nodes[node.meta.name] == nil { nodes[node.meta.name] = (0, 0) }
        for (name, own) in nodes {
            let labels = output.sink.labels("node", cluster.text(name))
            output.sink.add(attachmentErrors, labels, own.errors)
            judgeErrors(name, own.errors, cluster, &output)
            guard areNodesKnown else { continue }
            let node = cluster.index.node(named: name)
            output.sink.add(attachedToUnready, labels, node?.isReady == true ? 0 : own.attached)
            judgeAttached(name, node, own.attached, cluster, &output)
        }
    }
}

/// The bound volumes of a workload's pods, each once.
struct WorkloadVolumes {
    private(set) var zoneBound = 0
    private(set) var nodeBound = 0
    /// The zones that the zone-bound ones are bound to, by name.
    private(set) var zones: Set<StringID> = []

    /// No volumes.
    init() {}

    init(ofWorkload position: Int, _ cluster: Cluster) {
        let reach = cluster.index.volumes
        var seen: Set<Int> = []
        cluster.index.podsByWorkload.forEach(in: position) { number in
            guard let pod = cluster.pod(number), pod.claims != .none, !pod.flags.isTerminal else { return }
            reach.forEachVolume(of: pod, cluster.state.interner) { volume in
                guard seen.insert(volume).inserted else { return }
                let own = reach.reach(ofRow: volume)
                if own.isNodeBound { nodeBound += 1 }
                if own.isZoneBound {
                    zoneBound += 1
                    zones.formUnion(own.zones ?? [])
                }
            }
        }
    }
}

/// Claims that rightly have no volume yet: their class waits for a pod that uses them, and there is none.
struct WaitingClaims {
    private struct Key: Hashable {
        var namespace: StringID
        var name: StringID
    }

    private var classes: [StringID: StorageClass] = [:]
    private var named: Set<Key> = []
    /// Whether a class is marked default.
    private(set) var hasDefaultClass = false

    init(_ cluster: Cluster) {
        guard cluster.isOK(.storageclasses), cluster.isOK(.pods) else { return }
        var classes: [StringID: StorageClass] = [:]
        cluster.state.storageClasses.forEach { classes[$1.meta.name] = $1 }
        hasDefaultClass = classes.values.contains { $0.isDefault }
        self.classes = classes
        // Only claims without a volume are asked for: where there are none, no pod needs to be looked at.
        var pending: Set<Key> = []
        cluster.state.persistentVolumeClaims.forEach { _, row in
            guard row.phase == .pending else { return }
            pending.insert(Key(namespace: row.meta.namespace, name: row.meta.name))
        }
        guard !pending.isEmpty else { return }
        let interner = cluster.state.interner
        var named: Set<Key> = []
        cluster.state.pods.forEach { _, pod in
            guard pod.claims != .none, !pod.flags.isTerminal, !pod.deletion.isSet else { return }
            for name in interner.strings(pod.claims) {
                let key = Key(namespace: pod.namespace(interner), name: name)
                if pending.contains(key) { named.insert(key) }
            }
        }
        self.named = named
    }

    /// Whether the claim waits as it should.
    func isExpected(_ claim: PersistentVolumeClaim) -> Bool {
        claim.phase == .pending && classes[claim.storageClass]?.bindingMode == .waitForFirstConsumer
            && !named.contains(Key(namespace: claim.meta.namespace, name: claim.meta.name))
    }

    /// Whether the class that the claim names exists; true where it names none.
    func classExists(_ claim: PersistentVolumeClaim) -> Bool {
        claim.storageClass.isEmpty || classes[claim.storageClass] != nil
    }
}
