import ClusterState
import FoundationEssentials

/// What a row should hold, worked out from an object's JSON alone, in the words of ``Description``.
struct Expectation {
    let json: JSON
    var metadata: JSON { json["metadata"] }
    var spec: JSON { json["spec"] }
    var status: JSON { json["status"] }

    var meta: [String: String] {
        [
            "meta.uid": metadata["uid"].text, "meta.namespace": metadata["namespace"].text,
            "meta.name": metadata["name"].text, "meta.labels": labels, "meta.owner": owner,
            "meta.ignoredRules": metadata["annotations"]["kube-ha-exporter/ignore"].text,
            "meta.created": metadata["creationTimestamp"].text, "meta.deletion": metadata["deletionTimestamp"].text,
            "meta.generation": metadata["generation"].number(),
        ]
    }

    func row(_ fields: [String: String]) -> [String: String] {
        meta.merging(fields) { $1 }
    }

    var labels: String { Self.labels(metadata["namespace"].text, metadata) }

    static func labels(_ namespace: String, _ metadata: JSON) -> String {
        Description.labels(namespace, metadata["labels"].members.map { ($0.key, $0.value.text) })
    }

    var controller: JSON { metadata["ownerReferences"].array.first { $0["controller"].bool } ?? .null }

    var owner: String {
        controller.isNull
            ? "none" : "\(controller["kind"].text)/\(controller["name"].text)/\(controller["uid"].text)"
    }

    func conditionStatus(_ type: String) -> String {
        let condition = status["conditions"].condition(type)
        if condition.isNull { return "absent" }
        return ["True": "isTrue", "False": "isFalse"][condition["status"].text] ?? "unknown"
    }

    func conditionTime(_ type: String) -> String {
        status["conditions"].condition(type)["lastTransitionTime"].text
    }

    /// An IntOrString; the default where it is not there.
    static func intOrPercent(_ value: JSON, _ standard: String) -> String {
        if let number = value.int { return "number(\(number))" }
        if value.isNull { return standard }
        return "percent(\(value.text.dropLast()))"
    }

    // MARK: Selectors

    static func requirement(_ key: String, _ op: String, _ values: [String]) -> String {
        let names = [
            "In": "in", "NotIn": "notIn", "Exists": "exists", "DoesNotExist": "doesNotExist", "Gt": "greaterThan",
            "Lt": "lessThan",
        ]
        return Description.record([("key", key), ("op", names[op] ?? "unknown"), ("values", Description.list(values))])
    }

    static func equalities(_ map: JSON) -> [String] {
        map.members.map { requirement($0.key, "In", [$0.value.text]) }
    }

    static func expressions(_ list: JSON) -> [String] {
        list.array.map { requirement($0["key"].text, $0["operator"].text, $0["values"].array.map(\.text)) }
    }

    static func labelSelector(_ selector: JSON) -> String {
        if selector.isNull { return "nil" }
        return Description.record([
            (
                "requirements",
                Description.list(equalities(selector["matchLabels"]) + expressions(selector["matchExpressions"]))
            )
        ])
    }

    static func nodeSelector(_ selector: JSON) -> String {
        if selector.isNull { return "nil" }
        return Description.list(
            selector["nodeSelectorTerms"].array
                .map {
                    Description.record([
                        ("expressions", Description.list(expressions($0["matchExpressions"]))),
                        ("fields", Description.list(expressions($0["matchFields"]))),
                    ])
                }
        )
    }

    // MARK: Pods

    static func effect(_ word: String) -> String {
        let names = ["": "any", "NoSchedule": "noSchedule", "PreferNoSchedule": "preferNoSchedule"]
        return names[word] ?? "noExecute"
    }

