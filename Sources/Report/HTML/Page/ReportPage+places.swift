import ClusterState
import HASignals

/// One node, zone or application.
extension ReportPage {
    private static let objectsListed = 60

    func node(_ name: String) -> (title: String, sections: [HTML]) {
        let survival = model.survival
        let table = survival.table
        let place = FindingObject(kind: "Node", name: name)
        var facts: [(String, HTML)] = []
        var event = SurvivalEvent.nodeLoss
        if let position = table.nodes.position(named: name), table.nodes.facts.indices.contains(position) {
            let node = table.nodes.facts[position]
            if node.role == .controlPlane { event = .controlPlaneNodeLoss }
            facts.append(("State", Self.badge(Self.state(node), Self.tone(node))))
            facts.append(("Role", HTML(Self.role(node.role))))
            if table.zones.names.indices.contains(Int(node.zone)) {
                let zone = table.zones.names[Int(node.zone)]
                facts.append(("Zone", object(FindingObject(kind: "Zone", name: zone), named: zone)))
            }
            if node.pods >= 0 { facts.append(("Pods", HTML(String(Self.pods(node).dropFirst(3))))) }
        }
        let verdict = survival[event]
        let found = model.findings.filter { $0.object == place || $0.rootCause.object == place }
        return (
            place.text,
            [
                heading(place, facts),
                survival.loss(ofNode: name).map { loss($0, isKnown: verdict.answer != .unknown, verdict.reason) } ?? [],
                drain(survival.drain(ofNode: name), survival[.nodeDrain].reason),
                section("findings", "Findings", list(found, "About this node, or because of it")),
            ]
        )
    }

    func zone(_ name: String) -> (title: String, sections: [HTML]) {
        let survival = model.survival
        let table = survival.table
        let place = FindingObject(kind: "Zone", name: name)
        let position = table.zones.position(named: name) ?? -1
        var nodes: Set<String> = []
        for (node, facts) in table.nodes.facts.enumerated() where Int(facts.zone) == position {
            nodes.insert(table.nodes.names[node])
        }
        let verdict = survival[.zoneLoss]
        let found = model.findings.filter { finding in
            let root = finding.rootCause.object
            return finding.object == place || root == place || root.kind == "Node" && nodes.contains(root.name)
        }
        return (
            place.text,
            [
                heading(place, []),
                survival.loss(ofZone: name).map { loss($0, isKnown: verdict.answer != .unknown, verdict.reason) } ?? [],
                self.nodes(ofZone: position),
                section("findings", "Findings", list(found, "About this zone and its nodes, or because of them")),
            ]
        )
    }

    func application(_ name: String, in namespace: String) -> (title: String, sections: [HTML]) {
        let table = model.survival.table
        let object = FindingObject(kind: "Application", namespace: namespace, name: name)
        guard let position = table.position(ofApplication: name, in: namespace) else { return (object.text, []) }
        var facts: [(String, HTML)] = []
        if table.applicationAvailability.indices.contains(position) {
            let availability = table.applicationAvailability[position]
            func working(_ count: Int32) -> String {
                "\(count) of \(Self.count(availability.parts, "workload", "workloads"))"
            }
            let isWhole = availability.working == availability.parts
            facts.append(("Works now", Self.badge(working(availability.working), isWhole ? .ok : .bad)))
            for (title, left) in [
                ("After the worst loss of a node", availability.afterNodeLoss),
                ("After the worst loss of a zone", availability.afterZoneLoss),
            ] {
                let word = left < 0 ? "unknown" : working(left)
                facts.append((title, Self.badge(word, left < 0 ? .unknown : left < availability.working ? .warn : .ok)))
            }
        }
        let rows = table.concentrations(ofApplication: position)
            .map { row -> [HTML] in
                let place = row.node.map { FindingObject(kind: "Node", name: $0) }
                let zone = row.zone.map { FindingObject(kind: "Zone", name: $0) }
                let isMeant = row.node != nil && row.isMeantByNode || row.zone != nil && row.isMeantByZone
                return [
                    HTML(row.workload.text), place.map { self.object($0, named: $0.name) } ?? "several",
                    zone.map { self.object($0, named: $0.name) } ?? "several",
                    isMeant ? Self.badge("meant to survive", .warn) : "one replica, or exempt",
                ]
            }
        let found = model.findings.filter { $0.application == Int32(clamping: position) || $0.object == object }
        return (
            object.text,
            [
                heading(object, facts),
                section(
                    "places",
                    "In one place",
                    rows.isEmpty
                        ? .element("p", "No workload has every healthy pod on one node or in one zone.")
                        : self.table(
                            "Workloads with every healthy pod on one node or in one zone",
                            ["Workload", "Node", "Zone", "Their loss"],
                            rows
                        )
                ),
                section("findings", "Findings", list(found, "About this application and its workloads")),
            ]
        )
    }

