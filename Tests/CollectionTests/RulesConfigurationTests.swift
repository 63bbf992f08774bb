import ClusterState
import Collection
import ConfigurationFiles
import HASignals
import Testing

struct RulesConfigurationTests {
    static func read(_ text: String) throws(ConfigurationError) -> OptOuts {
        try RulesConfiguration.optOuts(of: try ConfigurationFile(Array(text.utf8), name: "rules.yaml"))
    }

    /// The error of a text in one line; nil where it is read.
    static func error(_ text: String) -> String? {
        do throws(ConfigurationError) {
            _ = try read(text)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func rulesAndNamespacesAreRead() throws {
        let optOuts = try Self.read(
            """
            rules:
              bare-pod: {enabled: false}
              workload-single-replica:
                severity: warning
              pdb-exhausted:
                enabled: true
                severity: warning
            exemptNamespaces: [sandbox, "preview-*", "*"]
            """
        )
        #expect(optOuts.disabledRules == ["bare-pod"])
        #expect(optOuts.severities == ["workload-single-replica": .warning, "pdb-exhausted": .warning])
        #expect(optOuts.exemptNamespaces == ["sandbox", "preview-*", "*"])
    }

    @Test func exemptionsAreRead() throws {
        let optOuts = try Self.read(
            """
            exemptions:
              - rules: [workload-single-replica]
                severities: [info]
                namespaces: [chat, "chat-*"]
                kinds: [StatefulSet]
                names: ["*-main"]
                labelSelector:
                  matchLabels: {part: server}
                  matchExpressions:
                    - {key: tier, operator: NotIn, values: [test]}
                    - {key: owner, operator: Exists}
                reason: the chart allows one replica
              - namespaces: [sandbox]
                reason: nobody depends on it
            """
        )
        var first = Exemption(reason: "the chart allows one replica", line: 2)
        first.rules = ["workload-single-replica"]
        first.severities = [.info]
        first.namespaces = ["chat", "chat-*"]
        first.kinds = ["statefulset"]
        first.names = ["*-main"]
        first.labels = [
            Exemption.LabelDemand(key: "part", op: .in, values: ["server"]),
            Exemption.LabelDemand(key: "tier", op: .notIn, values: ["test"]),
            Exemption.LabelDemand(key: "owner", op: .exists),
        ]
        var second = Exemption(reason: "nobody depends on it", line: 13)
        second.namespaces = ["sandbox"]
        #expect(optOuts.exemptions == [first, second])
    }

    @Test func jsonIsYAML() throws {
        let optOuts = try Self.read(#"{"rules": {"bare-pod": {"severity": "critical"}}, "exemptNamespaces": []}"#)
        #expect(optOuts.severities == ["bare-pod": .critical])
    }

    /// A file with everything commented out opts nothing out.
    @Test(arguments: ["", "# nothing\n", "rules:\nexemptNamespaces:\n", "rules:\n  bare-pod:\n", "{}"])
    func emptyFilesOptNothingOut(_ text: String) throws {
        let optOuts = try Self.read(text)
        #expect(optOuts.disabledRules.isEmpty && optOuts.severities.isEmpty && optOuts.exemptNamespaces.isEmpty)
    }

    /// Each error names file, line, column and key, and what could be written instead.
    @Test(arguments: [
        (
            "rulez:\n  bare-pod: {}\n",
            "rules.yaml:1:1: unknown key \"rulez\"; known here: rules, exemptNamespaces, exemptions"
        ),
        (
            "rules:\n  bare-pods:\n    enabled: false\n",
            "rules.yaml:2:3: rules: no rule has the name \"bare-pods\"; `kube-ha-exporter rules` lists those there are"
        ),
        (
            "rules:\n  bare-pod:\n    sverity: info\n",
            "rules.yaml:3:5: rules.bare-pod: unknown key \"sverity\"; known here: enabled, severity"
        ),
        (
            "rules:\n  bare-pod:\n    severity: high\n",
            "rules.yaml:3:15: rules.bare-pod.severity: \"high\" is not a severity; write one of critical, warning, info"
        ),
        (
            "rules:\n  bare-pod:\n    severity: [info]\n",
            "rules.yaml:3:15: rules.bare-pod.severity: must be a text, not a list"
        ),
        (
            "rules:\n  bare-pod:\n    enabled: maybe\n",
            "rules.yaml:3:14: rules.bare-pod.enabled: must be true or false, not a text"
        ),
        ("rules: [bare-pod]\n", "rules.yaml:1:8: rules: must be a mapping, not a list"),
        (
            "rules:\n  bare-pod: off\n",
            "rules.yaml:2:13: rules.bare-pod: must be a mapping, not a boolean"
        ),
        ("exemptNamespaces: sandbox\n", "rules.yaml:1:19: exemptNamespaces: must be a list, not a text"),
        (
            "exemptNamespaces:\n- sandbox\n- Sand_box\n",
            "rules.yaml:3:3: exemptNamespaces[1]: \"Sand_box\" can match no namespace: names have a-z, 0-9 and -, "
                + "patterns also *"
        ),
        ("exemptNamespaces: [\"\"]\n", "rules.yaml:1:20: exemptNamespaces[0]: must not be empty"),
        (
            "exemptNamespaces: [7]\n",
            "rules.yaml:1:20: exemptNamespaces[0]: must be a text, not a number; put it in quotes"
        ),
        (
            "exemptions:\n- namespaces: [chat]\n",
            "rules.yaml:2:3: exemptions[0]: the key \"reason\" is missing"
        ),
        (
            "exemptions:\n- namespaces: [chat]\n  reason: \" \"\n",
            "rules.yaml:3:11: exemptions[0].reason: must say why the exemption exists"
        ),
        (
            "exemptions:\n- reason: because\n",
            "rules.yaml:2:3: exemptions[0]: names nothing; name rules, severities, namespaces, kinds, names, "
                + "labelSelector or several of them"
        ),
        (
            "exemptions:\n- reason: because\n  rule: bare-pod\n",
            "rules.yaml:3:3: exemptions[0]: unknown key \"rule\"; known here: rules, severities, namespaces, kinds, "
                + "names, labelSelector, reason"
        ),
        (
            "exemptions:\n- reason: because\n  rules:\n  - bare-pod\n  - bare-pods\n",
            "rules.yaml:5:5: exemptions[0].rules[1]: no rule has the name \"bare-pods\"; `kube-ha-exporter rules` "
                + "lists those there are"
        ),
        (
            "exemptions:\n- reason: because\n  rules: []\n",
            "rules.yaml:3:10: exemptions[0].rules: is empty; leave the key out for any"
        ),
        (
            "exemptions:\n- reason: because\n  severities: [high]\n",
            "rules.yaml:3:16: exemptions[0].severities[0]: \"high\" is not a severity; write one of critical, warning, info"
        ),
        (
            "exemptions:\n- reason: because\n  severities: [critical]\n",
            "rules.yaml:3:15: exemptions[0].severities: critical findings are silenced by name only: add `rules`"
        ),
        (
            "exemptions:\n- reason: because\n  rules: [etcd-quorum-lost]\n",
            "rules.yaml:3:11: exemptions[0].rules[0]: etcd-quorum-lost is critical and about the cluster itself: no "
                + "exemption silences it"
        ),
        (
            "exemptions:\n- reason: because\n  labelSelector: {}\n",
            "rules.yaml:3:18: exemptions[0].labelSelector: selects everything; leave the key out for any labels"
        ),
        (
            "exemptions:\n- reason: because\n  labelSelector:\n    matchExpressions: [{key: a, operator: Is}]\n",
            "rules.yaml:4:43: exemptions[0].labelSelector.matchExpressions[0].operator: \"Is\" is not an operator; write one "
                + "of In, NotIn, Exists, DoesNotExist"
        ),
        (
            "exemptions:\n- reason: because\n  labelSelector:\n    matchExpressions: [{key: a, operator: In}]\n",
            "rules.yaml:4:24: exemptions[0].labelSelector.matchExpressions[0]: In takes at least one of `values`"
        ),
        ("exemptions: {reason: because}\n", "rules.yaml:1:13: exemptions: must be a list, not a mapping"),
        (
            "rules:\n  bare-pod: {}\n  bare-pod: {}\n",
            "rules.yaml:3:3: the key \"bare-pod\" is already there, at line 2"
        ),
    ])
    func mistakesAreNamedWithTheirPlace(_ text: String, _ message: String) {
        #expect(Self.error(text) == message)
    }

    @Test func everyRuleCanBeNamed() throws {
        let names = allAreas.flatMap { $0.rules }.map { "\($0.name)" }
        let text = "rules:\n" + names.map { "  \($0): {enabled: false}\n" }.joined()
        #expect(try Self.read(text).disabledRules == Set(names))
    }

    @Test func missingFilesAreNamed() {
        #expect(throws: ConfigurationError.self) { try RulesConfiguration.read(path: "/nonexistent/rules.yaml") }
    }
}
