import ClusterState

/// What area 18 knows of a cluster: hosts and applications, everything that a single node or zone could take along, and
/// the drains. See SIGNALS, area 18.
struct SurvivalFacts: Sendable {
    /// An application, with what its workloads would lose. Those of DaemonSets and those that want no replica are left
    /// out.
    struct Application: Sendable {
        var key: Applications.Key
        var workloads = 0
        /// Workloads without an available replica.
        var unavailable = 0
        /// Positions of the workloads with every healthy pod on one node.
        var singlePoints: [Int] = []
        /// Workloads that the worst loss takes along.
        var worstNode = 0
        var worstZone = 0
        /// Whether the zones of its workloads' pods are known as far as they matter.
        var areZonesKnown = true
    }

    /// A host, with what its backends would lose.
    struct Host: Sendable {
        var namespace: StringID
        /// Empty for any host.
        var name: StringID
        var backends = 0
        /// Backends with a ready endpoint; of these come the others.
        var available = 0
        /// Backends that have one left after the worst loss; nil where that cannot be told.
        var survivingNode: Int?
        var survivingZone: Int?
    }

    /// Which losses cannot be told, since it is not known where something is that they might take along whole.
    struct Gaps: Sendable {
        var nodesOfServices = false
        /// Of the Services and workloads that are meant to survive the loss, others taking no answer away.
        var nodesOfMeantServices = false
        var zonesOfMeantServices = false
        var zonesOfMeantWorkloads = false
        var nodesOfHosts = false
        var zonesOfHosts = false
        var zonesOfApplications = false
        /// Where a member of etcd or an API server lives.
        var nodesOfControlPlane = false
        var zonesOfControlPlane = false
    }

    private(set) var applications: [Application] = []
    /// By position of the workload, a position in ``applications``; −1 where it is part of none.
    private(set) var applicationOfWorkload: [Int32] = []
    private(set) var hosts: [Host] = []
    private(set) var gaps = Gaps()
    private(set) var table = SurvivalTable()
    /// Positions of the Services that are backends of hosts, with what stands behind them and the names of the hosts.
    private(set) var backends: [(service: Int, behind: ServiceWants.Behind?, hosts: [Int])] = []
    /// Whether the drains were worked out: only where every source of them is ok.
    private(set) var hasDrains = false

    init(_ context: CollectionContext) {
        table.nodes = .init(context.index.nodes.map { context.text($0.meta.name) })
        table.nodes.facts = NodeFacts.all(context)
        table.zones = .init(context.index.zones.map(context.text))
        let arePlaced = context.isOK(.nodes) && context.isOK(.pods)
        let places = WorkloadPlaces(context.index)
        addWorkloads(places, arePlaced: arePlaced, context)
        addServices(context)
        addControlPlane(context)
        addIngressControllers(places, context)
        addGateways(places, context)
        count()
        table.applicationAvailability = applicationAvailability(context)
        if context.isOK(.services), context.isOK(.endpointslices) { table.hostAvailability = hostAvailability }
        if DrainPlan.needs.allSatisfy({ $0.isWhollyMet(context.state) }) {
            let plan = DrainPlan(context, places)
            table.nodes.drains = plan.counts
            table.obstacles = plan.obstacles
            table.refusals = plan.reasons
            hasDrains = true
        }
    }

    private mutating func addWorkloads(_ places: WorkloadPlaces, arePlaced: Bool, _ context: CollectionContext) {
        let index = context.index
        let known = Applications(context)
        applicationOfWorkload = known.ofWorkload
        applications = known.keys.map { Application(key: $0) }
        table.applications = known.keys.map {
            FindingObject(kind: "Application", namespace: context.text($0.namespace), name: context.text($0.name))
        }
        for (position, workload) in index.workloads.enumerated()
        where workload.kind != .daemonSet {
            let wanted = context.wanted(position)
            guard wanted > 0 else { continue }
            let application = Int(known.ofWorkload[position])
            let entry = places.entries[position]
            if application >= 0 {
                applications[application].workloads += 1
                let isAvailable = workload.available.map { $0 > 0 } ?? (entry.healthy > 0 || !arePlaced)
                if !isAvailable { applications[application].unavailable += 1 }
                if entry.isZoneUndecided { applications[application].areZonesKnown = false }
            }
            guard arePlaced, workload.arePodsKnown, !context.isPlaceholder(ifPlacedAt: entry, position) else {
                continue
            }
            let location = SurvivalTable.Location(node: Int32(entry.node.position), zone: Int32(entry.onlyZone))
            guard location.node >= 0 || location.zone >= 0 || entry.isZoneUndecided else { continue }
            if location.node >= 0, application >= 0 { applications[application].singlePoints.append(position) }
            var flags: SurvivalTable.RowFlags = []
            if wanted >= 2 {
                if !context.isExempt(workload, Zones.singleNode, in: .zones) { flags.insert(.meantByNode) }
                if !context.isExempt(workload, Zones.singleZone, in: .zones) { flags.insert(.meantByZone) }
            }
            if entry.isZoneUndecided {
                if flags.contains(.meantByZone) { gaps.zonesOfMeantWorkloads = true }
                if application >= 0 { gaps.zonesOfApplications = true }
                if location.node < 0 { continue }
            }
            table.rows.append(
                SurvivalTable.Row(
                    object: context.object(workload),
                    application: Int32(application),
                    location: location,
                    flags: flags
                )
            )
        }
    }

