import ClusterState

/// Draws the answers of area 18 when every area has run: whether each event is survived, and whether nodes may be taken
/// out. See SIGNALS, area 18, «the headline».
struct SurvivalConclusion {
    private let facts: SurvivalFacts
    private let context: CollectionContext
    private let reports: [AreaReport]
    private let found: [Finding]
    private let isFrozen: Bool

    /// Takes what the areas left.
    init(
        _ facts: SurvivalFacts,
        _ context: CollectionContext,
        _ reports: [AreaReport],
        _ found: [Finding],
        isFrozen: Bool
    ) {
        self.facts = facts
        self.context = context
        self.reports = reports
        self.found = found
        self.isFrozen = isFrozen
    }

    /// The answers, with the table from which single losses are worked out.
    var verdict: SurvivalVerdict {
        SurvivalVerdict(
            events: SurvivalEvent.allCases.map { $0 == .nodeDrain ? drains : losses($0) },
            maintenance: maintenance,
            table: facts.table
        )
    }

    // MARK: Losses

    private func losses(_ event: SurvivalEvent) -> EventVerdict {
        var verdict = EventVerdict(event: event)
        let places = event == .zoneLoss ? facts.table.zones : facts.table.nodes
        let cases = places.names.indices.filter { isCase($0, of: event) }
        if let reason = whyImpossible(event, cases) ?? whyUnknown(event) {
            verdict.reason = reason
            return verdict
        }
        verdict.cases = cases.count
        verdict.breaking = cases.count { places.losses[$0].breaks }
        verdict.harmless = cases.count { places.losses[$0].isHarmless }
        // What is known to break is broken, whatever else is not known.
        if verdict.breaking == 0, let reason = whyIncomplete(event) {
            return EventVerdict(event: event, reason: reason)
        }
        verdict.answer = verdict.breaking == 0 ? .yes : .no
        var worst: Int?
        for place in cases where !places.losses[place].isHarmless {
            if let known = worst, !places.losses[place].isWorse(than: places.losses[known]) { continue }
            worst = place
        }
        verdict.worst = worst.map { places.names[$0] }
        return verdict
    }

    private func isCase(_ position: Int, of event: SurvivalEvent) -> Bool {
        switch event {
        case .zoneLoss: true
        case .nodeLoss: context.index.nodes[position].role != .controlPlane
        case .controlPlaneNodeLoss: context.index.nodes[position].role == .controlPlane
        case .nodeDrain: context.index.nodes[position].isUsable
        }
    }

    /// Why the event cannot happen here; nil where it can.
    private func whyImpossible(_ event: SurvivalEvent, _ cases: [Int]) -> String? {
        guard context.isOK(.nodes) else { return nil }
        switch event {
        case .nodeLoss:
            if context.index.nodes.count == 1 { return "the cluster has one node" }
            return cases.isEmpty ? "no node is without the control-plane role" : nil
        case .zoneLoss:
            return cases.isEmpty
                ? "no node has a zone label" : cases.count == 1 ? "the cluster is in one zone" : nil
        case .controlPlaneNodeLoss:
            return cases.isEmpty ? "no node has the control-plane role: a managed control plane" : nil
        case .nodeDrain: return cases.isEmpty ? "no node is usable" : nil
        }
    }

    /// The areas that the answer rests on.
    private func areas(_ event: SurvivalEvent) -> [AreaName] {
        switch event {
        case .nodeLoss:
            // A member of etcd may live on a node of that role alone.
            context.index.nodes.contains { $0.role == .etcd }
                ? [.etcd, .replicas, .services, .ingress, .nodes] : [.replicas, .services, .ingress, .nodes]
        case .zoneLoss: [.controlPlane, .etcd, .replicas, .services, .ingress, .nodes, .zones]
        case .controlPlaneNodeLoss: [.controlPlane, .etcd, .replicas, .services, .ingress, .nodes]
        case .nodeDrain: [.replicas, .nodes, .disruptionBudgets, .storage]
        }
    }

    /// Why nothing can be said of the event; nil where something can.
    private func whyUnknown(_ event: SurvivalEvent) -> String? {
        for name in areas(event) {
            if let reason = whyUnknown(name) { return "area \(name.rawValue) is unknown: \(reason)" }
        }
        // What makes no area unknown by itself.
        let sources: [Source] =
            switch event {
            case .nodeLoss: [.pods, .httproutes]
            case .zoneLoss, .controlPlaneNodeLoss: [.pods, .httproutes, .apiserver]
            case .nodeDrain: [.pods]
            }
        for source in sources where context.state.status(of: source).state.isUnknown {
            return Self.told(source, context.state.status(of: source).state)
        }
        return nil
    }

    /// Why nothing can be said of an area, be it critical or not; nil where something can.
    private func whyUnknown(_ name: AreaName) -> String? {
        guard let report = reports.first(where: { $0.name == name }) else { return "it was not collected" }
        if report.status == .notApplicable { return nil }
        if let source = report.unknownSources.first { return Self.told(source.source, source.state) }
        if isFrozen, SignalRunner.frozenAreas.contains(name) { return SignalRunner.frozenReason }
        return report.status == .unknown ? report.reason ?? "nothing is known of it" : nil
    }

    private static func told(_ source: Source, _ state: SourceState) -> String {
        "source \(source.rawValue) is \(state.rawValue)"
    }

