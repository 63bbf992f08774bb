import Exposition

// The label sets of families of more than one area. Those of one area stand in the area.

extension LabelNames where count == 1 {
    /// A namespace.
    static var namespace: Self { LabelNames(["namespace"]) }
    /// A node.
    static var node: Self { LabelNames(["node"]) }
    /// A role of nodes.
    static var role: Self { LabelNames(["role"]) }
}

extension LabelNames where count == 2 {
    /// A node and its zone.
    static var nodeAndZone: Self { LabelNames(["node", "topology_zone"]) }
}

extension LabelNames where count == 3 {
    /// A workload; all its families have these labels and no others.
    static var workload: Self { LabelNames(["namespace", "workload", "workload_type"]) }
}
