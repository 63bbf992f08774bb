import HASignals

extension MarkdownReport {
    /// The answer to a question about one node, zone or version.
    static func lines(of focus: ReportFocus) -> [String] {
        switch focus {
        case .missing(let object, let reason):
            [cell("\(object.text) is not known" + (reason.isEmpty ? "" : ": \(reason)"))]
        case .loss(let impact, let drain, let answer, let reason):
            loss(impact, answer, reason)
                + (drain.map { [""] + self.drain($0, $0.isSafe ? .yes : .no, "") } ?? [])
        case .drain(let impact, let answer, let reason): drain(impact, answer, reason)
        case .upgrade(let plan): upgrade(plan)
        }
    }

    private static func loss(_ impact: LossImpact, _ answer: SurvivalAnswer, _ reason: String) -> [String] {
        let lines = title("Loss of \(impact.place.text)", answer)
        if answer == .unknown { return lines + [cell(reason)] }
        if impact.isHarmless { return lines + ["Nothing would be lost."] }
        let lost = impact.clusterParts.map { "- \(cell($0))" } + objects(impact.broken)
        let single = objects(impact.singleReplicas)
        return lines
            + (lost.isEmpty ? [] : ["Would be lost, and is meant to survive:", ""] + lost)
            + (lost.isEmpty || single.isEmpty ? [] : [""])
            + (single.isEmpty ? [] : ["Would be lost too, of one replica or exempt:", ""] + single)
    }

    private static func objects(_ lost: LostObjects) -> [String] {
        (lost.hosts + lost.applications + lost.services + lost.workloads).map { "- \(cell($0.text))" }
    }

    private static func drain(_ impact: DrainImpact, _ answer: SurvivalAnswer, _ reason: String) -> [String] {
        var lines = title("Drain of \(impact.node.text)", answer)
        if answer == .unknown { return lines + [cell(reason)] }
        lines.append("\(impact.pods) \(impact.pods == 1 ? "pod" : "pods") would be moved.")
        for obstacle in DrainObstacle.allCases {
            guard let count = impact.obstacles[obstacle] else { continue }
            let named = impact.details.filter { $0.obstacle == obstacle }.map { "- \(cell($0.text))" }
            lines += ["", obstacle.phrase(count) + (named.isEmpty ? "." : ":")] + (named.isEmpty ? [] : [""]) + named
        }
        return lines
    }

    private static func upgrade(_ plan: UpgradePlan) -> [String] {
        let from = plan.current.map { " from 1.\($0.upperBound)" } ?? ""
        func lines(_ items: [UpgradePlan.Item], _ word: String) -> [String] {
            UpgradePlan.Topic.allCases.flatMap { topic in
                items.filter { $0.topic == topic }
                    .map { item in
                        let object = item.object == .cluster ? "" : "\(item.object.text): "
                        return "- \(word): \(cell(object + item.message))"
                    }
            }
        }
        return title("Upgrade\(from) to 1.\(plan.target)", plan.answer) + lines(plan.blockers, "blocker")
            + lines(plan.cautions, "caution") + plan.unknown.map { "- not known: \(cell($0))" }
    }

    private static func title(_ text: String, _ answer: SurvivalAnswer) -> [String] {
        ["## \(cell(text)): \(answer.rawValue)", ""]
    }
}
