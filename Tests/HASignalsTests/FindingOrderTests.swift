import TestFixtures
import Testing

@testable import HASignals

struct FindingOrderTests {
    private static func finding(
        _ rule: String,
        _ severity: Severity,
        _ area: AreaName,
        _ object: FindingObject
    ) -> Finding {
        Finding(area: area, rule: rule, severity: severity, object: object, message: "", remedy: "")
    }

    /// Severity, area, rule, namespace, name (SIGNALS, «Findings»), then kind: whatever the first bytes of the texts have
    /// in common, and whatever they are made of.
    @Test func isThatOfSIGNALS() {
        var random = TestRandom(seed: 10)
        let texts = [
            "", "a", "ab", "a-namespace-of-many-letters-1", "a-namespace-of-many-letters-2", "a-namesp", "a-namespa",
            "web-0123456789abc", "web-0123456789abcd", "web-0123456789abce", "wéb", "we\u{301}b", "Z",
        ]
        let findings = (0..<3_000)
            .map { _ in
                Self.finding(
                    ["pdb-blocks-drain", "pdb-exhausted", "pdb", "workload-down"].randomElement(using: &random) ?? "",
                    Severity.allCases.randomElement(using: &random) ?? .info,
                    AreaName.allCases.randomElement(using: &random) ?? .etcd,
                    FindingObject(
                        kind: ["Deployment", "StatefulSet"].randomElement(using: &random) ?? "",
                        namespace: texts.randomElement(using: &random) ?? "",
                        name: texts.randomElement(using: &random) ?? ""
                    )
                )
            }
        func key(_ finding: Finding) -> [[UInt8]] {
            let severity = Severity.allCases.firstIndex(of: finding.severity) ?? 0
            let texts = [finding.rule, finding.object.namespace, finding.object.name, finding.object.kind]
            return [[UInt8(severity)], [UInt8(finding.area.position)]] + texts.map { Array($0.utf8) }
        }
        let expected = findings.map(key)
            .sorted { left, right in
                for (first, second) in zip(left, right) where first != second {
                    return first.lexicographicallyPrecedes(second)
                }
                return false
            }
        var sorted = findings
        Finding.sort(&sorted)
        #expect(sorted.map(key) == expected)
    }
}
