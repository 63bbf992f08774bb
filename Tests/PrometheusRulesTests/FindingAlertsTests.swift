import HASignals
import Testing

@testable import PrometheusRules

/// Which alert a finding raises, by the conventions of issue and runbook: an own name for what is critical, one name an
/// area and `for` for the rest.
struct FindingAlertsTests {
    private static let declared = [
        Rule("all-down", .critical, needs: [], for: .seconds(300), summary: "All is down.", remedy: "Repair it."),
        Rule("one-short", .warning, needs: [], summary: "One is short.", remedy: "Add one."),
        Rule(
            "node-gone",
            .warning,
            needs: [],
            for: .seconds(600),
            keepFiringFor: .seconds(600),
            summary: "A node is gone.",
            remedy: "Bring it back."
        ),
        Rule("one-wanted", .info, needs: [], summary: "One is wanted.", remedy: "Want two."),
    ]

    private static let rules = FindingAlerts(RuleSettings(), [(name: .replicas, rules: declared)]).all

    @Test func namesAnAlertForEachCriticalRuleAndOneForAllThatWaitEquallyLong() {
        let found = Self.rules.map { ($0.output, YAMLText.duration($0.for), YAMLText.duration($0.keepFiringFor)) }
        #expect(found.count == 3)
        #expect(found[0] == (.alert("KubeHAAllDown"), "5m", "0h"))
        #expect(found[1] == (.alert("KubeHAWorkloadsDegraded"), "10m", "10m"))
        #expect(found[2] == (.alert("KubeHAWorkloadsAtRisk"), "15m", "0h"))
    }

    /// The last takes in what a newer exporter adds to the area, and an info rule of which `--rules-config` makes a warning.
    @Test func leavesNoRuleWithoutAnAlert() {
        #expect(
            Self.rules.map(\.expression) == [
                "kube_ha:finding_with_cause{rule=\"all-down\", severity!=\"info\"}",
                "kube_ha:finding_with_cause{rule=\"node-gone\", severity!=\"info\"}",
                "kube_ha:finding_with_cause{area=\"replicas\", rule!~\"all-down|node-gone\", severity!=\"info\"}",
            ]
        )
    }

    @Test func takesSeverityFromTheSeries() {
        #expect(Self.rules.allSatisfy { $0.labels.isEmpty })
    }

    @Test func saysWhatEachOfSeveralRulesFinds() throws {
        let summary = try #require(Self.rules[2].annotations.first { $0.name == "summary" }).text
        #expect(summary.contains("{{ if eq $labels.rule `one-short` }}One is short."))
        #expect(summary.contains("{{ else if eq $labels.rule `one-wanted` }}One is wanted."))
    }

    @Test func pagesForNothingWithinAMinute() {
        for rule in allAreas.flatMap({ $0.rules }) where rule.severity == .critical {
            #expect(rule.for >= .seconds(60), "\(rule.name)")
        }
    }

    /// Kubernetes' own spelling of words.
    @Test(
        arguments: [
            ("etcd-quorum-lost", "EtcdQuorumLost"), ("apiserver-none-serving", "APIServerNoneServing"),
            ("cluster-dns-down", "ClusterDNSDown"),
        ]
    )
    func writesTheRuleAsAWord(_ rule: String, _ word: String) throws {
        let found = try #require(allAreas.flatMap { $0.rules }.first { $0.name.description == rule })
        #expect(found.alertWord == word)
    }

    @Test func givesNoNameTwice() {
        let names = RulesFile(RuleSettings(), version: "1").groups.flatMap(\.rules).map(\.output)
        #expect(Set(names).count == names.count)
    }

    /// A value's template is of a rule that there is.
    @Test func knowsTheRulesThatItGivesNumbersOf() {
        let names = Set(allAreas.flatMap { $0.rules }.map { $0.name.description })
        #expect(FindingValues.rules.subtracting(names) == [])
    }
}
