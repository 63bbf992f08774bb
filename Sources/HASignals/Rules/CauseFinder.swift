import ClusterState

/// Links each finding to the object that explains it. See SIGNALS, «Causes».
///
/// A pure pass over the findings and the index, after the areas have run. Each link leads from the application to the
/// infrastructure: Ingress, route, webhook or APIService → Service → workload → claim, or node → zone; API server and
/// etcd member → node. A stalled control plane explains what the areas that it freezes say, nodes and zones included;
/// then nothing of the control plane is explained by a node. So no chain can come back to where it began.
struct CauseFinder {
    let context: CollectionContext
    /// The rules raised for each object, in the order of the findings. Practice (info) explains nothing.
    private let rules: [FindingObject: [String]]
    /// The findings of the control plane that may explain others, in the order of the findings.
    let controlPlane: [Finding]
    /// The stalled control plane, where it is: it explains all that the frozen areas say.
    private var stall: Explanation?
    /// Whether a rule tells that the control plane does not write, or cannot be seen to.
    let isStalled: Bool
    /// Workloads with fewer replicas available than desired, by the object of their findings.
    private(set) lazy var deficientWorkloads = findDeficientWorkloads()
    /// What explains the deficit of a workload, as far as that was asked, by its position.
    var workloadExplanations: [Int: Explanation?] = [:]
    /// The deficient workloads that a Service selects.
    private(set) lazy var workloadsByService = findWorkloadsByService()
    /// The deficient workloads that a budget guards.
    private(set) lazy var workloadsByBudget = findWorkloadsByBudget()
    /// The claims that are not bound, with the rule that tells of it.
    private(set) lazy var unboundClaims = findUnboundClaims()
    /// The workloads whose pods the API server refuses to create.
    private(set) lazy var refusedWorkloads = Replicas.replicaFailures(context)
    private(set) lazy var backends = BackendFacts(context)
    private(set) lazy var backendServices = findBackendServices()
    /// What explains the pods that findings are about.
    private(set) lazy var podExplanations = findPodExplanations()
    let controlPlaneFacts: ControlPlaneFacts

    /// Sets the cause of each finding that has one.
    static func link(_ findings: inout [Finding], _ context: CollectionContext) {
        guard findings.contains(where: { links[$0.rule] != nil }) else { return }
        var finder = CauseFinder(findings, context)
        for position in findings.indices {
            guard finder.mayExplain(findings[position].rule, of: findings[position].area),
                let explanation = finder.explanation(of: findings[position])
            else { continue }
            findings[position].explanation = explanation
        }
    }

    private init(_ findings: [Finding], _ context: CollectionContext) {
        self.context = context
        var rules: [FindingObject: [String]] = [:]
        for position in findings.indices where findings[position].severity != .info {
            rules[findings[position].object, default: []].append(findings[position].rule)
        }
        self.rules = rules
        controlPlane = findings.filter { Self.controlPlaneOrder.contains($0.rule) }
        isStalled = controlPlane.contains(where: SignalRunner.isFreezing)
        controlPlaneFacts = ControlPlaneFacts(context)
        stall = findStall()
    }

    /// What the finding is about, as far as that may have a cause.
    private enum Link {
        /// Replicas of a workload that are missing.
        case workload
        /// A pod of a StatefulSet that a node holds.
        case heldPod
        /// Healthy pods on one node, or in one zone, alone.
        case oneNode, oneZone
        /// A Service without ready endpoint, or with all of them in one place.
        case service, serviceSpread
        /// What sends requests to Services.
        case ingress, route, webhook, apiService
        /// The controller of an IngressClass.
        case ingressController
        case budget
        case unschedulablePods, stuckPod
        case node, missingZone
        case apiServer, missingAPIServers, etcdMember, etcdTolerance
        /// The control plane as a whole.
        case controlPlane
    }

