import ClusterSimulator
import Foundation
import HTTPTransport
import KubernetesWire
import Testing

/// The program as it was built, run as a user runs it.
@Suite(.timeLimit(.minutes(10)))
struct SimulatorProgramTests {
    /// It is built into the folder in which the tests are.
    private func binary() throws -> URL {
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let binary = tests.deletingLastPathComponent().appending(path: "cluster-simulator")
        try #require(FileManager.default.isExecutableFile(atPath: binary.path), "not built: \(binary.path)")
        return binary
    }

    @Test func servesUntilItIsAskedToEnd() async throws {
        let certificates = try HostCertificates.get()
        let kubeconfig = FileManager.default.temporaryDirectory.appending(path: "kubeconfig-\(UUID().uuidString)")
        let process = Process()
        process.executableURL = try binary()
        process.arguments = [
            "--nodes", "8", "--pods", "90", "--masters", "2", "--seed", "7", "--certificate", certificates.chain,
            "--key", certificates.key, "--certificate-authority", certificates.authority, "--write-kubeconfig",
            kubeconfig.path,
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        var line: [UInt8] = []
        while line.last != 0x0A {
            let data = output.fileHandleForReading.availableData
            try #require(!data.isEmpty, "it ended before it was ready")
            line += data
        }
        let ready = try JSONValue(parsing: line)
        #expect(ready["nodes"]?.integer == 8)
        #expect(ready["pods"]?.integer == 90)
        let server = try #require(ready["server"]?.text)
        let addresses = try #require(ready["apiServers"]?.elements.map { $0.text ?? "" })
        let members = try #require(ready["etcd"]?.elements.map { $0.text ?? "" })
        #expect(addresses.count == 2)
        #expect(members.count == 2)
        let transport = CurlTransport()
        for url in [server + "/readyz", addresses[1] + "/readyz", members[1] + "/health"] {
            let request = TransportRequest(
                url: url,
                tls: TLSOptions(certificateAuthority: .file(certificates.authority)),
                proxy: .none
            )
            let response = try await transport.send(request)
            #expect(response.head.status == 200, "\(url)")
        }
        let text = try String(contentsOf: kubeconfig, encoding: .utf8)
        #expect(text.contains("    server: \"\(server)\"\n"))
        #expect(text.contains("    certificate-authority: \"\(certificates.authority)\"\n"))
        await transport.shutdown()
        process.terminate()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        try FileManager.default.removeItem(at: kubeconfig)
    }

    @Test(arguments: [
        (["--nodes", "3"], "--nodes 3: must be from 4 to 100000"),
        (["--churn", "nan"], "--churn nan: must be from 0 to 100000"),
        (["--listen", "6443"], "--listen 6443: write host:port"),
        (["--masters-listen", "[::1]:0"], "--masters-listen [::1]:0: write the first of 3 IPv4 addresses"),
        (["--certificate", "a.pem"], "--certificate and --key go together"),
        (["--certificate", "/nowhere.pem", "--key", "/nowhere.key"], "cannot use /nowhere.pem for TLS"),
        (["--listen", "192.0.2.1:0"], "cannot listen on 192.0.2.1:0: this machine has no such address"),
        (["--write-kubeconfig", "/nowhere/config"], "cannot write the kubeconfig /nowhere/config"),
    ])
    func saysWhatIsWrong(arguments: [String], complaint: String) async throws {
        let outcome = try await Command.run([try binary().path] + arguments)
        #expect(outcome.status != 0)
        #expect(outcome.errors.contains(complaint), "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
    }
}
