import KubernetesWire

extension SimulatorState {
    /// `/version`, and the health checks with or without `verbose`.
    mutating func healthAnswer(_ request: SimulatedRequest, _ segments: [String]) -> Answer {
        guard request.method == "GET", segments.count == 1 else { return text(404, "404 page not found\n") }
        switch segments[0] {
        case "version": return complete(head(200, .json), Self.version.encoded)
        case "readyz": return checks("readyz", Self.readyChecks, request)
        default: return checks(segments[0], Self.liveChecks, request)
        }
    }

    /// What the API server's etcd check takes to fail, as recorded: its own limit is 2 s.
    private static let etcdCheckTime = Duration.milliseconds(2007)

    /// As recorded: `/readyz` has no etcd check, `/livez` has one, which takes its time to fail.
    private mutating func checks(_ name: String, _ checks: [String], _ request: SimulatedRequest) -> Answer {
        let excluded = Set(request.query.filter { $0.name == "exclude" }.map(\.value))
        let failed = cluster.hasQuorum ? [] : checks.filter { $0 == "etcd" && !excluded.contains($0) }
        let failsAt = request.arrivedAt + Self.etcdCheckTime
        guard failed.isEmpty || failsAt <= cluster.now else { return .wait(until: failsAt) }
        let isVerbose = request.query.contains { $0.name == "verbose" }
        guard isVerbose || !failed.isEmpty else { return text(200, "ok") }
        var lines: [String] = []
        var isFailing = false
        for check in checks {
            if excluded.contains(check) {
                lines.append("[+]\(check) excluded: ok")
            } else if failed.contains(check) {
                isFailing = true
                lines.append("[-]\(check) failed: reason withheld")
            } else {
                lines.append("[+]\(check) ok")
            }
        }
        lines.append("\(name) check \(isFailing ? "failed" : "passed")\n")
        return text(isFailing ? 500 : 200, lines.joined(separator: "\n"))
    }

    private static let version = JSONValue.members([
        "major": .string("1"),
        "minor": .string("36"),
        "emulationMajor": .string("1"),
        "emulationMinor": .string("36"),
        "minCompatibilityMajor": .string("1"),
        "minCompatibilityMinor": .string("35"),
        "gitVersion": .string("v1.36.2"),
        "gitCommit": .string("0000000000000000000000000000000000000000"),
        "gitTreeState": .string("clean"),
        "buildDate": .string("2026-11-01T00:00:00Z"),
        "goVersion": .string("go1.26.6"),
        "compiler": .string("gc"),
        "platform": .string("linux/amd64"),
    ])

    private static let commonChecks = [
        "poststarthook/start-apiserver-admission-initializer",
        "poststarthook/generic-apiserver-start-informers",
        "poststarthook/priority-and-fairness-config-consumer",
        "poststarthook/priority-and-fairness-filter",
        "poststarthook/storage-object-count-tracker-hook",
        "poststarthook/start-apiextensions-informers",
        "poststarthook/start-apiextensions-controllers",
        "poststarthook/crd-informer-synced",
        "poststarthook/start-system-namespaces-controller",
        "poststarthook/peer-endpoint-reconciler-controller",
        "poststarthook/start-cluster-authentication-info-controller",
        "poststarthook/start-kube-apiserver-identity-lease-controller",
        "poststarthook/start-kube-apiserver-identity-lease-garbage-collector",
        "poststarthook/storage-readiness",
        "poststarthook/start-legacy-token-tracking-controller",
        "poststarthook/start-service-ip-repair-controllers",
        "poststarthook/rbac/bootstrap-roles",
        "poststarthook/scheduling/bootstrap-system-priority-classes",
        "poststarthook/priority-and-fairness-config-producer",
        "poststarthook/bootstrap-controller",
        "poststarthook/start-kubernetes-service-cidr-controller",
        "poststarthook/aggregator-reload-proxy-client-cert",
        "poststarthook/start-kube-aggregator-informers",
        "poststarthook/apiservice-status-local-available-controller",
        "poststarthook/apiservice-status-remote-available-controller",
        "poststarthook/apiservice-registration-controller",
        "poststarthook/apiservice-wait-for-first-sync",
        "poststarthook/apiservice-discovery-controller",
        "poststarthook/kube-apiserver-autoregistration",
        "autoregister-completion",
        "poststarthook/apiservice-openapi-controller",
        "poststarthook/apiservice-openapiv3-controller",
    ]
    private static let readyChecks = ["ping", "log", "informer-sync"] + commonChecks + ["shutdown"]
    private static let liveChecks = ["ping", "log", "loopback-serving-certificate", "etcd"] + commonChecks
}
