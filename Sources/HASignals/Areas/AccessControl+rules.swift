import ClusterState

extension AccessControl {
    static let clusterAdmins = Rule(
        "cluster-admins",
        .info,
        needs: [.clusterRoles, .clusterRoleBindings],
        summary: "A subject beside the system's own has every right cluster-wide.",
        remedy: "Give it a role with the rights that it needs, and keep cluster-admin for a break-glass account."
    )
    static let disruptive = Rule(
        "disruptive-subjects",
        .info,
        needs: [.clusterRoles, .clusterRoleBindings, .roles, .roleBindings],
        summary:
            "A subject that is no cluster admin may drain or delete nodes, evict or delete pods, or delete budgets, workloads or volumes.",
        remedy: "Check that it needs these rights; narrow the role to the namespaces, resources and verbs that it uses."
    )

    package static let rules = [clusterAdmins, disruptive]

    static func judgeAdmins(_ access: Access, _ admins: [Subject], _ output: inout SignalOutput) {
        for subject in admins {
            output.raise(
                clusterAdmins,
                access.object(subject),
                "\(access.display(subject)) has every right cluster-wide"
            )
        }
    }

    static func judgeSubjects(_ access: Access, _ output: inout SignalOutput) {
        // Few sets of rights are held by many subjects: each is put into words once.
        var phrases: [SubjectRights: String] = [:]
        for (subject, rights) in access.subjects where !rights.isAdmin {
            let phrase = phrases[rights] ?? phrase(rights)
            phrases[rights] = phrase
            if !phrase.isEmpty { output.raise(disruptive, access.object(subject), phrase) }
        }
    }

    /// What the rights come to, in words; empty where they disrupt nothing.
    private static func phrase(_ rights: SubjectRights) -> String {
        let held = Capability.allCases.filter(rights.holds)
        guard !held.isEmpty else { return "" }
        let everywhere = held.filter(rights.holdsEverywhere)
        let somewhere = held.filter { !rights.holdsEverywhere($0) }
        var parts: [String] = []
        if !everywhere.isEmpty { parts.append(list(everywhere) + " everywhere") }
        if !somewhere.isEmpty { parts.append(list(somewhere) + " in some namespaces") }
        return "may " + parts.joined(separator: "; ")
    }

    private static func list(_ capabilities: [Capability]) -> String {
        capabilities.map(\.phrase).joined(separator: ", ")
    }
}

extension Capability {
    /// It in words.
    fileprivate var phrase: String {
        switch self {
        case .deleteNodes: "delete nodes"
        case .drainNodes: "drain nodes"
        case .evictPods: "evict pods"
        case .deletePods: "delete pods"
        case .deleteDisruptionBudgets: "delete disruption budgets"
        case .deleteWorkloads: "delete workloads"
        case .deleteVolumes: "delete volumes"
        }
    }
}
