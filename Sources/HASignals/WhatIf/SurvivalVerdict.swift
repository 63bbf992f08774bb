/// What a cluster would survive, event by event: what a collection says of it beside samples and findings.
///
/// The answers are small and ready. What each single loss or drain would do is worked out of the table when it is asked
/// for, see ``loss(ofNode:)``, ``loss(ofZone:)`` and ``drain(ofNode:)``.
package struct SurvivalVerdict: Sendable {
    /// One for each event, in the order of ``SurvivalEvent``.
    package var events: [EventVerdict]
    /// Whether nothing stands against taking nodes out one by one: the value of `kube_ha_maintenance_safe`.
    package var maintenance: MaintenanceVerdict
    /// What is left of the collection to work out single losses.
    package var table: SurvivalTable

    /// Creates a verdict; without arguments, one that knows nothing.
    package init(
        events: [EventVerdict] = SurvivalEvent.allCases.map { EventVerdict(event: $0) },
        maintenance: MaintenanceVerdict = MaintenanceVerdict(),
        table: SurvivalTable = SurvivalTable()
    ) {
        self.events = events
        self.maintenance = maintenance
        self.table = table
    }

    /// What is said of an event.
    package subscript(event: SurvivalEvent) -> EventVerdict {
        events.first { $0.event == event } ?? EventVerdict(event: event)
    }

    /// What the worst loss of an event takes along; nil where no loss costs anything, for the event that is a drain, and
    /// where the answer is unknown.
    package func worstLoss(_ event: SurvivalEvent) -> LossImpact? {
        guard let place = self[event].worst else { return nil }
        switch event {
        case .nodeLoss, .controlPlaneNodeLoss: return loss(ofNode: place)
        case .zoneLoss: return loss(ofZone: place)
        case .nodeDrain: return nil
        }
    }

    /// What stands against the drain that is worst to do; nil where nothing stands against any, and where the answer is
    /// unknown.
    package func worstDrain() -> DrainImpact? {
        self[.nodeDrain].worst.flatMap { drain(ofNode: $0) }
    }

    /// What the loss of a node takes along; nil where there is no node of that name.
    package func loss(ofNode name: String) -> LossImpact? {
        table.nodes.position(named: name).map { table.impact(ofNode: $0) }
    }

    /// What the loss of a zone takes along; nil where no node is in a zone of that name.
    package func loss(ofZone name: String) -> LossImpact? {
        table.zones.position(named: name).map { table.impact(ofZone: $0) }
    }

    /// Everything that some single node would take along though it is not meant to survive that: single replicas, and what
    /// is exempt. Worked out when it is asked for.
    package var singleReplicas: LostObjects { table.singleReplicas }

    /// What draining a node would meet; nil where there is no node of that name, and where drains cannot be told.
    package func drain(ofNode name: String) -> DrainImpact? {
        guard let position = table.nodes.position(named: name), table.nodes.drains.indices.contains(position) else {
            return nil
        }
        return table.drainImpact(ofNode: position)
    }
}

/// An event that a cluster is meant to survive. The raw value is the label `event` of `kube_ha_survives`.
package enum SurvivalEvent: String, CaseIterable, Hashable, Sendable {
    /// The loss of a node without the control-plane role.
    case nodeLoss = "node_loss"
    /// The loss of a zone.
    case zoneLoss = "zone_loss"
    /// The loss of a node with the control-plane role, and of the pods on it.
    case controlPlaneNodeLoss = "control_plane_node_loss"
    /// The drain of a usable node.
    case nodeDrain = "node_drain"
}

/// Whether the cluster would survive.
package enum SurvivalAnswer: String, Hashable, Sendable {
    case yes, no
    /// It cannot be told, or the event cannot happen here.
    case unknown
}

/// What is said of one event.
package struct EventVerdict: Sendable {
    package var event: SurvivalEvent
    /// Unknown wherever `kube_ha_survives` is absent.
    package var answer = SurvivalAnswer.unknown
    /// Why the answer is unknown, in a sentence for people; empty where it is known.
    package var reason = ""
    /// How many nodes or zones the event can happen to.
    package var cases = 0
    /// With how many of them something would be lost that is meant to survive; of drains, how many are not safe.
    package var breaking = 0
    /// With how many of them nothing at all would be lost; of drains, how many would meet no obstacle of any kind.
    package var harmless = 0
    /// The name of the node or zone that is the worst case; nil where none costs anything, and where the answer is
    /// unknown.
    package var worst: String?

    /// Creates a verdict that knows nothing.
    package init(event: SurvivalEvent) {
        self.event = event
    }
}

