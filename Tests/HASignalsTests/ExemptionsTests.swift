import ClusterState
import HASignals
import Testing

/// `exemptions` of the file of `--rules-config`.
struct ExemptionsTests {
    /// Two single replicas and one pair that no node holds, in two namespaces, one of them labelled; a node that is not
    /// Ready; and a workload of kube-system that is down.
    private func cluster() -> ClusterBuilder {
        var cluster = ClusterBuilder.workers(3)
        cluster.node("w-3", ready: .unknown, labels: ["pool": "spot"])
        let labels = cluster.labels("chat", ["part": "server"])
        cluster.statefulSet("chat", "main", replicas: 1) { $0.meta.labels = labels }
        cluster.deployment("chat", "web", replicas: 1)
        cluster.deployment("shop", "main", replicas: 1)
        cluster.deployment("kube-system", "dns", replicas: 1) { $0.availableReplicas = 0 }
        cluster.deployment("shop", "api", replicas: 1) { $0.availableReplicas = 0 }
        cluster.service("shop", "api", selector: ["app": "api"])
        cluster.service("kube-system", "dns", selector: ["app": "dns"])
        return cluster
    }

    private func signals(_ change: (inout Exemption) -> Void) -> Signals {
        var cluster = cluster()
        var exemption = Exemption(reason: "by design", line: 1)
        change(&exemption)
        cluster.settings.optOuts.exemptions = [exemption]
        return cluster.signals()
    }

    private static let singles = [
        "StatefulSet chat/main", "Deployment chat/web", "Deployment kube-system/dns", "Deployment shop/api",
        "Deployment shop/main",
    ]

    @Test func withoutExemptionsEverythingIsRaised() {
        #expect(Set(cluster().signals().raised("workload-single-replica")) == Set(Self.singles))
    }

