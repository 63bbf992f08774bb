import ClusterState
package import Exposition

/// Area 3: are replicas kept up, and is there more than one?
package enum Replicas: Area {
    package static let name = AreaName.replicas

    static let desired = Family(
        "kube_ha_workload_replicas_desired",
        .gauge,
        labels: "namespace",
        "workload",
        "workload_type",
        sources: ["workloads*"],
        help: "Replicas wanted: spec.replicas, of a DaemonSet the nodes that should run a pod."
    )
    static let ready = Family(
        "kube_ha_workload_replicas_ready",
        .gauge,
        labels: "namespace",
        "workload",
        "workload_type",
        sources: ["workloads*"],
        help: "Replicas ready, as the controller counts them."
    )
    static let available = Family(
        "kube_ha_workload_replicas_available",
        .gauge,
        labels: "namespace",
        "workload",
        "workload_type",
        sources: ["workloads*"],
        help: "Replicas available: ready for minReadySeconds."
    )
    static let deficit = Family(
        "kube_ha_workload_replicas_deficit",
        .gauge,
        labels: "namespace",
        "workload",
        "workload_type",
        sources: ["workloads*"],
        help: "max(0, desired - available)."
    )
    static let replicaFailure = Family(
        "kube_ha_workload_replica_failure",
        .gauge,
        labels: "namespace",
        "workload",
        "workload_type",
        sources: ["workloads*"],
        help: "1 where the controller reports that it cannot create pods (condition ReplicaFailure)."
    )
    static let workloads = Family(
        "kube_ha_workloads",
        .gauge,
        labels: "workload_type",
        sources: ["workloads*"],
        help: "Workloads of the type."
    )
    static let deficient = Family(
        "kube_ha_workloads_deficient",
        .gauge,
        labels: "workload_type",
        sources: ["workloads*"],
        help: "Workloads with fewer replicas available than desired."
    )
    static let singleReplica = Family(
        "kube_ha_workloads_single_replica",
        .gauge,
        labels: "workload_type",
        sources: ["workloads*"],
        help: "Workloads with one desired replica."
    )
    static let withoutController = Family(
        "kube_ha_pods_without_controller",
        .gauge,
        labels: "namespace",
        sources: ["pods"],
        help: "Bare pods: no controller would make another one."
    )

    package static let families: [any AnyFamily] = [
        desired, ready, available, deficit, replicaFailure, workloads, deficient, singleReplica, withoutController,
    ]

    package static func collect(_ cluster: Cluster, into output: inout SignalOutput) {
        let failing = replicaFailures(cluster)
        var totals: [WorkloadKind: (all: Int, deficient: Int, single: Int)] = [:]
        for kind in WorkloadKind.builtIn where cluster.isOK(kind.source) { totals[kind] = (0, 0, 0) }
        for (position, workload) in cluster.index.workloads.enumerated() {
            let kind = totalKind(workload.kind)
            totals[kind, default: (0, 0, 0)].all += 1
            if workload.deficit ?? 0 > 0 { totals[kind, default: (0, 0, 0)].deficient += 1 }
            if workload.desired == 1 { totals[kind, default: (0, 0, 0)].single += 1 }
            addSamples(workload, isFailing: failing.contains(workload.uid), cluster, &output.sink)
            judge(workload, at: position, isFailing: failing.contains(workload.uid), cluster, &output)
        }
        let sorted = totals.map { (cluster.typeName($0.key), $0.value) }.sorted { $0.0 < $1.0 }
        for (type, total) in sorted {
            let labels = output.sink.labels("workload_type", type)
            output.sink.add(workloads, labels, total.all)
            output.sink.add(deficient, labels, total.deficient)
            output.sink.add(singleReplica, labels, total.single)
        }
        addBarePods(cluster, &output)
    }

    /// Workloads of another controller count under its kind, however its pods are reached.
    private static func totalKind(_ kind: WorkloadKind) -> WorkloadKind {
        if case .other(let name, _) = kind { return .other(name, throughReplicaSets: true) }
        return kind
    }

    private static func addSamples(
        _ workload: Workload,
        isFailing: Bool,
        _ cluster: Cluster,
        _ sink: inout Sink
    ) {
        guard let wanted = workload.desired else { return }
        let labels = cluster.labels(workload, &sink)
        sink.add(desired, labels, wanted)
        if let count = workload.ready { sink.add(ready, labels, count) }
        if let count = workload.available { sink.add(available, labels, count) }
        if let count = workload.deficit { sink.add(deficit, labels, count) }
        if workload.kind != .statefulSet && workload.kind != .daemonSet {
            sink.add(replicaFailure, labels, isFailing)
        }
    }

    /// The workloads of which the controller or one of their ReplicaSets reports ReplicaFailure.
    private static func replicaFailures(_ cluster: Cluster) -> Set<UID> {
        let state = cluster.state
        var failing: Set<UID> = []
        state.deployments.forEach { if $1.replicaFailure == .isTrue { failing.insert($1.uid) } }
        state.replicationControllers.forEach { if $1.replicaFailure == .isTrue { failing.insert($1.uid) } }
        if cluster.isOK(.replicasets) {
            state.replicaSets.forEach { _, row in
                guard row.replicaFailure == .isTrue else { return }
                failing.insert(state.interner.owner(row.meta.owner)?.uid ?? row.uid)
            }
        }
        return failing
    }

    private static func addBarePods(_ cluster: Cluster, _ output: inout SignalOutput) {
        let interner = cluster.state.interner
        var counts: [StringID: Int] = [:]
        cluster.state.pods.forEach { number, pod in
            guard number < cluster.index.pods.count, cluster.index.pods[number].isBare else { return }
            counts[pod.namespace(interner), default: 0] += 1
            output.raise(
                barePod,
                FindingObject(
                    kind: "Pod",
                    namespace: cluster.text(pod.namespace(interner)),
                    name: pod.name(interner)
                ),
                ignored: pod.ignoredRules(interner),
                "no controller: when its node goes, nothing starts it again"
            )
        }
        for (namespace, count) in counts {
            output.sink.add(
                withoutController,
                output.sink.labels("namespace", cluster.text(namespace)),
                count
            )
        }
    }
}
