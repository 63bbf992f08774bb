/// The flags and the rules file that change what is collected and evaluated.
package struct SignalSettings: Sendable {
    /// `--expected.zones`; nil takes the most seen within 24 hours.
    package var expectedZones: Int?
    /// `--expected.apiservers`; nil takes the most seen within 24 hours.
    package var expectedAPIServers: Int?
    /// `--expected.etcd-members`: how many members etcd has at least, where it is seen by its metrics and no member list
    /// tells.
    package var expectedEtcdMembers: Int?
    /// Whether `--probe.endpoint` or an `--etcd.*` flag names a part of the control plane: then it is judged although no node
    /// has its role.
    package var namesControlPlane = false
    /// `--etcd.endpoints none`: etcd is not to be judged.
    package var isEtcdExcluded = false
    /// `--namespaces`: only these are read; empty for all.
    package var namespaces: Set<String> = []
    /// `--namespaces-denylist`: these are not read.
    package var deniedNamespaces: Set<String> = []
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
    /// `--application-label`: the labels of which the first that a workload carries names its application.
    package var applicationLabels = ["app.kubernetes.io/part-of", "app.kubernetes.io/instance"]
    /// `--host-metrics`; nil lists all hosts up to a number, beyond it those at risk.
    package var hostMetrics: HostMetrics?
    /// `--autoscaled`: nodes are full by design and new ones come, so that a drain is safe without room.
    package var isAutoscaled = false
    /// How many pods and workloads of each obstacle to a drain are kept by name for each node; of the others only the
    /// number.
    package var drainDetailLimit: Int32 = 10
    /// `--finding-series-limit`.
    package var findingSeriesLimit = 2_000

    /// Creates the defaults.
    package init() {}

    /// Whether the objects of a namespace are read: nothing can be said of one that is not.
    func reads(namespace: String) -> Bool {
        (namespaces.isEmpty || namespaces.contains(namespace)) && !deniedNamespaces.contains(namespace)
    }
}
