/// The areas of the Kubernetes high-availability guidance, in its order, and the one that goes beyond it, survival. The raw value is the label `area`.
package enum AreaName: String, CaseIterable, Hashable, Sendable {
    case controlPlane = "control_plane"
    case etcd
    case replicas
    case rollouts
    case daemonsets
    case services
    case ingress
    case nodes
    case disruptionBudgets = "disruption_budgets"
    case storage
    case storageClasses = "storage_classes"
    case zones
    case networkPolicies = "network_policies"
    case rbac
    case upgrades
    case extensionPoints = "extension_points"
    case deployment
    case survival

    /// Its number in the guidance, from 1.
    package var position: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }
}

/// The status of an area, worst last that matters: see SIGNALS, «Unknown is neither zero nor healthy».
package enum AreaStatus: String, CaseIterable, Hashable, Sendable {
    case ok, warning, critical, unknown
    case notApplicable = "not_applicable"
}
