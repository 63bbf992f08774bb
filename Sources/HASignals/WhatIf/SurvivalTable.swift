/// What a collection leaves behind so that the loss of any node or zone can be worked out later, when the cluster's state
/// may have moved on: the places, and of everything that one of them alone could take along, where it is.
package struct SurvivalTable: Sendable {
    /// The nodes and the zones, each by name.
    package internal(set) var nodes = Places()
    package internal(set) var zones = Places()
    /// Workloads and Services of which everything that works is on one node, or in one zone.
    var rows: [Row] = []
    /// The applications that rows refer to, and how much of each works.
    package internal(set) var applications: [FindingObject] = []
    package internal(set) var applicationAvailability: [Availability] = []
    /// The hosts that ``hostLinks`` refer to, and how much of each works; the latter is empty where Services or their
    /// endpoints are not known.
    package internal(set) var hosts: [FindingObject] = []
    package internal(set) var hostAvailability: [Availability] = []
    /// The backends of hosts without a ready endpoint, in order of the host; not more than can be shown.
    package internal(set) var brokenBackends: [BrokenBackend] = []
    /// Which hosts have which Service of ``rows`` as a backend, in order of the row.
    var hostLinks: [HostLink] = []
    /// What else goes with a place: quorum, the last API server, cluster DNS, controllers of IngressClasses, proxies
    /// of Gateways.
    var parts: [PartRow] = []
    /// What stands against drains, in order of the node.
    var obstacles: [ObstacleRow] = []
    /// Why evictions are refused, each reason once.
    var refusals: [String] = []

    /// Creates a table of no places.
    package init() {}

    /// A workload with every healthy pod, or a Service with every ready endpoint, on one node or in one zone.
    struct Row: Sendable {
        var object: FindingObject
        /// Position in ``applications`` of what a workload is part of; −1 for none, and for Services.
        var application: Int32 = -1
        var location = Location()
        var flags: RowFlags = []
    }

    /// The one place that something is at.
    struct Location: Sendable, BitwiseCopyable {
        /// Positions in ``nodes`` and ``zones``; −1 where it is on or in several.
        var node: Int32 = -1
        var zone: Int32 = -1
    }

    struct RowFlags: OptionSet, Sendable, BitwiseCopyable {
        let rawValue: UInt8
        /// It is a Service.
        static let service = RowFlags(rawValue: 1 << 0)
        /// It is meant to survive the loss of a node, of a zone: two replicas or more are wanted, and it is not exempt.
        static let meantByNode = RowFlags(rawValue: 1 << 1)
        static let meantByZone = RowFlags(rawValue: 1 << 2)
        /// The hosts behind it are meant to survive the loss of a node, of a zone: it is not exempt.
        static let hostsMeantByNode = RowFlags(rawValue: 1 << 3)
        static let hostsMeantByZone = RowFlags(rawValue: 1 << 4)
    }

    /// That a Service is a backend of a host.
    struct HostLink: Sendable, BitwiseCopyable {
        var row: Int32
        var host: Int32
    }

    /// A part of the cluster that would be lost with a place.
    struct PartRow: Sendable {
        enum Part: Sendable {
            case etcdQuorum, lastAPIServer, clusterDNS, ingressController, gateway
        }

        var part: Part
        /// The etcd cluster or IngressClass, or `NAMESPACE/NAME` of the Gateway; empty for the others.
        var name = ""
        var location = Location()
    }

    /// A pod or workload that stands against the drain of a node.
    struct ObstacleRow: Sendable {
        var node: Int32
        var detail: DrainDetail
        /// Position in ``refusals``; −1 where it is no refused eviction.
        var refusal: Int32 = -1
    }

    /// Nodes or zones, by name.
    package struct Places: Sendable {
        /// Their names, in order.
        package internal(set) var names: [String] = []
        /// How much each would take along.
        package internal(set) var losses: [PlaceLosses] = []
        /// What draining each would meet; empty for zones.
        package internal(set) var drains: [DrainCounts] = []
        /// What is known of each; empty for zones.
        package internal(set) var facts: [NodeFacts] = []

        /// Creates places that take nothing along.
        init(_ names: [String] = []) {
            self.names = names
            losses = Array(repeating: PlaceLosses(), count: names.count)
        }

        /// The position of a name; nil where there is none.
        package func position(named name: String) -> Int? {
            var low = 0
            var high = names.count
            while low < high {
                let middle = (low + high) / 2
                if names[middle] < name { low = middle + 1 } else { high = middle }
            }
            return low < names.count && names[low] == name ? low : nil
        }
    }
}

/// How much the loss of a place would take along.
package struct PlaceLosses: Hashable, Sendable, BitwiseCopyable {
    package var hosts: Int32 = 0
    package var applications: Int32 = 0
    package var services: Int32 = 0
    package var workloads: Int32 = 0
    /// Of the hosts, those that are meant to survive it.
    package var brokenHosts: Int32 = 0
    /// Of the Services and workloads, those that are meant to survive it.
    package var broken: Int32 = 0
    /// Quorum of an etcd cluster, the last API server, cluster DNS, controllers of IngressClasses, proxies of Gateways.
    package var parts: Int32 = 0

    /// Whether something that is meant to survive would be lost.
    package var breaks: Bool { brokenHosts + broken + parts > 0 }

    /// Whether nothing would be lost at all.
    package var isHarmless: Bool { !breaks && hosts + services + workloads == 0 }

    /// The order in which losses are called worse: the control plane and the ways into the cluster, then hosts, then what
    /// else is meant to survive, then the rest.
    var weight: InlineArray<7, Int32> { [parts, brokenHosts, broken, hosts, applications, services, workloads] }

    /// Creates the losses of a place that takes nothing along.
    package init() {}
}

/// What draining a node would meet, in numbers.
package struct DrainCounts: Sendable, BitwiseCopyable {
    /// Pods that would have to be moved.
    package var pods: Int32 = 0
    /// Whether it is safe: the value of `kube_ha_node_drain_safe`.
    package var isSafe = true
    private var counts = InlineArray<6, Int32>(repeating: 0)

    /// Creates the counts of a drain that meets nothing.
    package init() {}

    /// How many pods or workloads the obstacle would be met with.
    package subscript(obstacle: DrainObstacle) -> Int32 {
        get { counts[obstacle.position] }
        set { counts[obstacle.position] = newValue }
    }

    /// Whether no obstacle of any kind would be met.
    package var meetsNothing: Bool { DrainObstacle.allCases.allSatisfy { self[$0] == 0 } }
}

extension DrainObstacle {
    /// Its position among all.
    var position: Int {
        switch self {
        case .refused: 0
        case .outage: 1
        case .singleReplica: 2
        case .noRoom: 3
        case .pinned: 4
        case .barePod: 5
        }
    }
}
