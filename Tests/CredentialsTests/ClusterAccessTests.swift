import ClusterState
import HTTPTransport
import TestClocks
import Testing

@testable import KubernetesClient

struct ClusterAccessTests {
    private let world = World()
    private let pod: TestFolder
    private let home: TestFolder

    init() throws {
        pod = try TestFolder()
        home = try TestFolder()
        try pod.write("token", "pod-token\n")
        try pod.write("ca.crt", FakePEM.certificate("ca"))
        try pod.write("namespace", "monitoring\n")
    }

    private let inPod = ["KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443"]

    private func writeKubeconfig(_ name: String, server: String) throws -> String {
        try home.write(
            name,
            """
            current-context: a
            contexts: [{name: a, context: {cluster: c, user: u}}, {name: b, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "\(server)"}}]
            users: [{name: u, user: {token: t}}]
            """
        )
    }

    @Test func takesThePodsServiceAccount() async throws {
        _ = try writeKubeconfig(".kube/config", server: "https://home")
        let access = try ClusterAccess.find(
            environment: world.environment(inPod.merging(["HOME": home.path]) { own, _ in own }, pod: pod)
        )
        #expect(access.endpoint.server == "https://10.96.0.1:443")
        #expect(access.endpoint.tls == TLSOptions(certificateAuthority: .file("\(pod.path)/ca.crt")))
        #expect(access.endpoint.namespace == "monitoring")
        #expect(access.endpoint.proxy == .environment)
        #expect(access.origin == "service account of this pod")
        #expect(try await access.credentials.authorization() == Authorization(bearerToken: "pod-token"))
        try pod.write("token", "rotated")
        world.clock.advance(by: .seconds(60))
        #expect(try await access.credentials.authorization().bearerToken == "rotated")
    }

    @Test func putsIPv6InBrackets() throws {
        let access = try ClusterAccess.find(
            environment: world.environment(
                ["KUBERNETES_SERVICE_HOST": "fd00:10:96::1", "KUBERNETES_SERVICE_PORT": "6443"],
                pod: pod
            )
        )
        #expect(access.endpoint.server == "https://[fd00:10:96::1]:6443")
    }

    @Test func takesTheNamespaceFromTheEnvironmentFirst() throws {
        let named = try ClusterAccess.find(
            environment: world.environment(inPod.merging(["POD_NAMESPACE": "own"]) { $1 }, pod: pod)
        )
        #expect(named.endpoint.namespace == "own")
        pod.delete("namespace")
        #expect(try ClusterAccess.find(environment: world.environment(inPod, pod: pod)).endpoint.namespace == "default")
    }

    @Test func namesWhatAPodLacks() throws {
        let find = { () throws(CredentialError) in
            try ClusterAccess.find(environment: world.environment(inPod, pod: pod))
        }
        let advice =
            "; the pod needs its service account mounted (automountServiceAccountToken: true), "
            + "or name a file with --kubeconfig"
        pod.delete("ca.crt")
        #expect(
            failure(find)
                == "service account of this pod: \(pod.path)/ca.crt cannot be read: no such file" + advice
        )
        pod.delete("token")
        #expect(
            failure(find)
                == "service account of this pod: \(pod.path)/token cannot be read: no such file" + advice
        )
        #expect(
            failure { () throws(CredentialError) in
                try pod.writeOrFail("token", "x")
                return try ClusterAccess.find(
                    environment: world.environment(
                        ["KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "tcp"],
                        pod: pod
                    )
                )
            } == "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT has a port that is not between 1 and 65535"
        )
    }

    @Test func aPodWithoutATokenMayHaveAKubeconfig() throws {
        pod.delete("token")
        let path = try writeKubeconfig("config", server: "https://file")
        let access = try ClusterAccess.find(
            environment: world.environment(inPod.merging(["KUBECONFIG": path]) { $1 }, pod: pod)
        )
        #expect(access.endpoint.server == "https://file")
    }

    @Test func whatIsNamedComesBeforeThePod() throws {
        let path = try writeKubeconfig(".kube/config", server: "https://file")
        let environment = world.environment(inPod.merging(["HOME": home.path]) { $1 }, pod: pod)
        #expect(try ClusterAccess.find(kubeconfig: path, environment: environment).endpoint.server == "https://file")
        // A context is one of a kubeconfig.
        let access = try ClusterAccess.find(context: "b", environment: environment)
        #expect(access.origin == "context b of \(path)")
    }

    @Test func fallsBackToTheHomeFolder() throws {
        let path = try writeKubeconfig(".kube/config", server: "https://home")
        let access = try ClusterAccess.find(environment: world.environment(["HOME": home.path + "/"]))
        #expect(access.endpoint.server == "https://home")
        #expect(access.origin == "context a of \(path)")
        // An empty variable is none, and KUBECONFIG replaces the home folder's file.
        let other = try writeKubeconfig("other", server: "https://other")
        #expect(
            try ClusterAccess
                .find(
                    environment: world.environment(["HOME": home.path, "KUBECONFIG": ""])
                )
                .endpoint.server == "https://home"
        )
        #expect(
            try ClusterAccess
                .find(
                    environment: world.environment(["HOME": home.path, "KUBECONFIG": other])
                )
                .endpoint.server == "https://other"
        )
    }

    @Test(arguments: [
        (["HOME": "/nonexistent"], "KUBECONFIG is not set and /nonexistent/.kube/config is not there"),
        ([:], "neither KUBECONFIG nor HOME is set"),
        (
            ["KUBECONFIG": "/nonexistent/a:/nonexistent/b", "HOME": "/"],
            "none of the files of KUBECONFIG is there (/nonexistent/a:/nonexistent/b)"
        ),
    ])
    func saysWhatToDoWithoutACluster(variables: [String: String], reason: String) {
        #expect(
            failure { () throws(CredentialError) in
                try ClusterAccess.find(environment: world.environment(variables))
            } == "no cluster to ask: not in a pod (KUBERNETES_SERVICE_HOST is not set), and \(reason); "
                + "name a file with --kubeconfig; deploy/demo in the source tree needs no cluster"
        )
    }

    @Test func readsTheProcesssOwnEnvironment() {
        #expect(CredentialEnvironment.processVariables["PATH"]?.isEmpty == false)
        #expect(CredentialEnvironment.systemTime().seconds > 1_700_000_000)
    }
}

extension TestFolder {
    /// Writes a file inside of a function that throws ``CredentialError`` only.
    fileprivate func writeOrFail(_ name: String, _ text: String) throws(CredentialError) {
        do { try write(name, text) } catch { throw CredentialError("\(error)") }
    }
}
