import Exposition

/// The label sets of families of more than one area; those of one area stand in the area. Made once: making one takes as
/// long as the rest of a sample.
private enum SharedLabels {
    static let namespace = LabelNames(["namespace"])
    static let node = LabelNames(["node"])
    static let role = LabelNames(["role"])
    static let nodeAndZone = LabelNames(["node", "topology_zone"])
    static let workload = LabelNames(["namespace", "workload", "workload_type"])
}

extension LabelNames where count == 1 {
    /// A namespace.
    static var namespace: Self { SharedLabels.namespace }
    /// A node.
    static var node: Self { SharedLabels.node }
    /// A role of nodes.
    static var role: Self { SharedLabels.role }
}

extension LabelNames where count == 2 {
    /// A node and its zone.
    static var nodeAndZone: Self { SharedLabels.nodeAndZone }
}

extension LabelNames where count == 3 {
    /// A workload; all its families have these labels and no others.
    static var workload: Self { SharedLabels.workload }
}
