/// The scripted cluster: what is in it, and how it changes as time passes. All of it is a value; the same calls in
/// the same order give the same objects.
struct ScriptedCluster: Sendable {
    let plan: ClusterPlan
    let factory: ObjectFactory
    var store: ObjectStore
    var random: SplitMix64
    var nodes: [NodeRecord] = []
    var workloads: [WorkloadRecord] = []
    var pods: [PodRecord] = []
    var freeSlots: [Int] = []
    /// Worker nodes by zone, and where the next pod goes.
    var workers: [[Int]] = []
    var nextWorker: [Int] = []
    /// The next pod address, counted from 10.64.0.0.
    var nextAddress: UInt32 = 0x0A40_0001
    /// One recorded endpoint, from which all are made.
    var endpointTemplate = ProtobufMessage()
    /// What is to be done, by tick.
    var scheduled: [Int64: [ScheduledAction]] = [:]
    /// Workloads whose pods have changed since their objects were last written.
    var changedWorkloads: Set<Int> = []
    /// Ticks since the start; see ``tickLength``.
    var tick: Int64 = 0
    /// No write gets through: etcd has no quorum, or the test says so.
    var isFrozen = false
    /// Pods replaced or made unready a second.
    var churnRate: Double = 0
    var owedChurn: Double = 0
    /// Where the leader leases are held: controller manager, scheduler.
    var leaders: [Int] = [0, 0]
    var lostMembers: Set<Int> = []
    /// Members that take connections and do nothing.
    var suspendedMembers: Set<Int> = []
    var lostAPIServers: Set<Int> = []

    /// Time passes in steps of this length, whatever the steps in which it is announced.
    static let tickLength: Duration = .milliseconds(100)
    static let ticksPerSecond: Int64 = 10

    /// Time since the start.
    var now: Duration { Self.tickLength * Int(tick) }
    /// Wall time in seconds since 1970.
    var wallTime: Int64 { plan.startTime + tick / Self.ticksPerSecond }

    /// Builds the cluster.
    ///
    /// - Throws: ``RecordedTemplatesError`` where the recording lacks an object it is made from.
    init(plan: ClusterPlan, templates: RecordedTemplates) throws(RecordedTemplatesError) {
        self.plan = plan
        factory = ObjectFactory(templates: templates, plan: plan)
        store = ObjectStore(revision: 1000)
        random = SplitMix64(seed: plan.seed)
        guard let endpoint = try templates.named("web-", .endpointSlices).messages(2).first else {
            throw .missing(resource: SimulatedResource.endpointSlices.recordedName, name: "web-")
        }
        endpointTemplate = endpoint
        for number in [2, 4] { endpointTemplate.edit(number) { _ in } }
        try buildNodes()
        try buildSystem()
        if plan.hasSuites { try buildSuites() }
        try buildApplications()
        try buildControlPlaneObjects()
        try buildFixedObjects()
        loadPods()
        store.finishLoading()
        changedWorkloads = Set(workloads.indices)
        writeChangedWorkloads()
        store.compactAll()
    }

    /// Runs an action after a time, counted in whole ticks.
    mutating func schedule(_ action: ScheduledAction, after delay: Duration) {
        let (seconds, attoseconds) = delay.components
        let ticks = max(1, seconds * Self.ticksPerSecond + attoseconds / 100_000_000_000_000_000)
        scheduled[tick + ticks, default: []].append(action)
    }

    /// Whether most etcd members work.
    var hasQuorum: Bool {
        let working = (0..<plan.masters).count { isMemberWorking($0) }
        return working > plan.masters / 2
    }

    /// Whether an etcd member runs and is not suspended.
    func isMemberWorking(_ index: Int) -> Bool {
        isMemberUp(index) && !suspendedMembers.contains(index)
    }

    /// Whether an etcd member takes connections.
    func isMemberUp(_ index: Int) -> Bool {
        !lostMembers.contains(index) && !nodes[index].isLost
    }

    /// Whether an API server runs. Masters are the first nodes.
    func isAPIServerUp(_ index: Int) -> Bool {
        index < plan.masters && !nodes[index].isLost && !lostAPIServers.contains(index)
    }

    /// The index of a node by name.
    func node(named name: String) -> Int? {
        nodes.firstIndex { $0.name == name }
    }

    /// The next pod address.
    mutating func takeAddress() -> String {
        defer { nextAddress &+= 1 }
        let parts = [24, 16, 8, 0].map { String((nextAddress >> UInt32($0)) & 0xFF) }
        return parts.joined(separator: ".")
    }
}
