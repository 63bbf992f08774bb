package import ArgumentParser
package import Collection
package import HASignals

/// Options of the areas: what is expected of the cluster, which rules and families are evaluated.
package struct SignalOptions: ParsableArguments {
    @Option(
        flag: "expected.zones",
        takes: "n",
        "The expected number of zones with a Ready node (default: the most within 24 hours)."
    )
    package var expectedZones: String?

    @Option(
        flag: "expected.apiservers",
        takes: "n",
        "The expected number of API servers (default: the most within 24 hours)."
    )
    package var expectedAPIServers: String?

    @Option(
        flag: "expected.etcd-members",
        takes: "n",
        "The expected number of etcd members, where --etcd.metrics-endpoints replaces the member list "
            + "(default: as many as it names)."
    )
    var expectedEtcdMembers: String?

    @Option(
        flag: "leader-lease",
        takes: "namespace/name",
        "A leader lease to watch in addition to those of the control plane; repeatable."
    )
    package var leaderLeases: [String] = []

    @Option(
        flag: "dns-service",
        takes: "namespace/name",
        "The Service of the cluster DNS (default: kube-system/kube-dns, one labelled k8s-app=kube-dns, or openshift-dns/dns-default)."
    )
    package var dnsService: String?

    @Option(
        flag: "rbac-ignore-subjects",
        takes: "pattern",
        "A subject whose rights are intended: a name or pattern, a ServiceAccount as namespace/name; repeatable."
    )
    package var ignoredSubjects: [String] = []

    @Option(
        flag: "rules-config",
        takes: "file",
        "A YAML file that disables rules, changes their severity, and exempts namespaces and objects."
    )
    package var rulesConfig: String?

    @Option(flag: "metric-allowlist", takes: "regex", "Collect only families whose whole name matches; repeatable.")
    package var metricAllowlist: [String] = []

    @Option(
        flag: "metric-denylist",
        takes: "regex",
        "Do not collect families whose whole name matches; repeatable."
    )
    package var metricDenylist: [String] = []

    @Option(
        flag: "workload-metrics",
        takes: "which",
        "Which workloads get their own series: all, at-risk (with a finding or a deficit), none (default: all)."
    )
    package var workloadMetrics: String?

    package init() {}

    @Option(
        flag: "application-label",
        takes: "label",
        "A label that names the application of a workload; repeatable or separated by commas, the first that a workload has counts (default: app.kubernetes.io/part-of, app.kubernetes.io/instance)."
    )
    var applicationLabels: [String] = []

    @Option(
        flag: "host-metrics",
        takes: "which",
        "Which hosts get their own series: all, at-risk (a backend without endpoints, now or after a loss), none (default: all, with more than 500 hosts at-risk)."
    )
    var hostMetrics: String?

    @Option(
        name: .customLong("autoscaled"),
        defaultAsFlag: "true",
        parsing: .next,
        help: ArgumentHelp(
            "An autoscaler adds nodes when there is no room: a drain is safe even if no other node has room now "
                + "(default: false).",
            valueName: "bool"
        )
    )
    var autoscaled: String?

    /// The settings that the options come to.
    package func settings(_ environment: [String: String]) throws(SettingError) -> SignalSettings {
        var settings = SignalSettings()
        settings.expectedZones = try Setting(number: "expected.zones", minimum: 1).value(expectedZones, environment)
        settings.expectedEtcdMembers = try Setting(number: "expected.etcd-members", minimum: 1)
            .value(expectedEtcdMembers, environment)
        settings.expectedAPIServers = try Setting(number: "expected.apiservers", minimum: 1)
            .value(expectedAPIServers, environment)
        settings.leaderLeases = try Self.reference("leader-lease").values(leaderLeases, environment)
        settings.dnsService = try Self.reference("dns-service").value(dnsService, environment)
        let text = { (name: String) in Setting<String>(name) { text throws(ValueProblem) in text } }
        settings.ignoredSubjects = try text("rbac-ignore-subjects").values(ignoredSubjects, environment)
        if let path = try text("rules-config").value(rulesConfig, environment) {
            do {
                settings.optOuts = try RulesConfiguration.read(path: path)
            } catch {
                throw SettingError(origin: "--rules-config", text: path, problem: "\(error)")
            }
        }
        let allowed = try text("metric-allowlist").values(metricAllowlist, environment)
        let denied = try text("metric-denylist").values(metricDenylist, environment)
        do {
            settings.metrics = try MetricSelection(allowlist: allowed, denylist: denied)
        } catch {
            throw SettingError(origin: error.flag, text: error.pattern, problem: error.description)
        }
        if let which = try Setting<WorkloadMetrics>(choice: "workload-metrics").value(workloadMetrics, environment) {
            settings.workloadMetrics = which
        }
        let named = applicationLabels.flatMap { $0.split(separator: ",").map(String.init) }
        let labels = try Self.applicationLabel.values(named, environment)
        if !labels.isEmpty { settings.applicationLabels = labels }
        settings.hostMetrics = try Setting<HostMetrics>(choice: "host-metrics").value(hostMetrics, environment)
        settings.isAutoscaled = try Self.autoscaled.value(autoscaled, environment) ?? false
        return settings
    }

    private static let autoscaled = Setting<Bool>("autoscaled") { text throws(ValueProblem) in
        guard let value = Bool(text) else { throw ValueProblem("is neither true nor false") }
        return value
    }

    /// A setting that names the key of a label: a name after an optional prefix and a slash.
    private static let applicationLabel = Setting<String>("application-label") { text throws(ValueProblem) in
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), !text.contains(where: \.isWhitespace) else {
            throw ValueProblem("is not a key of a label")
        }
        return text
    }

    /// A setting that names an object.
    package static func reference(_ name: String) -> Setting<(namespace: String, name: String)> {
        Setting(name) { text throws(ValueProblem) in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw ValueProblem("is not of the form namespace/name")
            }
            return (parts[0], parts[1])
        }
    }
}
