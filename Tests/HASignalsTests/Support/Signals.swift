import Exposition
import HASignals
import Testing

/// What the areas said of a cluster, in the words of a test.
struct Signals {
    /// The areas that are looked at: those about the cluster itself and about where its workloads are.
    static let areas: [any Area.Type] = [
        ControlPlane.self, Etcd.self, Replicas.self, Nodes.self, DisruptionBudgets.self, Zones.self,
        SingleNodeDeployment.self,
    ]

    let snapshot: SignalSnapshot

    /// The value of the one series of the family (without `kube_ha_`) that has these labels; nil where there is none.
    /// Labels that are not given may have any value.
    subscript(_ family: String, _ labels: KeyValuePairs<String, String> = [:]) -> Double? {
        let found = samples(family, labels)
        if found.count > 1 { Issue.record("\(found.count) series of \(family) have these labels") }
        return found.first?.value
    }

    /// How many series of the family have these labels.
    func count(_ family: String, _ labels: KeyValuePairs<String, String> = [:]) -> Int {
        samples(family, labels).count
    }

    private func samples(_ family: String, _ labels: KeyValuePairs<String, String>) -> [Sample] {
        guard SignalRunner.allFamilies.contains(where: { "\($0.descriptor.name)" == "kube_ha_\(family)" }) else {
            Issue.record("there is no family kube_ha_\(family)")
            return []
        }
        return snapshot.table.samples(of: "kube_ha_\(family)")
            .filter { sample in labels.allSatisfy { sample[$0.key] == $0.value } }
    }

    /// What the rule was raised for, as `Kind namespace/name`, in the order of the findings.
    func raised(_ rule: String) -> [String] {
        expectKnown(rule)
        return snapshot.findings.filter { $0.rule == rule }
            .map { finding in
                let object = finding.object
                let name = object.namespace.isEmpty ? object.name : "\(object.namespace)/\(object.name)"
                return name.isEmpty ? object.kind : "\(object.kind) \(name)"
            }
    }

    /// The messages of the rule's findings.
    func messages(_ rule: String) -> [String] {
        expectKnown(rule)
        return snapshot.findings.filter { $0.rule == rule }.map(\.message)
    }

    /// Whether the rule was evaluated, whatever it found.
    func isEvaluated(_ rule: String) -> Bool {
        expectKnown(rule)
        return count("findings", ["rule": rule]) > 0
    }

    /// A rule that does not exist is never raised: without this a misspelt one would pass.
    private func expectKnown(_ rule: String) {
        let isKnown = Self.areas.contains { area in area.rules.contains { "\($0.name)" == rule } }
        if !isKnown { Issue.record("there is no rule \(rule)") }
    }

    /// How the area stands.
    func status(_ area: AreaName) -> AreaStatus? {
        snapshot.areas.first { $0.name == area }?.status
    }

    /// The rules raised with the severity, each once.
    func rules(_ severity: Severity) -> Set<String> {
        Set(snapshot.findings.filter { $0.severity == severity }.map(\.rule))
    }
}
