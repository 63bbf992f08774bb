import TestFixtures
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ServeTests {
    private static let scrape = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n"

    private func start(_ arguments: [String] = []) throws -> Program {
        try Program(
            ["serve", "--from", Fixture.degraded.path, "--web.listen-address", "127.0.0.1:0"] + arguments
        )
    }

    @Test func servesUntilItIsTerminated() async throws {
        let program = try start()
        let port = try await program.port()
        let connection = try Loopback.connected(to: port)
        try connection.send(Self.scrape + "Connection: close\r\n\r\n")
        let answer = connection.receiveAll()
        #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(answer.contains("\nkube_ha_exporter_build_info{"))
        // An idle connection holds nothing up.
        let idle = try Loopback.connected(to: port)
        program.terminate()
        let outcome = try await program.outcome()
        #expect(outcome.code == 0)
        #expect(outcome.errors.contains("level=info msg=ended"))
        #expect(idle.receiveSome() <= 0)
    }

    @Test func endsAlthoughAReaderDoesNotRead() async throws {
        let program = try start()
        let connection = try Loopback.connected(to: try await program.port())
        // More answers than fit into the buffers of both sides.
        for _ in 0..<400 { try connection.send(Self.scrape + "\r\n") }
        #expect(connection.receiveSome() > 0)
        program.terminate()
        let outcome = try await program.outcome()
        #expect(outcome.code == 0)
    }

    @Test func tellsThatThePortIsInUse() async throws {
        let listener = try Loopback.listening()
        let port = listener.port
        let outcome = try await Program.run(
            ["serve", "--from", Fixture.degraded.path, "--web.listen-address", "127.0.0.1:\(port)"]
        )
        #expect(outcome.code == 1)
        #expect(outcome.output.isEmpty)
        let line =
            "kube-ha-exporter: cannot listen on 127.0.0.1:\(port): the address is in use; stop the program that has it, "
            + "or choose another by --web.listen-address\n"
        #expect(outcome.errors.hasSuffix(line), "\(outcome.errors)")
        withExtendedLifetime(listener) {}
    }

    @Test func demoTellsWhatToOpen() async throws {
        let program = try Program(
            ["demo", "--web.listen-address", "127.0.0.1:0", "--web.telemetry-path", "/m"],
            named: "cluster-simulator"
        )
        let port = try await program.port()
        program.terminate()
        let outcome = try await program.outcome()
        #expect(outcome.code == 0)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.first == "Open http://127.0.0.1:\(port)/ or scrape http://127.0.0.1:\(port)/m")
    }
}
