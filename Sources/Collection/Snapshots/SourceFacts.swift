package import ClusterState
import Exposition
import HASignals
import KubernetesWire

/// The state of one source at a collection.
package struct SourceFacts: Sendable {
    package let source: Source
    package let status: SourceStatus
    /// Objects held; nil for what holds none, and where nothing was received yet.
    package let objects: Int?

    /// Creates the facts of a source.
    package init(source: Source, status: SourceStatus, objects: Int?) {
        self.source = source
        self.status = status
        self.objects = objects
    }

    /// Whether the source exists here and was not excluded.
    package var isWanted: Bool { status.state != .absent && status.state != .disabled }

    /// The facts once nobody has looked at the source for too long: stale, unless it does not exist here.
    package var outdated: SourceFacts {
        guard isWanted else { return self }
        var status = status
        status.state = .stale
        return SourceFacts(source: source, status: status, objects: nil)
    }

    /// Whether it has answered at some time.
    var hasSynced: Bool { status.hasSynced }

    /// Whether readiness waits for it.
    package var isAwaited: Bool { status.isAwaited(of: source) }

    /// The sources that some family or rule is computed from; the others are never asked.
    package static let used: [Source] = {
        var used: Set<Source> = []
        for area in allAreas {
            for family in area.families {
                for word in family.descriptor.sources { used.formUnion(SourceNeed(word)?.sources ?? []) }
            }
            for rule in area.rules { for need in rule.needs { used.formUnion(need.sources) } }
        }
        return Source.allCases.filter(used.contains)
    }()

    /// The facts of every used source.
    static func all(_ state: ClusterState, _ probes: ProbeResults) -> [SourceFacts] {
        used.map { source in
            let facts = SourceFacts(source: source, status: state.status(of: source), objects: nil)
            guard facts.isWanted, facts.hasSynced else { return facts }
            return SourceFacts(
                source: source,
                status: facts.status,
                objects: state.objectCount(of: source, probes)
            )
        }
    }
}

extension ClusterState {
    /// How many objects are held of a source; nil for one of which none are.
    func objectCount(of source: Source, _ probes: ProbeResults) -> Int? {
        switch source {
        case .apiserver: probes.apiServers.count
        case .apiservermetrics: deprecatedAPIs.instanceCount
        case .etcd: probes.etcdClusters.reduce(0) { $0 + $1.members.count }
        default: APIResource.of(source)?.count(in: self)
        }
    }
}
