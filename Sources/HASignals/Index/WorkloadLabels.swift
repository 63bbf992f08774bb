import ClusterState

/// Workloads by the label sets that their pods have: what the selectors of Services are evaluated over, all together.
struct WorkloadLabels {
    private let sets: LabelSets
    /// Positions of workloads by the position of the label set.
    private let workloads: Groups
    /// How many workloads the index has.
    private let count: Int
    private let interner: Interner

    /// Groups the workloads.
    ///
    /// - Parameters:
    ///   - context: Whose workloads.
    ///   - labels: Calls its argument with each label set of a workload, not at all for one that is left out.
    init(_ context: CollectionContext, _ labels: (Workload, (LabelsID) -> Void) -> Void) {
        var own: [(labels: LabelsID, workload: Int32)] = []
        own.reserveCapacity(context.index.workloads.count)
        for workload in context.index.workloads {
            labels(workload) { own.append(($0, Int32(workload.position))) }
        }
        interner = context.state.interner
        count = context.index.workloads.count
        sets = LabelSets(interner) { add in
            for entry in own { add(entry.labels) }
        }
        workloads = Groups(count: sets.labels.count) { [sets] add in
            for entry in own {
                if let set = sets.position(of: entry.labels) { add(set, entry.workload) }
            }
        }
    }

    /// A selector with its namespace; nil selects nothing.
    typealias Selection = (namespace: StringID, selector: LabelSelector?)

    /// The positions of the workloads that any of the selectors selects.
    func selected(by selections: [Selection]) -> PositionSet {
        var selectedSets = PositionSet(count: sets.labels.count)
        sets.evaluate(selections, interner) { selectedSets.formUnion($1) }
        var selected = PositionSet(count: count)
        for set in sets.labels.indices where selectedSets.contains(set) {
            workloads.forEach(in: set) { selected.insert($0) }
        }
        return selected
    }

    /// Calls the body with the number of each selector and the position of each workload that it selects: each pair once,
    /// for each workload the selectors of one namespace in the order given.
    func forEachSelected(by selections: [Selection], _ body: (_ number: Int, _ workload: Int) -> Void) {
        var lastNumber = [Int32](repeating: -1, count: count)
        sets.evaluate(selections, interner) { number, selected in
            selected.forEach { set in
                workloads.forEach(in: set) { workload in
                    guard lastNumber[workload] != Int32(number) else { return }
                    lastNumber[workload] = Int32(number)
                    body(number, workload)
                }
            }
        }
    }
}

extension Service {
    /// What it selects. Without selector nothing; of type ExternalName neither, whatever stands in its selector.
    var selection: WorkloadLabels.Selection {
        (meta.namespace, selector.isEmpty || type == .externalName ? nil : selector)
    }
}

extension CollectionContext {
    /// The label sets that a workload's pods have: its template's, without a template those of its unfinished pods.
    func labelSets(of workload: Workload) -> [LabelsID] {
        workload.templateLabels.map { [$0] } ?? podLabels(of: workload.position)
    }

    /// Calls the body with each of ``labelSets(of:)``, most of which are one.
    func forEachLabelSet(of workload: Workload, _ body: (LabelsID) -> Void) {
        if let labels = workload.templateLabels { body(labels) } else { podLabels(of: workload.position).forEach(body) }
    }

    /// The label sets of the workload's unfinished pods.
    func podLabels(of position: Int) -> [LabelsID] {
        var sets: Set<LabelsID> = []
        index.podsByWorkload.forEach(in: position) { number in
            if let pod = pod(number), !pod.flags.isTerminal { sets.insert(pod.labels) }
        }
        return Array(sets)
    }
}
