import Foundation
import Testing

struct CaptureCommandTests {
    /// A list that is not answered is given up after the flag's second. Without it the same list would be asked for a
    /// second time after 65 s (``ResourceRequest/listLimits``), beyond the limit of this test.
    @Test(.timeLimit(.minutes(1)))
    func obeysRequestTimeout() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "capture-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let server = try SilentLists()
        let kubeconfig = folder.appending(path: "kubeconfig")
        let text = """
            apiVersion: v1
            kind: Config
            current-context: silent
            contexts: [{name: silent, context: {cluster: silent, user: nobody}}]
            clusters: [{name: silent, cluster: {server: "http://127.0.0.1:\(server.port)"}}]
            users: [{name: nobody, user: {}}]
            """
        try text.write(to: kubeconfig, atomically: true, encoding: .utf8)
        let program = try Program([
            "capture", folder.appending(path: "recording").path, "--kubeconfig", kubeconfig.path,
            "--request-timeout", "1s",
        ])
        while server.mostRequests < 2 { try await Task.sleep(for: .milliseconds(10)) }
        program.terminate()
        _ = try await program.outcome()
    }
}
