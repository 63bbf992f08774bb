import ClusterState
package import Exposition

/// Area 3: are all replicas available, and is there more than one?
package enum Replicas: Area {
    package static let name = AreaName.replicas

    static let workloadTypeLabels = LabelNames(["workload_type"])

    static let desired = Family(
        "kube_ha_workload_replicas_desired",
        .gauge,
        labels: .workload,
        sources: ["workloads*"],
        help: "Desired replicas: spec.replicas; of a DaemonSet, the nodes that should run a pod."
    )
    static let ready = Family(
        "kube_ha_workload_replicas_ready",
        .gauge,
        labels: .workload,
        sources: ["workloads*"],
        help: "Replicas ready, as the controller counts them."
    )
    static let available = Family(
        "kube_ha_workload_replicas_available",
        .gauge,
        labels: .workload,
        sources: ["workloads*"],
        help: "Replicas available: ready for minReadySeconds."
    )
    static let deficit = Family(
        "kube_ha_workload_replicas_deficit",
        .gauge,
        labels: .workload,
        sources: ["workloads*"],
        help: "max(0, desired - available)."
    )
    static let replicaFailure = Family(
        "kube_ha_workload_replica_failure",
        .gauge,
        labels: .workload,
        sources: ["workloads*"],
        help: "1 where the controller reports that it cannot create pods (condition ReplicaFailure)."
    )
    static let workloads = Family(
        "kube_ha_workloads",
        .gauge,
        labels: workloadTypeLabels,
        sources: ["workloads*"],
        help: "Workloads of the type."
    )
    static let deficient = Family(
        "kube_ha_workloads_deficient",
        .gauge,
        labels: workloadTypeLabels,
        sources: ["workloads*"],
        help: "Workloads with fewer replicas available than desired."
    )
    static let singleReplica = Family(
        "kube_ha_workloads_single_replica",
        .gauge,
        labels: workloadTypeLabels,
        sources: ["workloads*"],
        help: "Workloads with one desired replica."
    )
    static let withoutController = Family(
        "kube_ha_pods_without_controller",
        .gauge,
        labels: .namespace,
        sources: ["pods"],
        help: "Pods without a controller, which nothing recreates."
    )

    static let unavailableSeconds = Family(
        "kube_ha_workload_unavailable_seconds_total",
        .counter,
        labels: .workload,
        sources: ["workloads*"],
        help: "Seconds during which collections found no available replica while some are wanted."
    )
    static let outages = Family(
        "kube_ha_workload_outages_total",
        .counter,
        labels: .workload,
        sources: ["workloads*"],
        help: "Spells without an available replica that were seen to begin; one that goes on at the start is none."
    )
    static let lastOutage = Family(
        "kube_ha_workload_last_outage_seconds",
        .gauge,
        labels: .workload,
        sources: ["workloads*"],
        help: "Length of the last such spell that ended; absent before one has."
    )
    static let observedSeconds = Family(
        "kube_ha_workloads_observed_seconds_total",
        .counter,
        labels: workloadTypeLabels,
        sources: ["workloads*"],
        help: "Seconds during which workloads of the type were observed: what unavailable seconds are a part of."
    )

    package static let families: [any AnyFamily] = [
        desired, ready, available, deficit, replicaFailure, workloads, deficient, singleReplica, withoutController,
        unavailableSeconds, outages, lastOutage, observedSeconds,
    ]

    /// Families that are given of every workload, at risk or not: a counter that goes with a deficit and comes back with
    /// the next one would count nothing.
    static let measuredFamilies: [any AnyFamily] = [unavailableSeconds, outages, lastOutage]

    package static func collect(_ context: CollectionContext, into output: inout SignalOutput) {
        let failing = replicaFailures(context)
        var totals: [WorkloadKind: Totals] = [:]
        for kind in WorkloadKind.builtIn where context.isOK(kind.source) { totals[kind] = Totals(source: kind.source) }
        var services = ServicesOfWorkloads(context)
        for (position, workload) in context.index.workloads.enumerated() {
            let kind = totalKind(workload.kind)
            totals[kind, default: Totals()].add(workload)
            addSamples(workload, isFailing: failing.contains(workload.uid), context, &output.sink)
            evaluate(
                workload,
                at: position,
                isFailing: failing.contains(workload.uid),
                context,
                &services,
                &output
            )
            evaluateProbes(workload, at: position, context, &services, &output)
        }
        let sorted = totals.map { (context.typeName($0.key), $0.value) }.sorted { $0.0 < $1.0 }
        for (type, total) in sorted {
            let labels = output.sink.labels(workloadTypeLabels, [type])
            output.sink.add(workloads, labels, total.all)
            output.sink.add(deficient, labels, total.deficient)
            output.sink.add(singleReplica, labels, total.single)
            if let source = total.source {
                output.sink.add(observedSeconds, labels, context.observations.observedSeconds(of: source))
            }
        }
        addBarePods(context, &output)
    }

    /// What is counted over the workloads of a kind.
    private struct Totals {
        var all = 0
        var deficient = 0
        var single = 0
        /// The source whose observation tells how long they were observed; nil where none says how many are wanted.
        var source: Source?

        mutating func add(_ workload: Workload) {
            all += 1
            if workload.deficit ?? 0 > 0 { deficient += 1 }
            if workload.desired == 1 { single += 1 }
            if workload.desired != nil { source = workload.kind.source }
        }
    }

    /// Workloads of another controller count under its kind, however its pods are reached.
    private static func totalKind(_ kind: WorkloadKind) -> WorkloadKind {
        if case .other(let name, _) = kind { return .other(name, throughReplicaSets: true) }
        return kind
    }

    private static func addSamples(
        _ workload: Workload,
        isFailing: Bool,
        _ context: CollectionContext,
        _ sink: inout Sink
    ) {
        guard let wanted = workload.desired else { return }
        let labels = context.labels(workload, &sink)
        sink.add(desired, labels, wanted)
        if let count = workload.ready { sink.add(ready, labels, count) }
        if let count = workload.available { sink.add(available, labels, count) }
        if let count = workload.deficit { sink.add(deficit, labels, count) }
        if workload.kind != .statefulSet && workload.kind != .daemonSet {
            sink.add(replicaFailure, labels, isFailing)
        }
        guard wanted > 0 else { return }
        let measured = context.observations.outages(of: workload.uid, workload.kind.source)
        sink.add(unavailableSeconds, labels, measured.unavailableSeconds)
        sink.add(outages, labels, measured.outages)
        if let seconds = measured.lastOutageSeconds { sink.add(lastOutage, labels, seconds) }
    }

    /// The workloads of which the controller or one of their ReplicaSets reports ReplicaFailure.
    static func replicaFailures(_ context: CollectionContext) -> Set<UID> {
        let state = context.state
        var failing: Set<UID> = []
        state.deployments.forEach { if $1.replicaFailure == .isTrue { failing.insert($1.uid) } }
        state.replicationControllers.forEach { if $1.replicaFailure == .isTrue { failing.insert($1.uid) } }
        if context.isOK(.replicasets) {
            state.replicaSets.forEach { _, row in
                guard row.replicaFailure == .isTrue else { return }
                failing.insert(state.interner.owner(row.meta.owner)?.uid ?? row.uid)
            }
        }
        return failing
    }

    private static func addBarePods(_ context: CollectionContext, _ output: inout SignalOutput) {
        let interner = context.state.interner
        var counts: [StringID: Int] = [:]
        context.state.pods.forEach { number, pod in
            guard number < context.index.pods.count, context.index.pods[number].isBare else { return }
            counts[pod.namespace(interner), default: 0] += 1
            output.raise(
                barePod,
                FindingObject(
                    kind: "Pod",
                    namespace: context.text(pod.namespace(interner)),
                    name: pod.name(interner)
                ),
                ignored: pod.ignoredRules(interner),
                "no controller: nothing recreates it when its node is lost"
            )
        }
        for (namespace, count) in counts {
            output.sink.add(
                withoutController,
                output.sink.labels(.namespace, [context.text(namespace)]),
                count
            )
        }
    }
}
