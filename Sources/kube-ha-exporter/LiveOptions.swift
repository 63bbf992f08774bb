import ArgumentParser
import ClusterState
import Collection
import ControlPlaneProbes
import HASignals
import HTTPTransport
import KubernetesClient
import Logging
import Programs

/// Which live cluster is read, which of its resources, and how its control plane is probed.
struct LiveOptions: ParsableArguments {
    @Option(
        flag: "kubeconfig",
        takes: "file",
        "The kubeconfig file (default: the pod's service account, else $KUBECONFIG or ~/.kube/config)."
    )
    var kubeconfig: String?

    @Option(flag: "context", takes: "name", "The context of the kubeconfig (default: its current one).")
    var context: String?

    @Option(flag: "resources", takes: "names", "Read only these resources, separated by commas (default: all).")
    var resources: [String] = []

    @Option(flag: "namespaces", takes: "names", "Read only these namespaces, separated by commas (default: all).")
    var namespaces: [String] = []

    @Option(flag: "namespaces-denylist", takes: "names", "Do not read these namespaces, separated by commas.")
    var deniedNamespaces: [String] = []

    @Option(
        flag: "request-timeout",
        takes: "duration",
        "How long the API server may take until an answer begins, and between two parts of it (default: 1m)."
    )
    var requestTimeout: String?

    @Option(
        flag: "probe.endpoint",
        takes: "url",
        "An API server to probe, in addition to those found in the cluster; repeatable."
    )
    var probeEndpoints: [String] = []

    @Option(
        flag: "probe-timeout",
        takes: "duration",
        "How long each probe of an API server or etcd member may take (default: 5s)."
    )
    var probeTimeout: String?

    @Option(
        flag: "upgrade-preflight",
        takes: "bool",
        "Whether to read the API servers' /metrics once an hour for requests of deprecated APIs: true or false "
            + "(default: true). Requires the right to get the nonResourceURL /metrics."
    )
    var upgradePreflight: String?

    @Option(
        flag: "etcd.endpoints",
        takes: "urls",
        "etcd members to probe: URLs, or NAME=URL for clusters other than main; separated by commas; none for no etcd."
    )
    var etcdEndpoints: [String] = []

    @Option(
        flag: "etcd.metrics-endpoints",
        takes: "urls",
        "Where etcd members serve /metrics and /health (--listen-metrics-urls of etcd): all members, as URLs or "
            + "NAME=URL; separated by commas. Replaces --etcd.endpoints and needs no certificate."
    )
    var etcdMetricsEndpoints: [String] = []

    @Option(flag: "etcd.ca-file", takes: "file", "The CA certificates for the etcd members.")
    var etcdCAFile: String?

    @Option(flag: "etcd.cert-file", takes: "file", "The client certificate for etcd.")
    var etcdCertificateFile: String?

    @Option(flag: "etcd.key-file", takes: "file", "The key of the client certificate for etcd.")
    var etcdKeyFile: String?

    @Option(
        flag: "etcd.server-name",
        takes: "name",
        "The name to expect in the members' certificates (default: the host of the URL)."
    )
    var etcdServerName: String?

    /// Fails where one of the options was given as a flag, beside a flag that leaves them no meaning. Variables are set for
    /// all commands, and may stay.
    func expectNone(with other: String) throws(SettingError) {
        let all: [(flag: String, values: [String?])] = [
            ("--kubeconfig", [kubeconfig]), ("--context", [context]), ("--request-timeout", [requestTimeout]),
            ("--probe-timeout", [probeTimeout]), ("--upgrade-preflight", [upgradePreflight]),
            ("--etcd.ca-file", [etcdCAFile]), ("--etcd.cert-file", [etcdCertificateFile]),
            ("--etcd.key-file", [etcdKeyFile]), ("--etcd.server-name", [etcdServerName]), ("--resources", resources),
            ("--namespaces", namespaces), ("--namespaces-denylist", deniedNamespaces),
            ("--probe.endpoint", probeEndpoints), ("--etcd.endpoints", etcdEndpoints),
            ("--etcd.metrics-endpoints", etcdMetricsEndpoints),
        ]
        for (flag, values) in all {
            let given = values.compactMap(\.self)
            if given.isEmpty { continue }
            throw SettingError(
                origin: flag,
                text: given.joined(separator: ","),
                problem: "cannot go with \(other): it is about a live cluster"
            )
        }
    }

