import HASignals

/// Lists in words, for every form of a report.
enum Phrase {
    /// The first so many, and how many more there are: `a, b and 3 more`.
    static func list(_ names: [String], naming limit: Int, separator: String = ", ") -> String {
        let named = names.prefix(limit).joined(separator: separator)
        return names.count > limit ? "\(named) and \(names.count - limit) more" : named
    }

    /// Objects of a kind: by name where they are few, else their number.
    static func objects(_ objects: [FindingObject], _ one: String, _ many: String, naming limit: Int) -> String? {
        guard !objects.isEmpty else { return nil }
        let noun = objects.count == 1 ? one : many
        guard limit > 0 else { return "\(objects.count) \(noun)" }
        return "\(noun) \(list(objects.map(\.placed), naming: limit))"
    }
}

extension FindingObject {
    /// `namespace/name`, the name of a host alone: that is unique on its own.
    var placed: String {
        namespace.isEmpty || kind == "Host" ? name : "\(namespace)/\(name)"
    }
}

extension LostObjects {
    /// Hosts first, then applications, Services, workloads: what a person knows them by is named, the rest counted.
    func phrase(namingAll: Bool) -> String {
        [
            Phrase.objects(hosts, "host", "hosts", naming: 3),
            Phrase.objects(applications, "application", "applications", naming: 3),
            Phrase.objects(services, "Service", "Services", naming: namingAll ? 3 : 0),
            Phrase.objects(workloads, "workload", "workloads", naming: namingAll ? 3 : 0),
        ]
        .compactMap { $0 }.joined(separator: ", ")
    }
}

extension LossImpact {
    /// What is lost of the cluster itself.
    var clusterParts: [String] {
        var parts: [String] = []
        if !etcdClusters.isEmpty { parts.append("the quorum of etcd cluster \(etcdClusters.joined(separator: ", "))") }
        if losesLastAPIServer { parts.append("the last serving API server") }
        if losesClusterDNS { parts.append("the cluster DNS") }
        if !ingressClasses.isEmpty {
            parts.append("the controller of IngressClass \(ingressClasses.joined(separator: ", "))")
        }
        if !gateways.isEmpty { parts.append("the proxies of Gateway \(gateways.joined(separator: ", "))") }
        return parts
    }

    /// What it takes along, in words that follow the name of the place; single replicas apart.
    var phrase: String {
        let lost = (clusterParts + [broken.phrase(namingAll: true)]).filter { !$0.isEmpty }
        let single = singleReplicas.isEmpty ? nil : "single replicas: \(singleReplicas.phrase(namingAll: false))"
        if lost.isEmpty { return single.map { "takes along \($0)" } ?? "takes nothing along" }
        return "takes along \(lost.joined(separator: ", "))" + (single.map { "; beside it \($0)" } ?? "")
    }
}

extension DrainDetail {
    /// What is the obstacle, and why, where that can be told.
    var text: String { object.text + (reason.isEmpty ? "" : ": \(reason)") }
}

extension DrainImpact {
    /// What it meets, in words that follow the node's name.
    var phrase: String {
        let words = DrainObstacle.allCases.compactMap { obstacle in obstacles[obstacle].map { obstacle.phrase($0) } }
        return words.isEmpty ? "meets nothing" : "meets obstacles: \(words.joined(separator: ", "))"
    }
}
