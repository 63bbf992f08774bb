import Exposition

@testable import HASignals

extension SignalSnapshot {
    /// The value of the one series of a family whose labels have those values; nil where there is none or several.
    func value(_ family: String, _ labels: [String: String] = [:]) -> Double? {
        let matching = table.samples(of: family).filter { sample in labels.allSatisfy { sample[$0.key] == $0.value } }
        return matching.count == 1 ? matching.first?.value : nil
    }

    /// What a rule found, as `namespace/name`, in order.
    func found(_ rule: String) -> [String] {
        findings.filter { $0.rule == rule }.map { "\($0.object.namespace)/\($0.object.name)" }
    }

    /// What a rule says of its one finding; nil where it has none or several.
    func message(_ rule: String) -> String? {
        let own = findings.filter { $0.rule == rule }
        return own.count == 1 ? own.first?.message : nil
    }

    /// The findings of a rule as `kind namespace/name`, in order.
    func objects(_ rule: String) -> [String] {
        findings.filter { $0.rule == rule }
            .map { "\($0.object.kind) \($0.object.namespace)/\($0.object.name)" }
            .sorted()
    }

    /// Whether the rule was evaluated.
    func isEvaluated(_ rule: String) -> Bool {
        table.samples(of: "kube_ha_findings").contains { $0["rule"] == rule }
    }
}
