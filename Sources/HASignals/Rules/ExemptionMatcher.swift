import ClusterState

/// Finds the exemption that silences a finding, over one collection.
struct ExemptionMatcher {
    private let exemptions: [Exemption]
    /// What each of them silenced so far.
    private(set) var silenced: [[Finding]]
    private var labels: ObjectLabels

    init(_ context: CollectionContext) {
        exemptions = context.settings.optOuts.exemptions
        silenced = Array(repeating: [], count: exemptions.count)
        labels = ObjectLabels(context)
    }

    /// Takes a finding that an exemption silences. Returns false, and takes nothing, where none does.
    mutating func take(_ finding: Finding) -> Bool {
        let found = position(rule: finding.rule, finding.severity, in: finding.area, of: finding.object)
        guard let found else { return false }
        silenced[found].append(finding)
        return true
    }

    /// The first exemption that silences it.
    private mutating func position(
        rule: String,
        _ severity: Severity,
        in area: AreaName,
        of object: FindingObject
    ) -> Int? {
        for (position, exemption) in exemptions.enumerated() {
            if exemption.silences(rule, severity, in: area, of: object, labels.labels(of: object), labels.interner) {
                return position
            }
        }
        return nil
    }

    /// What each exemption silenced.
    func uses(_ areas: [any Area.Type], _ context: CollectionContext) -> [ExemptionUse] {
        zip(exemptions, silenced)
            .map { exemption, findings in
                let isUnused = findings.isEmpty && Self.isEvaluated(exemption, areas, context)
                return ExemptionUse(exemption: exemption, findings: findings, isUnused: isUnused)
            }
    }

    /// Whether none of the rules that it could silence waits for a source to be read for the first time.
    private static func isEvaluated(
        _ exemption: Exemption,
        _ areas: [any Area.Type],
        _ context: CollectionContext
    ) -> Bool {
        areas.allSatisfy { area in
            area.rules.allSatisfy { rule in
                if !exemption.rules.isEmpty, !exemption.rules.contains(rule.name.description) { return true }
                return rule.needs.flatMap(\.sources).allSatisfy { context.state.status(of: $0).state != .notSynced }
            }
        }
    }
}

/// The labels of the objects that findings are about, a kind's read when one of it is asked for.
private struct ObjectLabels {
    private let context: CollectionContext
    private var byKind: [String: [ServiceKey: LabelsID]] = [:]
    private lazy var pods = findPods()

    init(_ context: CollectionContext) {
        self.context = context
    }

    var interner: Interner { context.state.interner }

    /// The labels of an object; nil where they are not known.
    mutating func labels(of object: FindingObject) -> LabelsID? {
        if object.kind == "Pod" { return pods[object] }
        guard let namespace = object.namespace.isEmpty ? .empty : interner.find(object.namespace),
            let name = interner.find(object.name)
        else { return nil }
        // The finding is in the namespace that it is about; the object is in none.
        let key = ServiceKey(namespace: object.kind == "Namespace" ? .empty : namespace, name: name)
        if byKind[object.kind] == nil { byKind[object.kind] = read(object.kind) }
        return byKind[object.kind]?[key]
    }

    private func read(_ kind: String) -> [ServiceKey: LabelsID] {
        let state = context.state
        return switch kind {
        case "Deployment": read(state.deployments)
        case "StatefulSet": read(state.statefulSets)
        case "DaemonSet": read(state.daemonSets)
        case "ReplicaSet": read(state.replicaSets)
        case "ReplicationController": read(state.replicationControllers)
        case "PodDisruptionBudget": read(state.podDisruptionBudgets)
        case "Service": read(state.services)
        case "Ingress": read(state.ingresses)
        case "IngressClass": read(state.ingressClasses)
        case "Gateway": read(state.gateways)
        case "HTTPRoute": read(state.httpRoutes)
        case "PersistentVolumeClaim": read(state.persistentVolumeClaims)
        case "PersistentVolume": read(state.persistentVolumes)
        case "StorageClass": read(state.storageClasses)
        case "Node": read(state.nodes)
        case "Namespace": read(state.namespaces)
        case "Lease": read(state.leases)
        case "HorizontalPodAutoscaler": read(state.horizontalPodAutoscalers)
        case "ValidatingWebhookConfiguration": read(state.validatingWebhookConfigurations)
        case "MutatingWebhookConfiguration": read(state.mutatingWebhookConfigurations)
        case "APIService": read(state.apiServices)
        default: workloads(of: kind)
        }
    }

    private func read<Row: NamedRow>(_ table: Table<Row>) -> [ServiceKey: LabelsID] {
        var labels: [ServiceKey: LabelsID] = [:]
        table.forEach { labels[ServiceKey(namespace: $1.meta.namespace, name: $1.meta.name)] = $1.meta.labels }
        return labels
    }

    /// The pods that findings may be about: those without controller, and those that are being deleted.
    private func findPods() -> [FindingObject: LabelsID] {
        let interner = context.state.interner
        var labels: [FindingObject: LabelsID] = [:]
        context.state.pods.forEach { number, pod in
            guard number < context.index.pods.count, context.index.pods[number].isBare || pod.deletion.isSet else {
                return
            }
            let namespace = context.text(pod.namespace(interner))
            labels[FindingObject(kind: "Pod", namespace: namespace, name: pod.name(interner))] = pod.labels
        }
        return labels
    }

    /// Workloads of other controllers' kinds are not read: their pods' labels stand for them.
    private func workloads(of kind: String) -> [ServiceKey: LabelsID] {
        var labels: [ServiceKey: LabelsID] = [:]
        for (position, workload) in context.index.workloads.enumerated() {
            guard case .other(let name, _) = workload.kind, context.text(name) == kind else { continue }
            labels[ServiceKey(namespace: workload.namespace, name: workload.name)] =
                context.labels(ofWorkload: position)
        }
        return labels
    }
}