    /// The rules whose findings may have a cause.
    private static let links: [String: Link] = {
        let byLink: [(Link, [Rule])] = [
            (.workload, [Replicas.down, Replicas.neverUp, Replicas.lacking, Rollouts.stuckRollout]),
            (.heldPod, [Replicas.heldByUnreachableNode]),
            (.oneNode, [Zones.singleNode]),
            (.oneZone, [Zones.singleZone]),
            (.service, [Services.empty, Services.dnsDown]),
            (.serviceSpread, [Services.dnsSingleNode, Survival.hostLostWithNode, Survival.hostLostWithZone]),
            (.ingress, [Ingresses.backendUnavailable]),
            (.route, [Ingresses.routeBackendUnavailable]),
            (
                .webhook,
                [ExtensionPoints.podsBlocked, ExtensionPoints.withoutEndpoints, ExtensionPoints.singleEndpoint]
            ),
            (.apiService, [ExtensionPoints.apiServiceDown]),
            (.ingressController, [Ingresses.controllerSingle]),
            (.budget, [DisruptionBudgets.exhausted]),
            (.unschedulablePods, [Nodes.podsUnschedulable]),
            (.stuckPod, [Nodes.stuckPod]),
            (
                .node,
                [Nodes.notReady, ControlPlane.masterNotReady, Storage.heldByUnreachableNode, Storage.attachmentFailing]
            ),
            (.missingZone, [Zones.zoneMissing]),
            (.apiServer, [ControlPlane.notReady]),
            (.missingAPIServers, [ControlPlane.missing]),
            (.etcdMember, [Etcd.memberUnhealthy]),
            (.etcdTolerance, [Etcd.noTolerance]),
            (
                .controlPlane,
                [
                    Etcd.quorumLost, Etcd.noLeader, ControlPlane.noneServing, ControlPlane.requestsFailing,
                    ControlPlane.writesStalled, ControlPlane.leaseExpiredRule,
                ]
            ),
        ]
        var links: [String: Link] = [:]
        for (link, rules) in byLink { for rule in rules { links[rule.name.description] = link } }
        return links
    }()

    /// Whether a finding of the rule may have a cause: asked first, since most have none and copying one costs more.
    private func mayExplain(_ rule: String, of area: AreaName) -> Bool {
        Self.links[rule] != nil || stall != nil && SignalRunner.frozenAreas.contains(area)
    }

    private mutating func explanation(of finding: Finding) -> Explanation? {
        if let stall, SignalRunner.frozenAreas.contains(finding.area) { return stall }
        guard let link = Self.links[finding.rule] else { return nil }
        let object = finding.object
        switch link {
        case .workload: return deficientWorkloads[object].flatMap { explainWorkload($0) }
        case .heldPod: return explainHeldPod(object)
        case .oneNode: return explainCrowding(object, byZone: false)
        case .oneZone: return explainCrowding(object, byZone: true)
        case .service: return explainService(object)
        case .serviceSpread: return explainSpread(ofService: object)
        case .ingress, .route, .webhook, .apiService: return explainBackends(of: object)
        case .ingressController: return explainController(ofClass: object)
        case .budget: return explainBudget(object)
        case .unschedulablePods, .stuckPod: return podExplanations[object]
        case .node: return explainNode(named: object.name)
        case .missingZone: return lostZone
        case .apiServer: return explainAPIServer(named: object.name)
        case .missingAPIServers: return explainMissingAPIServers()
        case .etcdMember: return explainEtcdMember(object)
        case .etcdTolerance: return explainEtcdCluster(object)
        case .controlPlane: return explainControlPlane(finding)
        }
    }

    // MARK: Objects that explain

    /// The object as a cause, with the first rule raised for it.
    func cause(_ object: FindingObject) -> Cause {
        Cause(object: object, rule: rules[object]?.first ?? "")
    }

    /// Whether the rule is raised for the object.
    func isRaised(_ rule: Rule, _ object: FindingObject) -> Bool {
        rules[object]?.contains(rule.name.description) ?? false
    }

    /// The node of a name as what explains something, with its zone behind it where that is lost or degraded.
    func explanation(byNode name: StringID) -> Explanation {
        let object = FindingObject(kind: "Node", name: context.text(name))
        return Explanation(cause(object), because: explainNode(named: object.name))
    }

    /// The zone of a node that is not Ready, where that zone is lost or degraded.
    private func explainNode(named name: String) -> Explanation? {
        guard let id = context.state.interner.find(name), let position = context.index.nodePositions[id],
            !context.index.nodes[position].isReady
        else { return nil }
        let zone = context.index.zoneOfNode[position]
        return zone < 0 ? nil : explanation(byZone: context.index.zones[zone])
    }

    /// The zone of a name, where it is lost or degraded.
    func explanation(byZone name: StringID) -> Explanation? {
        let object = FindingObject(kind: "Zone", name: context.text(name))
        guard isRaised(Zones.zoneLost, object) || isRaised(Zones.zonePartlyLost, object) else { return nil }
        return Explanation(cause(object))
    }

    private var lostZone: Explanation? {
        context.index.zones.lazy
            .filter { isRaised(Zones.zoneLost, FindingObject(kind: "Zone", name: context.text($0))) }
            .compactMap { explanation(byZone: $0) }.first
    }

    /// Whether the node of a name is not Ready, or gone; false where nodes are not known.
    func isDown(node name: StringID) -> Bool {
        guard context.isOK(.nodes), !name.isEmpty else { return false }
        return context.index.node(named: name)?.isReady != true
    }
}
