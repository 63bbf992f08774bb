package import ClusterState
package import Exposition

/// Area 10: are claims bound to volumes, and in which zones can their pods run?
package enum Storage: Area {
    package static let name = AreaName.storage
    package static let optionalSources: Set<Source> = [.volumeattachments, .storageclasses]

    static let claimInfoLabels = LabelNames(["namespace", "persistentvolumeclaim", "storageclass", "phase"])
    static let claimPhaseLabels = LabelNames(["namespace", "phase"])
    static let volumePhaseLabels = LabelNames(["phase"])

    static let claims = Family(
        "kube_ha_persistentvolumeclaims",
        .gauge,
        labels: claimPhaseLabels,
        sources: ["persistentvolumeclaims"],
        help: "PersistentVolumeClaims by phase: Pending, Bound, Lost."
    )
    static let volumes = Family(
        "kube_ha_persistentvolumes",
        .gauge,
        labels: volumePhaseLabels,
        sources: ["persistentvolumes"],
        help: "PersistentVolumes by phase: Pending, Available, Bound, Released, Failed."
    )
    static let unbound = Family(
        "kube_ha_persistentvolumeclaim_unbound",
        .gauge,
        labels: claimInfoLabels,
        sources: ["persistentvolumeclaims", "storageclasses", "pods"],
        help: "1 for each claim that is not Bound; not for WaitForFirstConsumer claims that no live pod names."
    )
    static let zoneBound = Family(
        "kube_ha_workload_zone_bound_volumes",
        .gauge,
        labels: .workload,
        sources: ["workloads*", "pods", "persistentvolumeclaims", "persistentvolumes", "nodes"],
        help: "Bound volumes of the workload's pods that one zone alone can attach."
    )
    static let nodeBound = Family(
        "kube_ha_workload_node_bound_volumes",
        .gauge,
        labels: .workload,
        sources: ["workloads*", "pods", "persistentvolumeclaims", "persistentvolumes", "nodes"],
        help: "Bound volumes of the workload's pods that one node alone can attach."
    )
    static let attachmentErrors = Family(
        "kube_ha_volume_attachment_errors",
        .gauge,
        labels: .node,
        sources: ["volumeattachments"],
        help: "Volume attachments of the node with an attach or detach error."
    )
    static let attachedToUnready = Family(
        "kube_ha_volume_attachments_on_unready_nodes",
        .gauge,
        labels: .node,
        sources: ["volumeattachments", "nodes"],
        help: "Volumes attached to the node while it is not Ready or gone, 0 while it is Ready."
    )

    package static let families: [any AnyFamily] = [
        claims, volumes, unbound, zoneBound, nodeBound, attachmentErrors, attachedToUnready,
    ]

    package static func collect(_ context: CollectionContext, into output: inout SignalOutput) {
        addVolumes(context, &output)
        addClaims(context, &output)
        addWorkloads(context, &output)
        addAttachments(context, &output)
    }

    private static func addVolumes(_ context: CollectionContext, _ output: inout SignalOutput) {
        guard context.isOK(.persistentvolumes) else { return }
        var counts: [PersistentVolume.Phase: Int] = [:]
        context.state.persistentVolumes.forEach { _, row in
            counts[row.phase, default: 0] += 1
            if row.phase == .failed { evaluateFailed(row, context, &output) }
        }
        for phase in PersistentVolume.Phase.allCases {
            output.sink.add(volumes, output.sink.labels(volumePhaseLabels, [phase.name]), counts[phase] ?? 0)
        }
    }

    private static func addClaims(_ context: CollectionContext, _ output: inout SignalOutput) {
        guard context.isOK(.persistentvolumeclaims) else { return }
        let waiting = WaitingClaims(context)
        var counts: [StringID: [PersistentVolumeClaim.Phase: Int]] = [:]
        context.state.persistentVolumeClaims.forEach { _, row in
            counts[row.meta.namespace, default: [:]][row.phase, default: 0] += 1
            guard row.phase != .bound, !waiting.isExpected(row) else { return }
            let labels = output.sink.labels(
                claimInfoLabels,
                [
                    context.text(row.meta.namespace), context.text(row.meta.name), context.text(row.storageClass),
                    row.phase.name,
                ]
            )
            output.sink.add(unbound, labels, 1)
            evaluate(row, waiting, context, &output)
        }
        for (namespace, own) in counts {
            for phase in PersistentVolumeClaim.Phase.allCases {
                let labels = output.sink.labels(claimPhaseLabels, [context.text(namespace), phase.name])
                output.sink.add(claims, labels, own[phase] ?? 0)
            }
        }
    }

    private static func addWorkloads(_ context: CollectionContext, _ output: inout SignalOutput) {
        let needed: [Source] = [.pods, .persistentvolumeclaims, .persistentvolumes, .nodes]
        guard needed.allSatisfy(context.isOK) else { return }
        let isAnythingBound = !context.index.volumes.isEmpty
        for (position, workload) in context.index.workloads.enumerated() where workload.arePodsKnown {
            var facts = WorkloadVolumes()
            if isAnythingBound { facts = WorkloadVolumes(ofWorkload: position, context) }
            let labels = context.labels(workload, &output.sink)
            output.sink.add(zoneBound, labels, facts.zoneBound)
            output.sink.add(nodeBound, labels, facts.nodeBound)
            evaluate(workload, facts, context, &output)
        }
    }

    private static func addAttachments(_ context: CollectionContext, _ output: inout SignalOutput) {
        guard context.isOK(.volumeattachments) else { return }
        var nodes: [StringID: (errors: Int, attached: Int)] = [:]
        context.state.volumeAttachments.forEach { _, row in
            var own = nodes[row.node] ?? (0, 0)
            if row.hasError { own.errors += 1 }
            if row.isAttached { own.attached += 1 }
            nodes[row.node] = own
        }
        let areNodesKnown = context.isOK(.nodes)
        for node in context.index.nodes where nodes[node.meta.name] == nil { nodes[node.meta.name] = (0, 0) }
        for (name, own) in nodes {
            let labels = output.sink.labels(.node, [context.text(name)])
            output.sink.add(attachmentErrors, labels, own.errors)
            evaluateErrors(name, own.errors, context, &output)
            guard areNodesKnown else { continue }
            let node = context.index.node(named: name)
            output.sink.add(attachedToUnready, labels, node?.isReady == true ? 0 : own.attached)
            evaluateAttached(name, node, own.attached, context, &output)
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

    init(ofWorkload position: Int, _ context: CollectionContext) {
        let reach = context.index.volumes
        var seen: Set<Int> = []
        context.index.podsByWorkload.forEach(in: position) { number in
            guard let pod = context.pod(number), pod.claims != .none, !pod.flags.isTerminal else { return }
            reach.forEachVolume(of: pod, context.state.interner) { volume in
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

/// Claims that correctly have no volume yet: their class is WaitForFirstConsumer, and no pod uses them.
struct WaitingClaims {
    private struct Key: Hashable {
        var namespace: StringID
        var name: StringID
    }

    private var classes: [StringID: StorageClass] = [:]
    private var named: Set<Key> = []
    /// Whether a class is marked default.
    private(set) var hasDefaultClass = false

    init(_ context: CollectionContext) {
        guard context.isOK(.storageclasses), context.isOK(.pods) else { return }
        var classes: [StringID: StorageClass] = [:]
        context.state.storageClasses.forEach { classes[$1.meta.name] = $1 }
        hasDefaultClass = classes.values.contains { $0.isDefault }
        self.classes = classes
        // Only claims without a volume are asked for: where there are none, no pod needs to be looked at.
        var pending: Set<Key> = []
        context.state.persistentVolumeClaims.forEach { _, row in
            guard row.phase == .pending else { return }
            pending.insert(Key(namespace: row.meta.namespace, name: row.meta.name))
        }
        guard !pending.isEmpty else { return }
        let interner = context.state.interner
        var named: Set<Key> = []
        context.state.pods.forEach { _, pod in
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