    /// What of the event is not known although its areas are; nil where nothing is missing.
    private func whyIncomplete(_ event: SurvivalEvent) -> String? {
        let gaps = facts.gaps
        switch event {
        case .nodeLoss, .controlPlaneNodeLoss:
            if gaps.nodesOfHosts || gaps.nodesOfMeantServices { return "the node of a ready endpoint is not known" }
            return event == .controlPlaneNodeLoss && gaps.nodesOfControlPlane
                ? "the node of a member of etcd or of a serving API server is not known" : nil
        case .zoneLoss:
            if gaps.zonesOfHosts || gaps.zonesOfMeantServices { return "the zone of a ready endpoint is not known" }
            if gaps.zonesOfMeantWorkloads { return "the zone of a healthy pod is not known" }
            return gaps.zonesOfControlPlane
                ? "the zone of a member of etcd or of a serving API server is not known" : nil
        case .nodeDrain: return nil
        }
    }

    // MARK: Drains

    private var drains: EventVerdict {
        var verdict = EventVerdict(event: .nodeDrain)
        let nodes = facts.table.nodes
        let cases = nodes.names.indices.filter { isCase($0, of: .nodeDrain) }
        if let reason = whyImpossible(.nodeDrain, cases) ?? whyUnknown(.nodeDrain) {
            verdict.reason = reason
            return verdict
        }
        guard facts.hasDrains else { return EventVerdict(event: .nodeDrain, reason: whyNoDrains) }
        verdict.cases = cases.count
        verdict.breaking = cases.count { !nodes.drains[$0].isSafe }
        verdict.harmless = cases.count { nodes.drains[$0].meetsNothing }
        verdict.answer = verdict.breaking == 0 ? .yes : .no
        var worst: Int?
        for node in cases where !nodes.drains[node].meetsNothing {
            if let known = worst, !nodes.drains[node].isWorse(than: nodes.drains[known]) { continue }
            worst = node
        }
        verdict.worst = worst.map { nodes.names[$0] }
        return verdict
    }

    private var whyNoDrains: String {
        let sources = DrainPlan.needs.flatMap(\.sources)
        guard let source = sources.first(where: { !context.isOK($0) }) else { return "" }
        return Self.told(source, context.state.status(of: source).state)
    }

    // MARK: Maintenance

    /// Rules any of whose findings stands against maintenance.
    private static let hinderingRules: [Rule] = [
        Nodes.notReady, ControlPlane.masterNotReady, ControlPlane.missing, ControlPlane.notReady,
        Etcd.memberUnhealthy, Etcd.twoMembers, Zones.zoneMissing, DisruptionBudgets.stalled, Services.dnsDown,
        ExtensionPoints.podsBlocked,
    ]
    /// Areas any of whose critical findings does.
    private static let hinderingAreas: Set<AreaName> = [.controlPlane, .etcd, .nodes, .zones]

    private var maintenance: MaintenanceVerdict {
        var unknown: [String] = []
        for name in [AreaName.controlPlane, .etcd, .nodes] {
            guard let report = reports.first(where: { $0.name == name }) else { return MaintenanceVerdict() }
            if report.status == .unknown || isFrozen && SignalRunner.frozenAreas.contains(name) {
                unknown.append("area \(name.rawValue) is unknown: \(whyUnknown(name) ?? "nothing is known of it")")
            }
        }
        unknown += notEvaluated
        if !unknown.isEmpty { return MaintenanceVerdict(answer: .unknown, reasons: unknown) }
        let names = Set(Self.hinderingRules.map { $0.name.description })
        var reasons =
            found.indices
            .filter {
                names.contains(found[$0].rule)
                    || found[$0].severity == .critical && Self.hinderingAreas.contains(found[$0].area)
            }
            .map { position in
                let object = found[position].object
                let name = [object.namespace, object.name].filter { !$0.isEmpty }.joined(separator: "/")
                return "\(found[position].rule): \(object.kind) \(name)"
            }
        for node in context.index.nodes where node.isCordoned {
            reasons.append("node \(context.text(node.meta.name)) is cordoned")
        }
        return MaintenanceVerdict(answer: reasons.isEmpty ? .yes : .no, reasons: reasons)
    }

    /// The rules that would stand against maintenance and are not evaluated, though there is something that they are
    /// about: a gate must not open because nobody looked.
    private var notEvaluated: [String] {
        var missing: [String] = []
        for area in allAreas {
            let report = reports.first { $0.name == area.name }
            if report?.status == .notApplicable { continue }
            let suspended = area.suspendedRules(context)
            for rule in area.rules {
                let name = rule.name.description
                let isNamed = Self.hinderingRules.contains { $0.name.description == name }
                let isSwitchedOff =
                    Self.hinderingAreas.contains(area.name) && rule.severity == .critical
                    && context.settings.optOuts.disabledRules.contains(name)
                guard isNamed || isSwitchedOff, !suspended.contains(name), report?.findings[name] == nil else {
                    continue
                }
                missing.append("rule \(name) is not evaluated")
            }
        }
        return missing
    }
}

extension EventVerdict {
    /// A verdict that cannot be given, for a reason.
    fileprivate init(event: SurvivalEvent, reason: String) {
        self.init(event: event)
        self.reason = reason
    }
}

extension PlaceLosses {
    /// Whether the loss is worse than another: see ``weight``.
    package func isWorse(than other: PlaceLosses) -> Bool {
        for position in weight.indices where weight[position] != other.weight[position] {
            return weight[position] > other.weight[position]
        }
        return false
    }
}

extension DrainCounts {
    /// Whether the drain is worse than another: unsafe before safe, then the more pods and workloads are obstacles.
    package func isWorse(than other: DrainCounts) -> Bool {
        if isSafe != other.isSafe { return !isSafe }
        func total(_ counts: DrainCounts) -> Int { DrainObstacle.allCases.reduce(0) { $0 + Int(counts[$1]) } }
        return total(self) > total(other)
    }
}