    /// The answer to the question that a report was asked.
    func focus(_ focus: ReportFocus) -> (title: String, sections: [HTML]) {
        switch focus {
        case .missing(let object, let reason):
            let text = "\(object.text) is not known" + (reason.isEmpty ? "" : ": \(reason)")
            return (text, [.element("h1", HTML(text))])
        case .loss(let impact, let drain, let answer, let reason):
            if impact.place.kind == "Node", drain != nil || answer != .unknown { return node(impact.place.name) }
            if impact.place.kind == "Zone", answer != .unknown { return zone(impact.place.name) }
            return ("Loss of \(impact.place.text)", [heading(impact.place, []), loss(impact, isKnown: false, reason)])
        case .drain(let impact, let answer, let reason):
            return (
                "Drain of \(impact.node.text)",
                [heading(impact.node, []), drain(answer == .unknown ? nil : impact, reason)]
            )
        case .upgrade(let plan): return upgrade(plan)
        }
    }

    // MARK: Parts

    private func heading(_ object: FindingObject, _ facts: [(String, HTML)]) -> HTML {
        let list = facts.map { title, value -> HTML in
            .element("div", [.element("dt", HTML(title)), .element("dd", value)])
        }
        return [
            .element("h1", HTML(object.text)), facts.isEmpty ? [] : .element("dl", ["class": "facts"], HTML(list)),
        ]
    }

    private func loss(_ impact: LossImpact, isKnown: Bool, _ reason: String) -> HTML {
        var content: [HTML] = []
        if !isKnown {
            content.append(.element("p", [Self.badge("unknown", .unknown), HTML(" \(reason)")]))
        } else if impact.isHarmless {
            content.append(.element("p", [Self.badge("survives", .ok), " Nothing would be lost."]))
        } else if !impact.breaks {
            content.append(.element("p", [Self.badge("survives", .ok), " What is meant to survive would."]))
        } else {
            content.append(
                .element("p", [Self.badge("does not survive", .bad), " Would be lost, and is meant to survive:"])
            )
            let parts = impact.clusterParts.map { HTML.element("li", HTML($0)) }
            content.append(.element("ul", [HTML(parts), objects(impact.broken)]))
        }
        if isKnown, !impact.singleReplicas.isEmpty {
            content.append(.element("p", "Would be lost too, of one replica or exempt:"))
            content.append(.element("ul", objects(impact.singleReplicas)))
        }
        return section("loss", "If it were lost", HTML(content))
    }

    private func objects(_ lost: LostObjects) -> HTML {
        HTML(
            [
                ("host", lost.hosts), ("application", lost.applications), ("Service", lost.services),
                ("workload", lost.workloads),
            ]
            .filter { !$0.1.isEmpty }
            .map { name, objects in
                .element(
                    "li",
                    [HTML("\(Self.count(objects.count, name, "\(name)s")):"), names(objects.map { object($0) })]
                )
            }
        )
    }

    private func names(_ objects: [HTML], of total: Int? = nil) -> HTML {
        let shown = objects.prefix(isComplete ? objects.count : Self.objectsListed)
        let rest = max(total ?? 0, objects.count) - shown.count
        let more: HTML = rest > 0 ? .element("li", HTML("and \(Self.number(rest)) more")) : []
        return .element("ul", [HTML(shown.map { .element("li", $0) }), more])
    }

    private func drain(_ impact: DrainImpact?, _ reason: String) -> HTML {
        guard let impact else {
            return section(
                "drain",
                "If it were drained",
                .element("p", [Self.badge("unknown", .unknown), HTML(" \(reason)")])
            )
        }
        let obstacles = DrainObstacle.allCases.compactMap { obstacle -> HTML? in
            guard let count = impact.obstacles[obstacle] else { return nil }
            let named = impact.details.filter { $0.obstacle == obstacle }
                .map { detail in
                    [object(detail.object), HTML(detail.reason.isEmpty ? "" : ": \(detail.reason)")] as HTML
                }
            return .element("li", [HTML("\(obstacle.phrase(count)):"), names(named, of: count)])
        }
        return section(
            "drain",
            "If it were drained",
            [
                .element(
                    "p",
                    [
                        Self.badge(impact.isSafe ? "safe" : "not safe", impact.isSafe ? .ok : .bad),
                        HTML(" \(Self.count(impact.pods, "pod", "pods")) would be moved."),
                    ]
                ), obstacles.isEmpty ? [] : .element("ul", HTML(obstacles)),
            ]
        )
    }

    private func upgrade(_ plan: UpgradePlan) -> (title: String, sections: [HTML]) {
        let from = plan.current.map { " from 1.\($0.upperBound)" } ?? ""
        let title = "Upgrade\(from) to 1.\(plan.target)"
        func items(_ items: [UpgradePlan.Item], _ word: String, _ tone: Tone) -> [HTML] {
            UpgradePlan.Topic.allCases.flatMap { topic in items.filter { $0.topic == topic } }
                .map { item in
                    let name = item.object == .cluster ? "" : "\(item.object.text): "
                    return .element("li", [Self.badge(word, tone), HTML(" \(name)\(item.message)")])
                }
        }
        let list =
            items(plan.blockers, "blocker", .bad) + items(plan.cautions, "caution", .warn)
            + plan.unknown.map { .element("li", [Self.badge("not known", .unknown), HTML(" \($0)")]) }
        return (
            title,
            [
                .element("h1", HTML(title)),
                .element("p", Self.badge("can be done: \(plan.answer.rawValue)", Tone(plan.answer))),
                list.isEmpty ? [] : .element("ul", HTML(list)),
            ]
        )
    }
}
