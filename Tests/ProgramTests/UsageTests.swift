import Foundation
import TestFixtures
import Testing

@Suite(.timeLimit(.minutes(10)))
struct UsageTests {
    static let healthy = Fixture.healthy.path

    @Test(
        arguments: [
            (["--bogus"], "Unknown option '--bogus'", 64),
            (["frobnicate"], "Unexpected argument 'frobnicate'", 64),
            (["serve", "--interval", "15x"], "--interval \"15x\": has an unknown unit", 64),
            (["--interval", "10ms"], "--interval \"10ms\": is too short", 64),
            (["serve", "--stale-after", "15s"], "--stale-after \"15s\": must be longer than --interval", 64),
            (["serve", "--web.listen-address", "10142"], "--web.listen-address \"10142\": lacks a port", 64),
            (["serve", "--web.telemetry-path", "/livez"], "--web.telemetry-path \"/livez\": is served already", 64),
            (["serve", "--log-level", "loud"], "--log-level \"loud\": must be one of trace", 64),
            (["serve", "--finding-series", "none"], "--finding-series \"none\": must be one of warning, all", 64),
            (["report", "--fail-on", "bad", "--from", healthy], "--fail-on \"bad\": must be one of", 64),
            (["report", "--output", "yaml", "--from", healthy], "--output \"yaml\": must be one of text, json", 64),
            (
                ["report", "--expected.zones", "0", "--from", healthy], "--expected.zones \"0\": is not a whole number",
                64
            ),
            (
                ["report", "--from", healthy, "--namespaces", "ess,shop"],
                "--namespaces \"ess,shop\": cannot go with --from: it is about a live cluster", 64
            ),
            (
                ["serve", "--from", healthy, "--etcd.endpoints", "none"],
                "--etcd.endpoints \"none\": cannot go with --from", 64
            ),
            (
                ["report", "--autoscaled=maybe", "--from", healthy],
                "--autoscaled \"maybe\": is neither true nor false", 64
            ),
            (
                ["report", "--etcd.ca-file", "/no/such/file"],
                "--etcd.ca-file \"/no/such/file\": cannot be read: no such file", 64
            ),
            (["report", "--from", "/no/such/folder"], "--from /no/such/folder: cannot read the folder", 2),
            (["serve", "--from", "/no/such/folder"], "--from /no/such/folder: cannot read the folder", 1),
            (["serve"], "--kubeconfig", 1), ([], "deploy/demo", 1), (["report"], "--kubeconfig", 2),
            (["report", "--wait", "soon"], "--wait \"soon\": ", 64),
            (["serve", "--leader-elect=maybe"], "--leader-elect \"maybe\": must be true or false", 64),
            (
                ["serve", "--leader-elect", "--leader-elect-renew-deadline", "15s"],
                "--leader-elect-lease-duration \"15.0 seconds\": must be longer than --leader-elect-renew-deadline", 64
            ),
            (
                ["serve", "--leader-elect", "--leader-elect-resource-name", "a/b"],
                "--leader-elect-resource-name \"a/b\": is not a name of an object", 64
            ),
            // Off: the durations are not looked at, and there is no cluster to read.
            (["serve", "--leader-elect=false", "--leader-elect-renew-deadline", "15s"], "--kubeconfig", 1),
        ] as [([String], String, Int32)]
    )
    func tellsInOneLineWhatIsWrong(_ arguments: [String], _ text: String, _ code: Int32) async throws {
        let outcome = try await Program.run(arguments)
        #expect(outcome.code == code)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("kube-ha-exporter: "))
        #expect(outcome.errors.contains(text))
        #expect(outcome.errors.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
    }

    @Test func namesTheVariableOfABadValue() async throws {
        let outcome = try await Program.run(["serve"], ["KUBE_HA_EXPORTER_INTERVAL": "often"])
        #expect(outcome.code == 64)
        #expect(outcome.errors.hasPrefix("kube-ha-exporter: KUBE_HA_EXPORTER_INTERVAL \"often\": "))
    }

    @Test func ignoresVariablesThatAServiceAdds() async throws {
        let outcome = try await Program.run(
            ["report", "--from", Self.healthy, "--fail-on", "never"],
            ["KUBE_HA_EXPORTER_PORT": "tcp://10.0.0.1:80", "KUBE_HA_EXPORTER_SERVICE_HOST": "10.0.0.1"]
        )
        #expect(outcome.errors.isEmpty)
        #expect(outcome.output.hasPrefix("High availability as of "))
    }

    @Test(arguments: ["--help", "--version"])
    func answersOnStandardOutput(_ flag: String) async throws {
        let outcome = try await Program.run([flag])
        #expect(outcome.code == 0)
        #expect(outcome.errors.isEmpty)
        #expect(outcome.output.contains(flag == "--help" ? "KUBE_HA_EXPORTER_WEB_LISTEN_ADDRESS" : "0.1.0"))
    }

    /// Where the sources are a git checkout the commit is known. Which one is the business of Tests/system: a debug build
    /// keeps the one of its first build.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: Self.checkout.appending(path: ".git").path)))
    func tellsWhichCommitItWasBuiltFrom() async throws {
        let outcome = try await Program.run(["--version"])
        #expect(
            outcome.output.wholeMatch(of: /kube-ha-exporter 0\.1\.0 \(revision [0-9a-f]{40}(-dirty)?, Swift .*\)\n/)
                != nil
        )
    }

    private static let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test(arguments: ["metrics", "rules"])
    func printsItsReference(_ command: String) async throws {
        let text = try await Program.run([command])
        let markdown = try await Program.run([command, "--markdown"])
        #expect(text.code == 0 && markdown.code == 0)
        let rows = text.output.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(rows.count > 30)
        for row in rows {
            let cells = row.split(separator: "\t", omittingEmptySubsequences: false)
            #expect(cells.count == 5)
            let name = command == "rules" ? "[`\(cells[0])`](runbook.md#\(cells[0]))" : "`\(cells[0])`"
            #expect(markdown.output.contains("| \(name) | \(cells[1]) | "))
        }
    }
}
