import ClusterState

/// The workloads and pods that are selected by the Services without a ready endpoint.
///
/// Thousands of Services may each select thousands of workloads: what a Service selects is a set of bits, of which only
/// what is asked for is kept.
struct EmptyServices {
    /// What one of these Services selects.
    struct Backing {
        /// The workloads whose template or pods it selects, in alphabetical order.
        var workloads = NameList()
        /// Pods that it selects.
        var pods = 0
        /// Those of them that are Succeeded or Failed.
        var finishedPods = 0
        /// There are workloads, and each is scaled to 0.
        var isScaledToZero = false
        /// There is a workload that the caller marked.
        var hasMarkedWorkload = false
    }

    /// Positions in the index of the Services without a ready endpoint.
    let positions: [Int]
    private let context: CollectionContext
    /// The workloads by name.
    private var order: [Int] = []
    /// The label sets of templates, and of the pods that are there now: a label may be set on pods alone.
    private var sets = LabelSets()
    /// By label set: the workloads whose template or pods have it, by their place in ``order``.
    private var workloads = Groups(count: 0) { _ in }
    /// By label set: how many pods have it, and how many of them have run to their end.
    private var pods: [(all: Int, finished: Int)] = []

    /// Gathers what workloads and pods are told by.
    init(_ context: CollectionContext) {
        self.context = context
        let index = context.index
        positions = index.services.indices.filter { index.services[$0].ready == 0 }
        guard positions.contains(where: { !index.services[$0].service.selector.isEmpty }) else { return }
        let order = index.workloads.indices.map { (context.text(index.workloads[$0].name), $0) }.sorted { $0 < $1 }
            .map(\.1)
        let interner = context.state.interner
        let templates = order.map { index.workloads[$0].templateLabels }
        let groups = index.labelGroups
        let sets = LabelSets(interner) { add in
            for case .some(let labels) in templates { add(labels) }
            for labels in groups.sets.labels { add(labels) }
        }
        var places = [Int32](repeating: 0, count: order.count)
        for (place, workload) in order.enumerated() { places[workload] = Int32(place) }
        workloads = Groups(count: sets.labels.count) { add in
            for (place, labels) in templates.enumerated() {
                if let labels, let set = sets.position(of: labels) { add(set, Int32(place)) }
            }
            for (group, labels) in groups.sets.labels.enumerated() {
                guard let set = sets.position(of: labels) else { continue }
                var last: Int32 = -1
                groups.forEachPod(in: group) { row in
                    // Pods with the same labels are one workload's as a rule.
                    let workload = index.pods[row].workload
                    if workload >= 0, workload != last { add(set, places[Int(workload)]) }
                    last = workload
                }
            }
        }
        var pods = [(all: Int, finished: Int)](repeating: (0, 0), count: sets.labels.count)
        for (group, labels) in groups.sets.labels.enumerated() {
            guard let set = sets.position(of: labels) else { continue }
            groups.forEachPod(in: group) { row in
                pods[set].all += 1
                if index.pods[row].flags.isTerminal { pods[set].finished += 1 }
            }
        }
        (self.order, self.sets, self.pods) = (order, sets, pods)
    }

    /// Works out what is backing each Service without a ready endpoint.
    ///
    /// - Parameter isMarked: Whether a workload, by its position in the index, is one that the caller asks for. Asked once
    ///   for each workload.
    /// - Returns: What is backing each, in the order of ``positions``.
    func backing(marking isMarked: (Int) -> Bool = { _ in false }) -> [Backing] {
        var backing = Array(repeating: Backing(), count: positions.count)
        guard !sets.labels.isEmpty else { return backing }
        var wanted = PositionSet(count: order.count)
        var marked = PositionSet(count: order.count)
        for (place, workload) in order.enumerated() {
            if context.index.workloads[workload].desired != 0 { wanted.insert(place) }
            if isMarked(workload) { marked.insert(place) }
        }
        let selectors = positions.map { position in
            let service = context.index.services[position].service
            return (service.meta.namespace, service.selector.isEmpty ? nil : service.selector)
        }
        sets.evaluate(selectors, context.state.interner) { number, selected in
            var own = PositionSet(count: order.count)
            selected.forEach { set in
                backing[number].pods += pods[set].all
                backing[number].finishedPods += pods[set].finished
                workloads.forEach(in: set) { own.insert($0) }
            }
            backing[number].isScaledToZero = !own.isEmpty && own.isDisjoint(with: wanted)
            backing[number].hasMarkedWorkload = !own.isDisjoint(with: marked)
            backing[number].workloads = NameList(
                own.first(NameList.limit).map { context.text(context.index.workloads[order[$0]].name) },
                of: own.count
            )
        }
        return backing
    }
}

extension CollectionContext {
    /// The labels of a workload's template, without one those of a pod of it; nil where neither is known.
    func labels(ofWorkload position: Int) -> LabelsID? {
        if let labels = index.workloads[position].templateLabels { return labels }
        var labels: LabelsID?
        index.podsByWorkload.forEach(in: position) { row in
            if labels == nil { labels = pod(row)?.labels }
        }
        return labels
    }
}
