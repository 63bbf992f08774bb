import ClusterState

extension Survival {
    static let hostLostWithNode = Rule(
        "host-lost-with-node",
        .warning,
        needs: [
            .one(.ingresses), .httpRoutes, .services, .endpointSlices, .nodes, .workloads,
        ],
        summary: "Every ready endpoint behind a host is on one node, though its workload wants several replicas.",
        remedy:
            "Spread the workload with a topologySpreadConstraint or pod anti-affinity on kubernetes.io/hostname, then restart the rollout."
    )
    static let hostLostWithZone = Rule(
        "host-lost-with-zone",
        .warning,
        needs: [
            .one(.ingresses), .httpRoutes, .services, .endpointSlices, .nodes, .workloads,
        ],
        summary: "Every ready endpoint behind a host is in one zone, though its workload could run in several.",
        remedy:
            "Add a topologySpreadConstraint on topology.kubernetes.io/zone to the workload, then restart the rollout."
    )
    static let hostSingleReplica = Rule(
        "host-single-replica",
        .info,
        needs: [
            .one(.ingresses), .httpRoutes, .services, .endpointSlices, .workloads,
        ],
        summary: "One replica is behind a host: while it restarts or moves, visitors get errors.",
        remedy: "Run two replicas or more, spread over nodes, where the application can do that."
    )
    static let singlePoints = Rule(
        "application-single-points",
        .info,
        needs: [.workloads, .pods, .nodes],
        summary: "Workloads of an application have every healthy pod on one node: with it a part of it is gone.",
        remedy:
            "Run more replicas of them where they can do that; of the others know how long a restart on another node takes."
    )

    package static let rules = [hostLostWithNode, hostLostWithZone, hostSingleReplica, singlePoints]

    /// While a zone is lost everything is crowded into the others: that is no fault of the workloads.
    package static func suspendedRules(_ context: CollectionContext) -> Set<String> {
        if Zones.suspendedRules(context).isEmpty { return [] }
        return [hostLostWithNode.name.description, hostLostWithZone.name.description]
    }

    static func evaluateBackends(_ facts: SurvivalFacts, _ context: CollectionContext, _ output: inout SignalOutput) {
        let index = context.index
        let zones = Dictionary(uniqueKeysWithValues: index.zones.enumerated().map { ($1, $0) })
        let isOneUsable = index.nodes.count(where: \.isUsable) <= 1
        var placement = ZonePlacement(context)
        for backend in facts.backends {
            guard let behind = backend.behind else { continue }
            let service = index.services[backend.service]
            let meta = service.service.meta
            if context.isBeingDeleted(meta) { continue }
            let object = context.object("Service", meta)
            let hosts = facts.list(backend.hosts)
            if behind.wanted == 1 {
                output.raise(hostSingleReplica, object, ignored: meta.ignoredRules, "one replica is behind \(hosts)")
            }
            guard behind.wanted >= 2 else { continue }
            let node = service.onlyNode(index)
            if node >= 0, !isOneUsable, output.isEvaluated(hostLostWithNode) {
                output.raise(
                    hostLostWithNode,
                    object,
                    ignored: meta.ignoredRules,
                    "\(count(service.ready)) on \(context.text(index.nodes[node].meta.name)); behind \(hosts)"
                )
                continue
            }
            let zone = service.onlyZone(zones)
            guard zone >= 0 else { continue }
            let eligible = behind.workloads.reduce(into: Set<Int>()) { all, position in
                let workload = index.workloads[position]
                guard let id = placement.placement(of: workload, at: position) else { return }
                all.formUnion(placement.eligibleZones(of: workload, id))
            }
            if eligible.count > 1 {
                output.raise(
                    hostLostWithZone,
                    object,
                    ignored: meta.ignoredRules,
                    "\(count(service.ready)) in \(context.text(index.zones[zone])), of \(eligible.count) zones "
                        + "that its workload could run in; behind \(hosts)"
                )
            }
        }
    }

    private static func count(_ ready: Int) -> String {
        ready == 1 ? "its one ready endpoint is" : "all \(ready) ready endpoints are"
    }

    static func evaluateApplications(_ facts: SurvivalFacts, _ context: CollectionContext, _ output: inout SignalOutput)
    {
        // On a single usable node everything is on it.
        guard output.isEvaluated(singlePoints), context.index.nodes.count(where: \.isUsable) > 1 else { return }
        for application in facts.applications where !application.singlePoints.isEmpty {
            let names = application.singlePoints
                .map { context.index.workloads[$0] }
                .filter { !context.isExempt($0, singlePoints) }
                .map(context.object)
                .map { "\($0.kind) \($0.name)" }.sorted()
            if names.isEmpty { continue }
            output.raise(
                singlePoints,
                FindingObject(
                    kind: "Application",
                    namespace: context.text(application.key.namespace),
                    name: context.text(application.key.name)
                ),
                "\(names.count) of \(application.workloads) workloads on one node each: \(names.joinedAtMost(10))"
            )
        }
    }
}

extension SurvivalFacts {
    /// At most five hosts by name, and how many more.
    func list(_ numbers: [Int]) -> String {
        numbers.map { table.hosts[$0].name }.sorted().joinedAtMost(5)
    }
}

extension [String] {
    /// The first texts with commas between them, and how many more there are.
    func joinedAtMost(_ limit: Int) -> String {
        let rest = count - limit
        return prefix(limit).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}
