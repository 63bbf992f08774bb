package import HASignals

/// A question about one node, zone or version that a report is asked for.
package enum ReportQuestion: Hashable, Sendable {
    /// What the loss of a node, and its drain, would do.
    case node(String)
    case zone(String)
    /// Whether a node can be drained.
    case drain(String)
    /// Whether the cluster can be upgraded to Kubernetes 1.`minor`.
    case upgrade(minor: Int)
}

/// The answer to a question about one node, zone or version.
package enum ReportFocus: Sendable {
    case loss(LossImpact, drain: DrainImpact?, answer: SurvivalAnswer, reason: String)
    case drain(DrainImpact, answer: SurvivalAnswer, reason: String)
    case upgrade(UpgradePlan)
    /// There is no such node or zone, or none is known.
    case missing(FindingObject, reason: String)

    init(_ question: ReportQuestion, _ snapshot: SignalSnapshot) {
        let survival = snapshot.survival
        switch question {
        case .node(let name):
            guard let loss = survival.loss(ofNode: name) else {
                self = .missing(FindingObject(kind: "Node", name: name), reason: survival[.nodeLoss].reason)
                return
            }
            // Which of the two events it is does not matter here: both are unknown for the same sources.
            let verdicts = [survival[.nodeLoss], survival[.controlPlaneNodeLoss]]
            self = .loss(
                loss,
                drain: survival.drain(ofNode: name),
                answer: Self.answer(loss, verdicts),
                reason: Self.reason(verdicts)
            )
        case .zone(let name):
            guard let loss = survival.loss(ofZone: name) else {
                self = .missing(FindingObject(kind: "Zone", name: name), reason: survival[.zoneLoss].reason)
                return
            }
            let verdicts = [survival[.zoneLoss]]
            self = .loss(loss, drain: nil, answer: Self.answer(loss, verdicts), reason: Self.reason(verdicts))
        case .drain(let name):
            guard let drain = survival.drain(ofNode: name) else {
                self = .missing(FindingObject(kind: "Node", name: name), reason: survival[.nodeDrain].reason)
                return
            }
            let verdict = survival[.nodeDrain]
            let answer: SurvivalAnswer = verdict.answer == .unknown ? .unknown : drain.isSafe ? .yes : .no
            self = .drain(drain, answer: answer, reason: verdict.reason)
        case .upgrade(let minor):
            self = .upgrade(UpgradePlan(snapshot, to: minor))
        }
    }

    private static func answer(_ loss: LossImpact, _ verdicts: [EventVerdict]) -> SurvivalAnswer {
        if verdicts.allSatisfy({ $0.answer == .unknown }) { return .unknown }
        return loss.breaks ? .no : .yes
    }

    private static func reason(_ verdicts: [EventVerdict]) -> String {
        verdicts.allSatisfy { $0.answer == .unknown } ? verdicts.first?.reason ?? "" : ""
    }

    /// Whether what was asked about survives, can be drained, or can be upgraded.
    package var answer: SurvivalAnswer {
        switch self {
        case .loss(_, _, let answer, _), .drain(_, let answer, _): answer
        case .upgrade(let plan): plan.answer
        case .missing: .unknown
        }
    }

    /// The exit code of a program that asked: 1 where a drain is not safe or an upgrade has blockers, 2 where it cannot be
    /// told. What a loss would do is told, whatever it is.
    package var exitCode: Int32 {
        switch (self, answer) {
        case (_, .unknown): 2
        case (.loss, _), (_, .yes): 0
        case (_, .no): 1
        }
    }
}
