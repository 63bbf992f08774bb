import ClusterState

extension SurvivalFacts {
    /// Notes which places take quorum, the last API server, or cluster DNS along.
    mutating func addControlPlane(_ context: CollectionContext) {
        let index = context.index
        let facts = ControlPlaneFacts(context)
        func zone(ofNode node: Int?) -> Int? {
            node.flatMap { index.zoneOfNode[$0] >= 0 ? index.zoneOfNode[$0] : nil }
        }
        if context.isOK(.etcd) {
            for etcd in context.probes.etcdClusters where etcd.hasMemberList && etcd.hasQuorum {
                let healthy = etcd.voters.filter(\.isHealthy)
                let nodes = healthy.map(facts.node)
                addQuorum(etcd, nodes) { .init(node: Int32($0)) }
                let zones = nodes.map(zone)
                addQuorum(etcd, zones) { .init(zone: Int32($0)) }
                let spare = etcd.healthyVoters - etcd.quorumSize
                func isUndecided(_ places: [Int?]) -> Bool {
                    places.contains(nil) && Self.most(places) + places.count(where: { $0 == nil }) > spare
                }
                if facts.mayBeOnNodes(etcd), isUndecided(nodes) { noteUnknownPlace(isNode: true) }
                // Even a member on a machine of its own is in some zone.
                if isUndecided(zones) { noteUnknownPlace(isNode: false) }
            }
        }
        if context.isOK(.apiserver) {
            let serving = context.probes.distinctAPIServers.filter(\.isServing)
            let nodes = serving.map { facts.node(ofAPIServer: $0.name) }
            // Who runs a managed control plane keeps it through the loss of a zone, or does not: it is not judged.
            if context.isControlPlaneEvaluated || nodes.contains(where: { $0 != nil }) {
                addLast(nodes, isNode: true) { .init(node: Int32($0)) }
                addLast(nodes.map(zone), isNode: false) { .init(zone: Int32($0)) }
            }
        }
        if let dns = context.clusterDNS {
            let zones = Dictionary(uniqueKeysWithValues: index.zones.enumerated().map { ($1, $0) })
            let service = index.services[dns]
            let location = SurvivalTable.Location(
                node: Int32(service.onlyNode(index)),
                zone: Int32(service.onlyZone(zones))
            )
            if location.node >= 0 || location.zone >= 0 { note(.init(part: .clusterDNS, location: location)) }
        }
    }

    /// Notes each place whose loss leaves the etcd cluster without quorum.
    private mutating func addQuorum(
        _ etcd: EtcdClusterProbe,
        _ places: [Int?],
        _ location: (Int) -> SurvivalTable.Location
    ) {
        for (place, count) in Self.counts(places) where etcd.healthyVoters - count < etcd.quorumSize {
            note(.init(part: .etcdQuorum, name: etcd.name, location: location(place)))
        }
    }

    /// Notes the place that every serving API server is at.
    private mutating func addLast(_ places: [Int?], isNode: Bool, _ location: (Int) -> SurvivalTable.Location) {
        let counts = Self.counts(places)
        guard !places.isEmpty, counts.count <= 1 else { return }
        if places.contains(nil) {
            noteUnknownPlace(isNode: isNode)
        } else if let (place, _) = counts.first {
            note(.init(part: .lastAPIServer, location: location(place)))
        }
    }

    private static func counts(_ places: [Int?]) -> [(Int, Int)] {
        Dictionary(places.compactMap(\.self).map { ($0, 1) }, uniquingKeysWith: +).sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }

    private static func most(_ places: [Int?]) -> Int {
        counts(places).map(\.1).max() ?? 0
    }

    /// Notes which places take along the controller of an IngressClass through which hosts are reached.
    mutating func addIngressControllers(_ places: WorkloadPlaces, _ context: CollectionContext) {
        guard context.isOK(.ingresses), context.isOK(.ingressclasses), context.isOK(.pods), context.isOK(.nodes) else {
            return
        }
        let controllers = IngressControllers(context)
        let known = IngressClasses(context)
        for row in context.state.ingressClasses.all where known.isUsed(row) && controllers.carriesTraffic(row) {
            addPart(.ingressController, context.text(row.meta.name), controllers.workloads(of: row), places, context)
        }
    }