/// Whether nodes may be taken out one by one now.
package struct MaintenanceVerdict: Sendable {
    /// Unknown wherever `kube_ha_maintenance_safe` is absent.
    package var answer = SurvivalAnswer.unknown
    /// What stands against it, or why it cannot be told: each a sentence for people. Empty where the answer is yes.
    package var reasons: [String] = []

    /// Creates a verdict.
    package init(answer: SurvivalAnswer = .unknown, reasons: [String] = []) {
        self.answer = answer
        self.reasons = reasons
    }
}

/// Objects that a loss takes along.
package struct LostObjects: Sendable {
    /// Hosts with a backend of which no ready endpoint would be left; kind `Host`.
    package var hosts: [FindingObject] = []
    /// Applications with a workload of which no healthy pod would be left; kind `Application`.
    package var applications: [FindingObject] = []
    /// Services of which no ready endpoint would be left.
    package var services: [FindingObject] = []
    /// Workloads of which no healthy pod would be left.
    package var workloads: [FindingObject] = []

    /// Whether there are none.
    package var isEmpty: Bool {
        hosts.isEmpty && applications.isEmpty && services.isEmpty && workloads.isEmpty
    }
}

/// What the loss of one node or zone takes along. Only what works now is in it.
package struct LossImpact: Sendable {
    /// The node or zone.
    package var place: FindingObject
    /// What is meant to survive and would not: hosts, whatever the workload behind them wants, and Services and workloads
    /// that want two replicas or more. Nothing that is exempt.
    package var broken = LostObjects()
    /// What would be lost too and counts for no answer: what wants a single replica, and what is exempt.
    package var singleReplicas = LostObjects()
    /// Names of the etcd clusters that would be without quorum.
    package var etcdClusters: [String] = []
    /// No serving API server would be left.
    package var losesLastAPIServer = false
    /// The cluster DNS would have no ready endpoint left.
    package var losesClusterDNS = false
    /// Names of the IngressClasses that carry hosts and whose controller would have no healthy pod left.
    package var ingressClasses: [String] = []
    /// The Gateways, as `NAMESPACE/NAME`, that routes are attached to and whose proxies would have no healthy pod left.
    package var gateways: [String] = []

    /// Creates the impact of a loss that takes nothing along.
    package init(place: FindingObject) {
        self.place = place
    }

    /// Whether something would be lost that is meant to survive.
    package var breaks: Bool {
        !broken.isEmpty || !etcdClusters.isEmpty || losesLastAPIServer || losesClusterDNS || !ingressClasses.isEmpty
            || !gateways.isEmpty
    }

    /// Whether nothing would be lost at all.
    package var isHarmless: Bool { !breaks && singleReplicas.isEmpty }
}

/// What draining one node would meet.
package struct DrainImpact: Sendable {
    /// The node.
    package var node: FindingObject
    /// How many pods would have to be moved.
    package var pods = 0
    /// How many pods or workloads each obstacle is met with; obstacles that are not met are left out.
    package var obstacles: [DrainObstacle: Int] = [:]
    /// The pods and workloads that are the obstacles, in order of obstacle, namespace and name. In `serve` only the
    /// first of each obstacle.
    package var details: [DrainDetail] = []
    /// The value of `kube_ha_node_drain_safe`.
    package var isSafe = true

    /// Creates the impact of a drain that meets nothing.
    package init(node: FindingObject) {
        self.node = node
    }
}

/// What stands against a drain. The raw value is the label `obstacle` of `kube_ha_node_drain_obstacle`.
package enum DrainObstacle: String, CaseIterable, Hashable, Sendable {
    /// The eviction of a pod would be refused now.
    case refused
    /// A workload that wants two replicas or more would have no healthy pod until those moved run.
    case outage
    /// The same of a workload that wants one.
    case singleReplica = "single_replica"
    /// A pod fits on no other node, or those to be moved together need more than the other nodes have left.
    case noRoom = "no_room"
    /// A pod's bound volume, node selector or affinity admits this node alone.
    case pinned
    /// A pod has no controller that would make another one.
    case barePod = "bare_pod"
}

/// One pod or workload that is an obstacle to a drain.
package struct DrainDetail: Sendable {
    package var obstacle: DrainObstacle
    /// A Pod, or for `outage` and `single_replica` the workload. The Node itself where only the pods together find no
    /// room.
    package var object: FindingObject
    /// Why it is one, where that can be told: which budgets refuse the eviction. Else empty.
    package var reason = ""

    /// Creates a detail.
    package init(obstacle: DrainObstacle, object: FindingObject) {
        self.obstacle = obstacle
        self.object = object
    }
}
