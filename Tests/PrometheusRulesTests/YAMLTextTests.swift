import ConfigurationFiles
import Testing

@testable import PrometheusRules

/// What is written is read again by libyaml: the same groups, rules and texts.
struct YAMLTextTests {
    private static let long = String(repeating: "{{ with $labels.x }}: # - 'a' \"b\"{{ end }} ", count: 9) + "end"

    private static let groups = [
        RuleGroup(
            name: "one",
            rules: [
                PrometheusRule(output: .record("a:b"), expression: "max by (x) (y)\n  or\nz == 1"),
                PrometheusRule(
                    output: .alert("Down"),
                    expression: "up{job=\"a\"} == 0",
                    for: .seconds(90),
                    keepFiringFor: .seconds(600),
                    labels: ["severity": "critical"],
                    annotations: [("summary", long), ("runbook_url", "https://example.com/a.md#down")]
                ),
            ]
        )
    ]

    @Test(arguments: [0, 2])
    func isReadAsItWasMeant(_ indentation: Int) throws {
        var yaml = YAMLText(indentation: indentation)
        yaml.append(Self.groups)
        let text = indentation == 0 ? yaml.text : "spec:\n" + yaml.text
        let file = try ConfigurationFile(Array(text.utf8), name: "rules.yaml").value
        let root = indentation == 0 ? file : try #require(try file.mapping()["spec"])
        let group = try #require(try root.mapping()["groups"]?.list().first).mapping()
        #expect(try group["name"]?.string() == "one")
        let rules = try #require(try group["rules"]?.list()).map { try $0.mapping() }
        #expect(try rules[0]["record"]?.string() == "a:b")
        #expect(try rules[0]["expr"]?.string() == "max by (x) (y)\n  or\nz == 1")
        #expect(rules[0].keys.sorted() == ["expr", "record"])
        #expect(try rules[1]["for"]?.string() == "90s")
        #expect(try rules[1]["keep_firing_for"]?.string() == "10m")
        #expect(try rules[1]["labels"]?.mapping()["severity"]?.string() == "critical")
        let annotations = try #require(rules[1]["annotations"]).mapping()
        #expect(try annotations["summary"]?.string() == Self.long)
        #expect(try annotations["runbook_url"]?.string() == "https://example.com/a.md#down")
    }

    /// A person reads the file too.
    @Test func breaksLongTexts() {
        var yaml = YAMLText()
        yaml.append(Self.groups)
        #expect(yaml.text.split(separator: "\n").allSatisfy { $0.utf8.count <= 120 })
    }

    /// In the largest unit that takes it whole (Prometheus' model.Duration).
    @Test(arguments: [(90, "90s"), (60, "1m"), (900, "15m"), (3_600, "1h"), (86_400, "24h")])
    func writesDurations(_ seconds: Int, _ text: String) {
        #expect(YAMLText.duration(.seconds(seconds)) == text)
    }

    /// A text with two spaces in a row would be read with one.
    @Test func writesNoTextThatFoldingWouldChange() {
        for rule in RulesFile(RuleSettings(), version: "1").groups.flatMap(\.rules) {
            for (name, text) in rule.annotations {
                #expect(!text.contains("  ") && !text.contains("\n") && !text.hasPrefix(" "), "\(rule.output) \(name)")
            }
        }
    }
}