    static func placement(_ spec: JSON) -> String {
        let tolerations = spec["tolerations"].array
            .map {
                Description.record([
                    ("key", $0["key"].text), ("value", $0["value"].text),
                    ("isExists", "\($0["operator"].text == "Exists")"),
                    ("effect", effect($0["effect"].text)),
                ])
            }
        let required = spec["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
        return Description.record([
            ("nodeSelector", Description.list(equalities(spec["nodeSelector"]))),
            ("requiredAffinity", nodeSelector(required)), ("tolerations", Description.list(tolerations)),
        ])
    }

    static let noPlacement = "{nodeSelector: [], requiredAffinity: nil, tolerations: []}"
    static let noTemplate =
        "{labels: none, placement: \(noPlacement), spread: [], claims: [], lacksReadinessProbe: false}"

    var template: String {
        let template = spec["template"]
        let spread = template["spec"]["topologySpreadConstraints"].array
            .map {
                Description.record([
                    ("maxSkew", $0["maxSkew"].number()), ("topologyKey", $0["topologyKey"].text),
                    ("isRequired", "\($0["whenUnsatisfiable"].text == "DoNotSchedule")"),
                    ("selector", Self.labelSelector($0["labelSelector"])),
                ])
            }
        return Description.record([
            ("labels", Self.labels(metadata["namespace"].text, template["metadata"])),
            ("placement", Self.placement(template["spec"])), ("spread", Description.list(spread)),
            (
                "claims",
                Description.list(
                    template["spec"]["volumes"].array.map { $0["persistentVolumeClaim"]["claimName"].text }
                        .filter { !$0.isEmpty }
                )
            ),
            (
                "lacksReadinessProbe",
                "\(template["spec"]["containers"].array.contains { $0["readinessProbe"].isNull })"
            ),
        ])
    }

    /// A quantity by decimal arithmetic, rounded up to 1/`scale`.
    static func quantity(_ text: String, scale: Decimal) -> Int {
        if text.isEmpty { return 0 }
        func powers(_ base: Decimal, _ suffixes: [String]) -> [(String, Decimal)] {
            suffixes.indices.map { (suffixes[$0], (0...$0).reduce(1) { value, _ in value * base }) }
        }
        let binary = powers(1_024, ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"])
        let decimal = powers(1_000, ["k", "M", "G", "T", "P", "E"])
        let small = powers(Decimal(string: "0.001") ?? 0, ["m", "u", "n"])
        let factors = binary + decimal + small
        let factor = factors.first { text.hasSuffix($0.0) }
        let number = Decimal(string: String(text.dropLast(factor?.0.count ?? 0))) ?? -1
        let value = number * (factor?.1 ?? 1) * scale
        // Whole numbers are told by their text, which rounds nothing.
        let parts = "\(value)".split(separator: ".")
        return (Int(parts[0]) ?? -1) + (parts.count > 1 ? 1 : 0)
    }

    static func amounts(_ map: JSON) -> (cpu: Int, memory: Int) {
        (quantity(map["cpu"].text, scale: 1_000), quantity(map["memory"].text, scale: 1))
    }

    static func resources(_ amounts: (cpu: Int, memory: Int)) -> String {
        Description.record([("milliCPU", "\(amounts.cpu)"), ("memoryBytes", "\(amounts.memory)")])
    }

    /// What a container or a sidecar requests, with what its status says of it.
    private func amounts(ofContainer container: JSON, runsOn: Bool) -> (cpu: Int, memory: Int) {
        let spec = Self.amounts(container["resources"]["requests"])
        let reported = (status["containerStatuses"].array + status["initContainerStatuses"].array)
            .first { $0["name"].text == container["name"].text && !$0["resources"].isNull }
        guard runsOn, let reported else { return spec }
        let actual = Self.amounts(reported["resources"]["requests"])
        let allocated = Self.amounts(reported["allocatedResources"])
        let isInfeasible = status["conditions"].condition("PodResizePending")["reason"].text == "Infeasible"
        let wanted = isInfeasible ? (cpu: 0, memory: 0) : spec
        return (max(wanted.cpu, actual.cpu, allocated.cpu), max(wanted.memory, actual.memory, allocated.memory))
    }

    var requests: String {
        func sum(_ containers: [JSON]) -> (cpu: Int, memory: Int) {
            containers
                .map { container in
                    let isRegular = spec["containers"].array.contains { $0["name"].text == container["name"].text }
                    return amounts(ofContainer: container, runsOn: isRegular || isRestartable(container))
                }
                .reduce((0, 0)) { ($0.cpu + $1.cpu, $0.memory + $1.memory) }
        }
        let initial = spec["initContainers"].array
        func isRestartable(_ container: JSON) -> Bool { container["restartPolicy"].text == "Always" }
        var total = sum(spec["containers"].array + initial.filter(isRestartable))
        for (index, container) in initial.enumerated() {
            let moment = sum(initial[..<index].filter(isRestartable) + [container])
            total = (max(total.cpu, moment.cpu), max(total.memory, moment.memory))
        }
        let whole = spec["resources"]["requests"]
        if !whole["cpu"].isNull { total.cpu = Self.amounts(whole).cpu }
        if !whole["memory"].isNull { total.memory = Self.amounts(whole).memory }
        let overhead = Self.amounts(spec["overhead"])
        return Self.resources((total.cpu + overhead.cpu, total.memory + overhead.memory))
    }
}