    /// Notes which places take along the proxies of a Gateway that routes are attached to.
    mutating func addGateways(_ places: WorkloadPlaces, _ context: CollectionContext) {
        guard context.isOK(.gateways), context.isOK(.httproutes), context.isOK(.pods), context.isOK(.nodes) else {
            return
        }
        let proxies = GatewayProxies(context)
        var attached: Set<ServiceKey> = []
        context.state.httpRoutes.forEach { _, route in
            for parent in route.parents where parent.isGateway {
                attached.insert(ServiceKey(namespace: parent.namespace, name: parent.name))
            }
        }
        for row in context.state.gateways.all
        where attached.contains(ServiceKey(namespace: row.meta.namespace, name: row.meta.name)) {
            let name = "\(context.text(row.meta.namespace))/\(context.text(row.meta.name))"
            addPart(.gateway, name, proxies.workloads(of: row), places, context)
        }
    }

    /// Notes the place that every healthy pod of the workloads is at.
    private mutating func addPart(
        _ part: SurvivalTable.PartRow.Part,
        _ name: String,
        _ workloads: [Int],
        _ places: WorkloadPlaces,
        _ context: CollectionContext
    ) {
        guard workloads.allSatisfy({ context.index.workloads[$0].arePodsKnown }) else { return }
        let entries = workloads.map { places.entries[$0] }.filter { $0.healthy > 0 }
        guard let first = entries.first else { return }
        let location = SurvivalTable.Location(
            node: entries.allSatisfy { $0.node.position == first.node.position } ? Int32(first.node.position) : -1,
            zone: entries.allSatisfy { $0.onlyZone == first.onlyZone } ? Int32(first.onlyZone) : -1
        )
        if location.node >= 0 || location.zone >= 0 { note(.init(part: part, name: name, location: location)) }
    }
}

extension EtcdClusterProbe {
    /// Whether the healthy voters reach quorum.
    var hasQuorum: Bool { healthyVoters >= quorumSize }
}

extension CollectionContext {
    /// Whether the workload's pods are placeholders; asked only where one place holds them all, which nearly none does.
    func isPlaceholder(ifPlacedAt entry: WorkloadPlaces.Entry, _ position: Int) -> Bool {
        (entry.node.position >= 0 || entry.onlyZone >= 0) && isPlaceholder(position)
    }

    /// Whether the operator opted the workload out of a rule of the area.
    func isExempt(_ workload: Workload, _ rule: Rule, in area: AreaName = .survival) -> Bool {
        isExempt(object(workload), workload.labels, workload.ignoredRules, rule, area)
    }

    /// Whether the operator opted the Service out of a rule of area 18.
    func isExempt(_ service: Service, _ rule: Rule) -> Bool {
        isExempt(object("Service", service.meta), service.meta.labels, service.meta.ignoredRules, rule, .survival)
    }

    private func isExempt(
        _ object: @autoclosure () -> FindingObject,
        _ labels: LabelsID,
        _ ignored: StringID,
        _ rule: Rule,
        _ area: AreaName
    ) -> Bool {
        let optOuts = settings.optOuts
        let name = rule.name.description
        if !ignored.isEmpty, OptOuts.annotation(text(ignored), ignores: name) { return true }
        guard !optOuts.exemptNamespaces.isEmpty || !optOuts.exemptions.isEmpty else { return false }
        let object = object()
        if optOuts.exempts(namespace: object.namespace, area: .survival, severity: .warning) { return true }
        let severity = optOuts.severities[name] ?? rule.severity
        return optOuts.exemptions.contains {
            $0.silences(name, severity, in: area, of: object, labels, state.interner)
        }
    }
}
