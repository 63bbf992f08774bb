import ClusterState

/// The applications that workloads are part of. See SIGNALS, area 18.
struct Applications {
    /// An application's namespace and the value of its label.
    struct Key: Hashable {
        var namespace: StringID
        var name: StringID
    }

    /// The applications, in no order.
    private(set) var keys: [Key] = []
    /// By position of the workload, a position in ``keys``; −1 where it is part of none.
    private(set) var ofWorkload: [Int32]

    init(_ context: CollectionContext) {
        let interner = context.state.interner
        let labelKeys = context.settings.applicationLabels.compactMap(interner.find)
        var positions: [Key: Int32] = [:]
        var keys: [Key] = []
        var ofWorkload = Array(repeating: Int32(-1), count: context.index.workloads.count)
        for (position, workload) in context.index.workloads.enumerated() {
            func value(in labels: LabelsID) -> StringID? {
                for key in labelKeys {
                    if let value = interner.label(key, in: labels), !value.isEmpty { return value }
                }
                return nil
            }
            guard let name = value(in: workload.labels) ?? context.labels(ofWorkload: position).flatMap(value) else {
                continue
            }
            let key = Key(namespace: workload.namespace, name: name)
            if let known = positions[key] {
                ofWorkload[position] = known
            } else {
                ofWorkload[position] = Int32(keys.count)
                positions[key] = Int32(keys.count)
                keys.append(key)
            }
        }
        self.keys = keys
        self.ofWorkload = ofWorkload
    }

    /// The part that a workload plays in its application, by the label `app.kubernetes.io/component` of its own, else of its
    /// template; empty where neither has it.
    static func component(of position: Int, _ context: CollectionContext, _ interner: Interner) -> StringID {
        let key = KnownLabel.appComponent
        return interner.label(key, in: context.index.workloads[position].labels)
            ?? context.labels(ofWorkload: position).flatMap { interner.label(key, in: $0) } ?? .empty
    }
}