    /// Each key by itself, then together: all must hold.
    @Test func everyKeyNarrows() {
        func left(_ change: (inout Exemption) -> Void) -> Set<String> {
            Set(signals(change).raised("workload-single-replica"))
        }
        let all = Set(Self.singles)
        #expect(left { $0.rules = ["workload-single-replica"] } == [])
        #expect(left { $0.rules = ["bare-pod"] } == all)
        #expect(left { $0.severities = [.info] } == [])
        #expect(left { $0.severities = [.warning] } == all)
        #expect(left { $0.namespaces = ["ch*"] } == all.subtracting(["StatefulSet chat/main", "Deployment chat/web"]))
        #expect(left { $0.kinds = ["statefulset"] } == all.subtracting(["StatefulSet chat/main"]))
        #expect(left { $0.names = ["*ain"] } == all.subtracting(["StatefulSet chat/main", "Deployment shop/main"]))
        #expect(
            left {
                $0.names = ["main"]
                $0.kinds = ["deployment"]
                $0.namespaces = ["chat", "shop"]
            } == all.subtracting(["Deployment shop/main"])
        )
    }

    @Test func labelsNarrow() {
        func left(_ demands: Exemption.LabelDemand...) -> Set<String> {
            Set(
                signals {
                    $0.labels = demands
                    $0.namespaces = ["chat"]
                }
                .raised("workload-single-replica")
            )
        }
        let all = Set(Self.singles)
        let labelled = all.subtracting(["StatefulSet chat/main"])
        let unlabelled = all.subtracting(["Deployment chat/web"])
        #expect(left(Exemption.LabelDemand(key: "part", op: .in, values: ["client", "server"])) == labelled)
        #expect(left(Exemption.LabelDemand(key: "part", op: .in, values: ["client"])) == all)
        #expect(left(Exemption.LabelDemand(key: "part", op: .exists)) == labelled)
        #expect(left(Exemption.LabelDemand(key: "part", op: .doesNotExist)) == unlabelled)
        #expect(left(Exemption.LabelDemand(key: "part", op: .notIn, values: ["server"])) == unlabelled)
        #expect(
            left(
                Exemption.LabelDemand(key: "part", op: .exists),
                Exemption.LabelDemand(key: "part", op: .notIn, values: ["server"])
            ) == all
        )
    }

    /// Labels are those of the object that the finding is about, whatever its kind; a pod may be named by its controller.
    @Test func labelsOfEveryKindAreFound() {
        var cluster = ClusterBuilder.workers(2)
        cluster.node("w-2", ready: .unknown, labels: ["pool": "spot"])
        let web = cluster.deployment("shop", "web", replicas: 1) { $0.availableReplicas = 0 }
        let deleted = cluster.ago(600)
        cluster.pods(of: web, on: ["w-2"]) { $0.deletion = deleted }
        cluster.pod("shop", "naked", on: "w-1", labels: ["pool": "spot"])
        cluster.service("shop", "empty", selector: ["app": "nothing"], labels: ["pool": "spot"])
        func left(_ key: String, _ value: String, _ rule: String) -> [String] {
            var exemption = Exemption(reason: "by design", line: 1)
            exemption.rules = [rule]
            exemption.labels = [Exemption.LabelDemand(key: key, op: .in, values: [value])]
            cluster.settings.optOuts.exemptions = [exemption]
            return cluster.collect().found(rule)
        }
        #expect(left("pool", "spot", "node-not-ready") == [])
        #expect(left("pool", "other", "node-not-ready") == ["/w-2"])
        #expect(left("app", "web", "pod-stuck-terminating") == [])
        #expect(left("pool", "spot", "bare-pod") == [])
        #expect(left("pool", "spot", "service-without-endpoints") == [])
        #expect(left("app", "web", "service-without-endpoints") == ["shop/empty"])
    }

    // MARK: What it may not silence

    /// A blanket exemption is one of info and warning in the areas that an exempt namespace silences.
    @Test func blanketGoesNoFurtherThanAnExemptNamespace() {
        let signals = signals { $0.names = ["*"] }
        #expect(signals.raised("workload-single-replica").isEmpty)
        #expect(signals.raised("workload-deficit").isEmpty)
        #expect(Set(signals.raised("workload-down")) == ["Deployment kube-system/dns", "Deployment shop/api"])
        #expect(signals.raised("node-not-ready") == ["Node w-3"])
    }

    /// One that names the rule silences it as switching it off would, but not what serves the cluster itself.
    @Test func namedRulesAreSilencedButNotThoseOfTheCluster() {
        #expect(signals { $0.rules = ["workload-down"] }.raised("workload-down") == ["Deployment kube-system/dns"])
        #expect(signals { $0.rules = ["node-not-ready"] }.raised("node-not-ready").isEmpty)
        var cluster = cluster()
        cluster.settings.optOuts.severities = ["node-not-ready": .critical]
        var exemption = Exemption(reason: "by design", line: 1)
        exemption.rules = ["node-not-ready"]
        cluster.settings.optOuts.exemptions = [exemption]
        #expect(cluster.signals().raised("node-not-ready") == ["Node w-3"])
    }

    // MARK: What is told of it

    @Test func silencedFindingsAreKeptWithTheirExemption() throws {
        let signals = signals { $0.names = ["web"] }
        let use = try #require(signals.snapshot.exemptions.first)
        #expect(use.exemption.reason == "by design")
        #expect(use.findings.map(\.rule) == ["workload-single-replica"])
        #expect(use.findings.map(\.object.words) == ["Deployment chat/web"])
        #expect(!use.isUnused)
        #expect(signals["findings", ["rule": "workload-single-replica"]] == 4)
    }

    /// The first that matches takes a finding, so that a second one for the same is seen to be of no use.
    @Test func exemptionThatSilencesNothingIsUnused() {
        var cluster = cluster()
        var first = Exemption(reason: "first", line: 1)
        first.names = ["web"]
        var same = Exemption(reason: "same", line: 2)
        same.names = ["web"]
        var mistyped = Exemption(reason: "mistyped", line: 3)
        mistyped.names = ["wbe"]
        cluster.settings.optOuts.exemptions = [first, same, mistyped]
        #expect(cluster.collect().unusedExemptions.map(\.reason) == ["same", "mistyped"])
    }

    /// Before everything was read nobody knows; what is forbidden will never be read, and does not count as awaited.
    @Test func nothingIsUnusedBeforeItsSourcesWereRead() {
        func unused(_ source: Source, _ state: SourceState) -> Int {
            var cluster = cluster()
            var exemption = Exemption(reason: "mistyped", line: 1)
            exemption.rules = ["workload-single-replica"]
            exemption.names = ["wbe"]
            cluster.settings.optOuts.exemptions = [exemption]
            cluster.set(source, state)
            return cluster.collect().unusedExemptions.count
        }
        #expect(unused(.statefulsets, .notSynced) == 0)
        #expect(unused(.statefulsets, .forbidden) == 1)
        #expect(unused(.nodes, .notSynced) == 1)
    }
}
