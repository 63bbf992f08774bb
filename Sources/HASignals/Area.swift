package import ClusterState
package import Exposition

/// One area of the guidance: its families, its rules, and how both come from the cluster.
///
/// `collect` is pure: no I/O, no clock, no logger, no throw. What is missing gives no sample, never a zero. Which
/// families and rules may speak, given the state of their sources, is the runner's business alone.
package protocol Area: Sendable {
    /// Which area it is.
    static var name: AreaName { get }
    /// The families it fills, in the order they are exposed.
    static var families: [any AnyFamily] { get }
    /// The rules it judges by.
    static var rules: [Rule] { get }
    /// Sources of its families that do not make the area unknown.
    static var optionalSources: Set<Source> { get }

    /// Whether the area means anything in this cluster.
    static func isApplicable(_ cluster: Cluster) -> Bool

    /// Why nothing can be said of the area although its sources are ok, in a sentence for people: it is unknown then
    /// unless critical. nil where that is not so.
    static func undetermined(_ cluster: Cluster) -> String?

    /// Names of rules that are not evaluated now for a reason other than their sources.
    static func suspendedRules(_ cluster: Cluster) -> Set<String>

    /// Adds the samples and raises the findings.
    static func collect(_ cluster: Cluster, into output: inout SignalOutput)
}

extension Area {
    package static var optionalSources: Set<Source> { [] }

    package static func isApplicable(_: Cluster) -> Bool { true }

    package static func undetermined(_: Cluster) -> String? { nil }

    package static func suspendedRules(_: Cluster) -> Set<String> { [] }

    /// The sources whose state decides whether the area is unknown.
    static var requiredSources: Set<Source> {
        var sources: Set<Source> = []
        for family in families {
            for word in family.descriptor.sources { sources.formUnion(SourceNeed(word)?.sources ?? []) }
        }
        return sources.subtracting(optionalSources)
    }
}

/// What an area sees: the state with its index, the probes, and the past.
package final class Cluster: Sendable {
    package let state: ClusterState
    package let index: ClusterIndex
    package let probes: ProbeResults
    package let observations: Observations
    package let settings: SignalSettings
    /// Wall time of the collection, for what the cluster itself wrote.
    package let now: Timestamp
    /// Whether this is a recording, of which there is one observation only.
    package let isRecording: Bool

    /// The text of a string.
    package func text(_ id: StringID) -> String {
        state.interner.string(id)
    }

    /// Whether a source is ok.
    package func isOK(_ source: Source) -> Bool {
        state.status(of: source).state.givesFamilies
    }

    /// Whether an object is being deleted, or its namespace is or has been: of what is in one some kinds are deleted before
    /// others, and what is listed once a minute is seen to go last, so that one is no trouble of the other.
    package func isOnItsWayOut(_ meta: ObjectMeta) -> Bool {
        meta.isTerminating || index.standingNamespaces.map { !$0.contains(meta.namespace) } ?? false
    }

    /// Creates the view of a cluster, with its index. The sources of probes were judged before, see
    /// ``ClusterState/ClusterState/judgeSilence(_:areRequestsAnswered:)``.
    package init(
        state: ClusterState,
        probes: ProbeResults,
        observations: Observations,
        settings: SignalSettings,
        now: Timestamp,
        isRecording: Bool
    ) {
        self.state = state
        self.probes = probes
        self.observations = observations
        self.settings = settings
        self.now = now
        self.isRecording = isRecording
        index = ClusterIndex(state)
    }
}

/// What the operator says of the cluster, by flags.
package struct SignalSettings: Sendable {
    /// `--expected.zones`; nil takes the most seen within 24 hours.
    package var expectedZones: Int?
    /// `--expected.apiservers`; nil takes the most seen within 24 hours.
    package var expectedAPIServers: Int?
    /// Whether `--probe.endpoint` or an `--etcd.*` flag names a part of the control plane: then it is judged though no node
    /// bears its role.
    package var namesControlPlane = false
    /// `--etcd.endpoints none`: etcd is not to be judged.
    package var isEtcdExcluded = false
    /// `--leader-lease NAMESPACE/NAME`: further leader leases to watch.
    package var leaderLeases: [(namespace: String, name: String)] = []
    /// `--dns-service NAMESPACE/NAME`: the cluster DNS where neither its name nor its label is a usual one.
    package var dnsService: (namespace: String, name: String)?
    /// Rules that are not to be raised.
    package var optOuts = OptOuts()
    /// `--rbac-ignore-subjects`: subjects left out of area 14, by name or pattern (`*` for any run of characters);
    /// ServiceAccounts as `namespace/name`.
    package var ignoredSubjects: [String] = []
    /// `--metric-allowlist`, `--metric-denylist`.
    package var metrics = MetricSelection()
    /// `--workload-metrics`.
    package var workloadMetrics = WorkloadMetrics.all
    /// `--finding-series all`: findings of severity info get series too.
    package var listsInfoFindings = false
    /// `--finding-series-limit`.
    package var findingSeriesLimit = 2_000

    /// Creates the defaults.
    package init() {}
}