    private mutating func addServices(_ context: CollectionContext) {
        let index = context.index
        let zones = Dictionary(uniqueKeysWithValues: index.zones.enumerated().map { ($1, $0) })
        let known = Hosts(context)
        hosts = known.hosts.map { Host(namespace: $0.namespace, name: $0.name) }
        table.hosts = known.hosts.map { host in
            let name = context.text(host.name)
            return FindingObject(
                kind: "Host",
                namespace: context.text(host.namespace),
                name: name.isEmpty ? "*" : name
            )
        }
        var hostsOfService: [Int: [Int]] = [:]
        for (number, host) in known.hosts.enumerated() {
            addHost(number, host.backends, zones, context)
            for key in host.backends {
                if let position = index.servicePositions[key] { hostsOfService[position, default: []].append(number) }
            }
        }
        let placed = index.services.indices.filter {
            index.services[$0].onlyNode(index) >= 0 || index.services[$0].onlyZone(zones) >= 0
        }
        let undecided = index.services.indices.filter {
            index.services[$0].isNodeUndecided || index.services[$0].isZoneUndecided
        }
        let wants = ServiceWants(Array(Set(placed).union(undecided).union(hostsOfService.keys)), context)
        for (service, own) in hostsOfService.sorted(by: { $0.key < $1.key }) {
            backends.append((service, wants.behind(service), own))
        }
        addBrokenBackends(known, wants, context)
        for position in undecided {
            let facts = index.services[position]
            let own = flags(facts.service, wanted: wants.wanted(position), context)
            if facts.isNodeUndecided {
                gaps.nodesOfServices = true
                if own.contains(.meantByNode) { gaps.nodesOfMeantServices = true }
            }
            if facts.isZoneUndecided, own.contains(.meantByZone) { gaps.zonesOfMeantServices = true }
        }
        for position in placed {
            let facts = index.services[position]
            for host in hostsOfService[position] ?? [] {
                table.hostLinks.append(SurvivalTable.HostLink(row: Int32(table.rows.count), host: Int32(host)))
            }
            table.rows.append(
                SurvivalTable.Row(
                    object: context.object("Service", facts.service.meta),
                    location: .init(node: Int32(facts.onlyNode(index)), zone: Int32(facts.onlyZone(zones))),
                    flags: flags(facts.service, wanted: wants.wanted(position), context)
                )
            )
        }
    }

    private mutating func addBrokenBackends(_ known: Hosts, _ wants: ServiceWants, _ context: CollectionContext) {
        guard context.isOK(.services), context.isOK(.endpointslices) else { return }
        let index = context.index
        for (number, host) in known.hosts.enumerated() {
            for key in host.backends where table.brokenBackends.count < Self.brokenBackendLimit {
                let position = index.servicePositions[key]
                if let position, index.services[position].ready > 0 { continue }
                let workload = position.flatMap { wants.behind($0)?.workloads.first }
                table.brokenBackends.append(
                    BrokenBackend(
                        host: Int32(number),
                        service: FindingObject(
                            kind: "Service",
                            namespace: context.text(key.namespace),
                            name: context.text(key.name)
                        ),
                        workload: workload.map { context.object(index.workloads[$0]) }
                    )
                )
            }
        }
    }

    private func flags(_ service: Service, wanted: Int, _ context: CollectionContext) -> SurvivalTable.RowFlags {
        var flags: SurvivalTable.RowFlags = .service
        let isSingle = wanted == 1 && context.isExempt(service, Survival.hostSingleReplica)
        if !isSingle, !context.isExempt(service, Survival.hostLostWithNode) {
            flags.insert(.hostsMeantByNode)
            if wanted >= 2 { flags.insert(.meantByNode) }
        }
        if !isSingle, !context.isExempt(service, Survival.hostLostWithZone) {
            flags.insert(.hostsMeantByZone)
            if wanted >= 2 { flags.insert(.meantByZone) }
        }
        return flags
    }

    private mutating func addHost(
        _ number: Int,
        _ keys: [ServiceKey],
        _ zones: [StringID: Int],
        _ context: CollectionContext
    ) {
        let index = context.index
        hosts[number].backends = keys.count
        var byNode: [Int: Int] = [:]
        var byZone: [Int: Int] = [:]
        var isNodeUndecided = false
        var isZoneUndecided = false
        for key in keys {
            guard let position = index.servicePositions[key], index.services[position].ready > 0 else { continue }
            let facts = index.services[position]
            hosts[number].available += 1
            byNode[facts.onlyNode(index), default: 0] += 1
            byZone[facts.onlyZone(zones), default: 0] += 1
            if facts.isNodeUndecided { isNodeUndecided = true }
            if facts.isZoneUndecided { isZoneUndecided = true }
        }
        byNode[-1] = nil
        byZone[-1] = nil
        let available = hosts[number].available
        hosts[number].survivingNode = isNodeUndecided ? nil : available - (byNode.values.max() ?? 0)
        hosts[number].survivingZone =
            isZoneUndecided || !index.hasZones ? nil : available - (byZone.values.max() ?? 0)
        if isNodeUndecided { gaps.nodesOfHosts = true }
        if isZoneUndecided { gaps.zonesOfHosts = true }
    }

    mutating func note(_ part: SurvivalTable.PartRow) {
        table.parts.append(part)
    }

    mutating func noteUnknownPlace(isNode: Bool) {
        if isNode { gaps.nodesOfControlPlane = true } else { gaps.zonesOfControlPlane = true }
    }

    /// Counts what each place takes along, each host and application once a place.
    private mutating func count() {
        var lost = LossCounter(nodes: table.nodes.names.count, zones: table.zones.names.count)
        lost.count(table)
        table.nodes.losses = lost.nodes.losses
        table.zones.losses = lost.zones.losses
        for number in applications.indices {
            applications[number].worstNode = Int(lost.nodes.mostOfApplication[Int32(number)] ?? 0)
            applications[number].worstZone = Int(lost.zones.mostOfApplication[Int32(number)] ?? 0)
        }
    }
}
