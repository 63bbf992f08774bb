import ClusterState

extension AccessControl {
    static let clusterAdmins = Rule(
        "cluster-admins",
        .info,
        needs: [.clusterRoles, .clusterRoleBindings],
        summary: "A subject that is not part of Kubernetes itself has every right cluster-wide.",
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

    static let openToAnybody = Rule(
        "rbac-open-to-anybody",
        .warning,
        needs: [.clusterRoles, .clusterRoleBindings, .roles, .roleBindings],
        summary:
            "A right that may disrupt the cluster is given to everybody: all users, all service accounts, or requests without credentials.",
        remedy:
            "Delete the binding; give the role to the users, groups or service accounts that need it, by their own names."
    )

    package static let rules = [clusterAdmins, disruptive, openToAnybody]

    static func evaluateAdmins(_ access: Access, _ admins: [Subject], _ output: inout SignalOutput) {
        for subject in admins {
            output.raise(
                clusterAdmins,
                access.object(subject),
                "\(access.display(subject)) has every right cluster-wide"
            )
        }
    }

    static func evaluateSubjects(_ access: Access, _ output: inout SignalOutput) {
        // Few sets of rights are held by many subjects: each is put into words once.
        var phrases: [SubjectRights: String] = [:]
        for (subject, rights) in access.subjects {
            let anybody = access.anybody(subject)
            if rights.isAdmin && anybody == nil { continue }
            let phrase = phrases[rights] ?? phrase(rights)
            phrases[rights] = phrase
            guard !phrase.isEmpty else { continue }
            if !rights.isAdmin { output.raise(disruptive, access.object(subject), phrase) }
            if let anybody {
                output.raise(
                    openToAnybody,
                    access.object(subject),
                    "\(anybody) \(rights.isAdmin ? "has every right cluster-wide" : phrase)"
                )
            }
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
