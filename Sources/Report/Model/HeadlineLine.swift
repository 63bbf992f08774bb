import ClusterState
package import HASignals

/// A line of the headline: a question, its answer, and what the worst case would cost.
package struct HeadlineLine: Sendable {
    /// What is asked. The raw value is its name in JSON.
    package enum Subject: String, CaseIterable, Hashable, Sendable {
        case nodeLoss = "node_loss"
        case zoneLoss = "zone_loss"
        case controlPlaneNodeLoss = "control_plane_node_loss"
        case nodeDrain = "node_drain"
        case now
        case unknown = "not_known"

        /// It in words.
        package var label: String {
            switch self {
            case .nodeLoss: "loss of any node"
            case .zoneLoss: "loss of any zone"
            case .controlPlaneNodeLoss: "loss of any master"
            case .nodeDrain: "draining any node"
            case .now: "right now"
            case .unknown: "not known"
            }
        }

        /// What the event happens to, one of it and several.
        var places: (one: String, many: String) {
            switch self {
            case .zoneLoss: ("zone", "zones")
            case .controlPlaneNodeLoss: ("master", "masters")
            case .nodeLoss, .nodeDrain, .now, .unknown: ("node", "nodes")
            }
        }

        var event: SurvivalEvent? { SurvivalEvent(rawValue: rawValue) }
    }

    package var subject: Subject
    /// Of the events as `kube_ha_survives` has it. Right now: no with a critical finding, unknown where an area is.
    package var answer: SurvivalAnswer
    /// What is behind the answer, in a sentence for people.
    package var detail: String
    /// Of an event, in numbers.
    package var verdict: EventVerdict?
    /// What the worst case would take along.
    package var worstLoss: LossImpact?
    /// What the worst drain would meet.
    package var worstDrain: DrainImpact?

    /// The lines of a snapshot. What is not known is one of them only where something is not.
    static func all(_ snapshot: SignalSnapshot, _ causes: [CauseGroup]) -> [HeadlineLine] {
        Subject.allCases.compactMap { subject in
            if let event = subject.event { return HeadlineLine(subject, event, snapshot.survival) }
            return subject == .now ? now(snapshot, causes) : unknown(snapshot)
        }
    }

    private init(_ subject: Subject, _ event: SurvivalEvent, _ survival: SurvivalVerdict) {
        let verdict = survival[event]
        self.subject = subject
        self.verdict = verdict
        answer = verdict.answer
        worstLoss = survival.worstLoss(event)
        worstDrain = event == .nodeDrain ? survival.worstDrain() : nil
        detail = ""
        detail = Self.detail(verdict, subject, worstLoss?.phrase ?? worstDrain?.phrase)
    }

    private init(_ subject: Subject, _ answer: SurvivalAnswer, _ detail: String) {
        self.subject = subject
        self.answer = answer
        self.detail = detail
    }

    private static func detail(_ verdict: EventVerdict, _ subject: Subject, _ worst: String?) -> String {
        if verdict.answer == .unknown { return verdict.reason }
        let (one, many) = subject.places
        let cost = subject == .nodeDrain ? ("meets", "meet") : ("costs", "cost")
        guard let name = verdict.worst, let worst else {
            return verdict.cases == 1
                ? "the only \(one) \(cost.0) nothing" : "none of \(verdict.cases) \(many) \(cost.0) anything"
        }
        var parts: [String] = []
        if verdict.breaking > 0 {
            parts.append("\(verdict.breaking) of \(verdict.cases) \(verdict.cases == 1 ? one : many)")
        }
        parts.append("the worst, \(name), \(worst)")
        let others = verdict.cases - 1
        if others > 0 {
            parts.append(
                verdict.harmless == 0
                    ? "each of the other \(others) \(cost.0) something"
                    : "\(verdict.harmless) of the other \(others) \(verdict.harmless == 1 ? cost.0 : cost.1) nothing"
            )
        }
        return parts.joined(separator: "; ")
    }

    private static func now(_ snapshot: SignalSnapshot, _ causes: [CauseGroup]) -> HeadlineLine {
        let critical = snapshot.findingCount(.critical)
        let warning = snapshot.findingCount(.warning)
        let isUnknown = snapshot.areas.contains { $0.status == .unknown }
        var parts: [String] = []
        if critical + warning > 0 {
            let counts = [
                critical > 0 ? "\(critical) critical" : nil,
                warning > 0 ? "\(warning) \(warning == 1 ? "warning" : "warnings")" : nil,
            ]
            parts.append(counts.compactMap { $0 }.joined(separator: " and "))
            if let first = causes.first {
                let total = first.findings.count + first.consequences.count
                parts.append(
                    "\(causes.count) \(causes.count == 1 ? "cause" : "causes"), first \(first.cause.object.text) "
                        + "(\(total) \(total == 1 ? "finding" : "findings"))"
                )
            }
        } else {
            parts.append("nothing is broken or missing" + (isUnknown ? ", as far as is known" : ""))
        }
        if snapshot.survival.maintenance.answer == .no {
            parts.append("no node should be taken out now")
        }
        return HeadlineLine(.now, critical > 0 ? .no : isUnknown ? .unknown : .yes, parts.joined(separator: "; "))
    }

    private static func unknown(_ snapshot: SignalSnapshot) -> HeadlineLine? {
        let areas = snapshot.areas.filter {
            $0.status == .unknown || $0.status != .notApplicable && !$0.unknownSources.isEmpty
        }
        guard !areas.isEmpty else { return nil }
        // Few sources make many areas unknown: each is named once, with the areas behind it.
        var reasons: [String] = []
        var areasOf: [String: [String]] = [:]
        for area in areas {
            for reason in reasonsOf(area) {
                if areasOf[reason] == nil { reasons.append(reason) }
                areasOf[reason, default: []].append(area.name.rawValue)
            }
        }
        let parts = reasons.map { "\($0): \(Phrase.list(areasOf[$0] ?? [], naming: 3))" }
        return HeadlineLine(.unknown, .unknown, Phrase.list(parts, naming: 4, separator: "; "))
    }

    private static func reasonsOf(_ area: AreaReport) -> [String] {
        if let reason = area.reason { return [reason] }
        return area.unknownSources.map { "\($0.source.rawValue) \($0.state.rawValue)" }
    }
}