    /// The settings that the options come to, beside those of collections.
    func settings(
        _ environment: [String: String],
        _ collection: CollectionSettings
    ) throws(SettingError) -> LiveSettings {
        var settings = LiveSettings()
        settings.staleAfter = collection.staleAfter
        settings.probeInterval = min(collection.interval, LiveSettings.longestProbeInterval)
        settings.selection = try selection(environment, collection)
        settings.requestTimeout = try Setting(duration: "request-timeout", minimum: 1)
            .value(requestTimeout, environment)
        settings.probes.timeout =
            try Setting(duration: "probe-timeout", minimum: 1).value(probeTimeout, environment)
            ?? settings.probes.timeout
        let preflight = Setting<Bool>("upgrade-preflight") { text throws(ValueProblem) in
            guard let value = Bool(text) else { throw ValueProblem("is neither true nor false") }
            return value
        }
        settings.readsAPIServerMetrics = try preflight.value(upgradePreflight, environment) ?? true
        let endpoint = Setting<ProbeEndpoint>("probe.endpoint") { text throws(ValueProblem) in
            guard let endpoint = ProbeEndpoint(text) else {
                throw ValueProblem("is not a URL of an API server; write one such as https://192.0.2.11:6443")
            }
            return endpoint
        }
        settings.probes.apiServers = try endpoint.values(probeEndpoints, environment)
        let items = try Self.names("etcd.endpoints").values(etcdEndpoints, environment).flatMap { $0 }
        let metrics = try Self.names("etcd.metrics-endpoints").values(etcdMetricsEndpoints, environment).flatMap { $0 }
        do {
            settings.probes.etcd = try EtcdTargets(items, metrics: metrics)
        } catch {
            let flag = items.contains(error.item) ? "--etcd.endpoints" : "--etcd.metrics-endpoints"
            throw SettingError(origin: flag, text: error.item, problem: error.description)
        }
        settings.probes.etcdTLS.certificateAuthority = try PEMSource.setting("etcd.ca-file")
            .value(etcdCAFile, environment)
        settings.probes.etcdTLS.clientCertificate = try PEMSource.setting("etcd.cert-file")
            .value(etcdCertificateFile, environment)
        settings.probes.etcdTLS.clientKey = try PEMSource.setting("etcd.key-file").value(etcdKeyFile, environment)
        settings.probes.etcdTLS.serverName = try Setting<String>(text: "etcd.server-name")
            .value(etcdServerName, environment)
        return settings
    }

    /// Returns the cluster that the options name, and logs it; the program ends with the exit code where there is none.
    func access(
        _ environment: [String: String],
        _ logger: Logger,
        failure code: Int32
    ) throws(ProgramFailure) -> ClusterAccess {
        let (file, context) = try ProgramFailure.usage { () throws(SettingError) in
            (
                try Setting<String>(text: "kubeconfig").value(self.kubeconfig, environment),
                try Setting<String>(text: "context").value(self.context, environment)
            )
        }
        let access: ClusterAccess
        do throws(CredentialError) {
            let credentials = CredentialEnvironment { logger.warning("\($0)") }
            access = try ClusterAccess.find(kubeconfig: file, context: context, environment: credentials)
        } catch {
            throw ProgramFailure(error.description, code: code)
        }
        logger.info("reading \(access.endpoint.server)", metadata: ["credentials": "\(access.origin)"])
        for warning in access.warnings { logger.warning("\(warning)") }
        return access
    }

    private func selection(
        _ environment: [String: String],
        _ collection: CollectionSettings
    ) throws(SettingError) -> ResourceSelection {
        let sources = Setting<[Source]>("resources") { text throws(ValueProblem) in
            var sources: [Source] = []
            for name in Self.split(text) {
                guard let source = Source(rawValue: name) else {
                    throw ValueProblem(
                        "names '\(name)', which is not a resource that the exporter reads, such as pods or nodes"
                    )
                }
                sources.append(source)
            }
            return sources
        }
        let chosen = try sources.values(resources, environment).flatMap { $0 }
        return ResourceSelection(
            sources: chosen.isEmpty ? nil : Set(chosen),
            namespaces: try Self.names("namespaces").values(namespaces, environment).flatMap { $0 },
            deniedNamespaces: Set(
                try Self.names("namespaces-denylist").values(deniedNamespaces, environment).flatMap { $0 }
            ),
            leaseNamespaces: collection.signals.leaderLeases.map(\.namespace)
        )
    }

    private static func names(_ flag: String) -> Setting<[String]> {
        Setting(flag) { text throws(ValueProblem) in split(text) }
    }

    private static func split(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0.filter { $0 != " " }) }.filter { !$0.isEmpty }
    }
}
