import ClusterState
package import Exposition

/// Area 14: who has rights that can cost availability, on purpose or by mistake?
package enum AccessControl: Area {
    package static let name = AreaName.rbac

    static let capabilityLabels = LabelNames(["capability"])
    static let subjectKindLabels = LabelNames(["subject_kind"])

    static let adminSubjects = Family(
        "kube_ha_rbac_cluster_admin_subjects",
        .gauge,
        labels: subjectKindLabels,
        sources: ["clusterroles", "clusterrolebindings"],
        help:
            "Distinct subjects that RBAC gives every right cluster-wide, without those of Kubernetes itself; other authorizers are not considered."
    )
    static let disruptiveSubjects = Family(
        "kube_ha_rbac_disruptive_subjects",
        .gauge,
        labels: capabilityLabels,
        sources: ["clusterroles", "clusterrolebindings", "roles", "rolebindings"],
        help:
            "Distinct subjects that RBAC gives the capability in some namespace or everywhere, without those of Kubernetes itself; other authorizers are not considered."
    )

    package static let families: [any AnyFamily] = [adminSubjects, disruptiveSubjects]

    package static func collect(_ context: CollectionContext, into output: inout SignalOutput) {
        guard context.isOK(.clusterroles), context.isOK(.clusterrolebindings) else { return }
        let access = Access(context)
        let admins = access.subjects.filter { $0.value.isAdmin }.keys
        for kind in SubjectKind.allCases {
            output.sink.add(
                adminSubjects,
                output.sink.labels(subjectKindLabels, [kind.rawValue]),
                admins.count { access.kind(of: $0) == kind }
            )
        }
        evaluateAdmins(access, Array(admins), &output)
        guard context.isOK(.roles), context.isOK(.rolebindings) else { return }
        for capability in Capability.allCases {
            output.sink.add(
                disruptiveSubjects,
                output.sink.labels(capabilityLabels, [capability.rawValue]),
                access.subjects.count { $0.value.holds(capability) }
            )
        }
        evaluateSubjects(access, &output)
    }
}

/// The kinds of subject that RBAC knows. The raw value is the label `subject_kind`.
enum SubjectKind: String, CaseIterable, Hashable {
    case user = "User"
    case group = "Group"
    case serviceAccount = "ServiceAccount"
}

/// An action that costs availability. The raw value is the label `capability`.
enum Capability: String, CaseIterable, Hashable {
    case deleteNodes = "delete_nodes"
    case drainNodes = "drain_nodes"
    case evictPods = "evict_pods"
    case deletePods = "delete_pods"
    case deleteDisruptionBudgets = "delete_disruption_budgets"
    case deleteWorkloads = "delete_workloads"
    case deleteVolumes = "delete_volumes"
}
