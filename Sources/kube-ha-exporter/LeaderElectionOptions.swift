import ArgumentParser
import Collection
import ExporterServer
import FoundationEssentials
import Glibc
import HTTPTransport
import KubernetesClient
import Logging
import Programs

/// Whether and how this process takes part in the election of a leader. The flags are those of Kubernetes' components.
struct LeaderElectionOptions: ParsableArguments {
    @Option(
        name: .customLong("leader-elect"),
        defaultAsFlag: "true",
        parsing: .next,
        help: ArgumentHelp(
            "Of several replicas, let the one that they elect by a Lease serve the cluster's metrics (default: false).",
            valueName: "bool"
        )
    )
    var leaderElect: String?

    @Option(
        flag: "leader-elect-lease-duration",
        takes: "duration",
        "How long a replica waits after it last saw the leader renew the lease (default: 15s, whole seconds)."
    )
    var leaseDuration: String?

    @Option(
        flag: "leader-elect-renew-deadline",
        takes: "duration",
        "How long the leader counts on its last renewal; shorter than the lease (default: 10s)."
    )
    var renewDeadline: String?

    @Option(
        flag: "leader-elect-retry-period",
        takes: "duration",
        "Time between two attempts to get or renew the lease (default: 2s)."
    )
    var retryPeriod: String?

    @Option(
        flag: "leader-elect-resource-namespace",
        takes: "name",
        "The namespace of the Lease (default: that of the service account or the kubeconfig's context)."
    )
    var resourceNamespace: String?

    @Option(flag: "leader-elect-resource-name", takes: "name", "The name of the Lease (default: kube-ha-exporter).")
    var resourceName: String?

    /// What the options come to; nil where this process takes part in no election.
    struct Settings {
        var timing = LeaderElectionTiming()
        var namespace: String?
        var name = "kube-ha-exporter"
    }

    /// Reads the options.
    func settings(_ environment: [String: String]) throws(SettingError) -> Settings? {
        let isOn = Setting<Bool>("leader-elect") { text throws(ValueProblem) in
            guard let value = Bool(text) else { throw ValueProblem("must be true or false") }
            return value
        }
        guard try isOn.value(leaderElect, environment) == true else { return nil }
        var settings = Settings()
        func duration(_ name: String, _ given: String?, _ value: inout Duration) throws(SettingError) {
            let setting = Setting<Duration>("leader-elect-\(name)") { text throws(ValueProblem) in
                try DurationText.parse(text)
            }
            value = try setting.value(given, environment) ?? value
        }
        try duration("lease-duration", leaseDuration, &settings.timing.leaseDuration)
        try duration("renew-deadline", renewDeadline, &settings.timing.renewDeadline)
        try duration("retry-period", retryPeriod, &settings.timing.retryPeriod)
        if let problem = settings.timing.problem {
            throw SettingError(origin: problem.flag, text: problem.text, problem: problem.reason)
        }
        settings.namespace = try Self.name("leader-elect-resource-namespace").value(resourceNamespace, environment)
        settings.name =
            try Self.name("leader-elect-resource-name").value(resourceName, environment) ?? settings.name
        return settings
    }

    /// A setting that is the name of an object: what a path of the API takes without escapes.
    private static func name(_ flag: String) -> Setting<String> {
        Setting(flag) { text throws(ValueProblem) in
            let allowed = "abcdefghijklmnopqrstuvwxyz0123456789-.".utf8
            guard (1...253).contains(text.utf8.count), text.utf8.allSatisfy({ allowed.contains($0) }) else {
                throw ValueProblem("is not a name of an object: only a-z, 0-9, - and . may be in it")
            }
            return text
        }
    }
}

extension LeaderElection {
    /// This process's part in an election.
    ///
    /// - Parameters:
    ///   - settings: How it is held.
    ///   - access: The cluster that has the lease.
    ///   - transport: What carries the requests.
    ///   - cluster: Is told of each write that the API server accepted.
    ///   - logger: Gets a line for each change.
    convenience init(
        _ settings: LeaderElectionOptions.Settings,
        _ access: ClusterAccess,
        _ transport: CurlTransport,
        _ cluster: LiveCluster,
        _ logger: Logger
    ) {
        self.init(
            lease: LeaseClient(
                client: APIClient(
                    transport: transport,
                    endpoint: access.endpoint,
                    credentials: access.credentials
                ),
                namespace: settings.namespace ?? access.endpoint.namespace,
                name: settings.name
            ),
            identity: Self.identity,
            timing: settings.timing,
            clock: .system,
            logger: logger,
            onWrite: { await cluster.noteOwnLeaseChange(at: $0) }
        )
    }

    /// The host's name, which is the pod's, and something that no other process has: as Kubernetes' own components do.
    private static var identity: String {
        var bytes = [CChar](repeating: 0, count: 256)
        let isKnown = gethostname(&bytes, bytes.count - 1) == 0
        let name = bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let host = isKnown ? String(decoding: name, as: UTF8.self) : ""
        return "\(host)_\(UUID().uuidString.lowercased())"
    }
}
