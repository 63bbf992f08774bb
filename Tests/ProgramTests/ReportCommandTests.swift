import Foundation
import TestFixtures
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ReportCommandTests {
    @Test func failsOnTheDegradedCluster() async throws {
        let outcome = try await Program.run(
            ["report", "--from", Fixture.degraded.path, "--severity", "info", "--all"]
        )
        #expect(outcome.code == 1)
        #expect(outcome.errors.isEmpty)
        #expect(outcome.output.hasPrefix("High availability as of 2026-11-22T08:54:25.000Z: "))
        for name in [
            "Node cp-2", "EtcdMember cp-3", "APIServer 192.0.2.12:6443", "Deployment shop/api",
            "PodDisruptionBudget shop/never-moves", "PodDisruptionBudget shop/single",
            "PodDisruptionBudget shop/web", "PodDisruptionBudget data/postgres",
            "PodDisruptionBudget shop/overlap-a", "PodDisruptionBudget shop/overlap-b",
            "PodDisruptionBudget shop/matches-nothing",
        ] {
            #expect(outcome.output.contains(" \(name)"), "\(name) is not named")
        }
        // Not a terminal: no colour.
        #expect(!outcome.output.contains("\u{1B}"))
    }

    @Test(
        arguments: [
            (Fixture.healthy, "critical", 0), (.healthy, "warning", 1), (.degraded, "never", 0),
            (.quorumLost, "critical", 1), (.quorumLost, "never", 2),
        ] as [(Fixture, String, Int32)]
    )
    func endsByWhatWasFound(_ fixture: Fixture, _ failOn: String, _ code: Int32) async throws {
        let outcome = try await Program.run(["report", "--from", fixture.path, "--fail-on", failOn])
        #expect(outcome.code == code)
        #expect(outcome.output.hasSuffix("\n") && !outcome.output.hasSuffix("\n\n"))
        let byVariable = try await Program.run(
            ["report"],
            ["KUBE_HA_EXPORTER_FROM": fixture.path, "KUBE_HA_EXPORTER_FAIL_ON": failOn]
        )
        #expect(byVariable.code == code)
        #expect(byVariable.output == outcome.output)
    }

    @Test func printsJSON() async throws {
        let outcome = try await Program.run(["report", "--from", Fixture.degraded.path, "--output", "json"])
        #expect(outcome.code == 1)
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        )
        #expect(document["schema_version"] as? Int == 2)
        let findings = try #require(document["findings"] as? [[String: Any]])
        #expect(findings.first?["severity"] as? String == "critical")
        #expect(findings.contains { $0["rule"] as? String == "etcd-no-tolerance" })
    }

    @Test func refusesATruncatedList() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cut-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let pods = try Fixture.healthy.bytes("core_v1_pods.pb")
        try Data(pods.prefix(pods.count - 7)).write(to: folder.appending(path: "core_v1_pods.pb"))
        let outcome = try await Program.run(["report", "--from", folder.path])
        #expect(outcome.code == 2)
        #expect(outcome.errors.contains("core_v1_pods.pb"))
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }
}
