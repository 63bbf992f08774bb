import FoundationEssentials
import HTTPTransport
import Testing

@testable import KubernetesClient

struct KubeconfigTests {
    private let world = World()
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    private func kubeconfig(
        _ name: String = "config",
        cluster: String = "server: https://x.example:6443",
        user: String = "token: S3CRET",
        context: String = ""
    ) throws -> String {
        try folder.write(
            name,
            """
            current-context: a
            contexts:
            - {name: a, context: {cluster: c, user: u\(context)}}
            clusters:
            - name: c
              cluster:
                \(cluster.replacing("\n", with: "\n    "))
            users:
            - name: u
              user:
                \(user.replacing("\n", with: "\n    "))
            """
        )
    }

    private func access(_ path: String, context: String? = nil) throws -> ClusterAccess {
        try ClusterAccess.find(kubeconfig: path, context: context, environment: world.environment())
    }

    // MARK: As others write them

    @Test(arguments: [
        ("kind", "https://127.0.0.1:39743", "context kind-ha"),
        ("kubeadm", "https://cp.example.org:6443", "context kubernetes-admin@kubernetes"),
        ("k3s", "https://127.0.0.1:6443", "context default"),
    ])
    func readsClientCertificates(name: String, server: String, origin: String) async throws {
        let path = "\(testFolder)/Kubeconfigs/\(name).yaml"
        let access = try access(path)
        #expect(access.endpoint.server == server)
        #expect(access.origin == "\(origin) of \(path)")
        #expect(access.warnings == [])
        let authorization = try await access.credentials.authorization()
        guard case .memory(let authority) = access.endpoint.tls.certificateAuthority,
            case .memory(let certificate) = authorization.clientCertificate,
            case .memory(let key) = authorization.clientKey
        else {
            Issue.record("not all three are there")
            return
        }
        #expect(String(decoding: authority, as: UTF8.self).hasPrefix("-----BEGIN CERTIFICATE-----\n"))
        #expect(certificate == authority)
        #expect(String(decoding: key, as: UTF8.self).hasSuffix("-----END EC PRIVATE KEY-----\n"))
        #expect(authorization.bearerToken == nil)
        #expect(access.endpoint.namespace == "default")
    }

    /// A kubeconfig as a vendor's tool writes it.
    struct Vendor: Sendable, CustomTestStringConvertible {
        var name: String
        var server: String
        var missing: String
        var call: String

        var testDescription: String { name }

        static let all = [
            Vendor(
                name: "eks",
                server: "https://0123456789ABCDEF0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com",
                missing: "29:16: users[0].user.exec.command: exec plugin aws was not found in PATH, or is not "
                    + "executable; install it",
                call: "aws --region eu-central-1 eks get-token --cluster-name ha --output json"
            ),
            Vendor(
                name: "gke",
                server: "https://34.89.12.34",
                missing: "20:16: users[0].user.exec.command: exec plugin gke-gcloud-auth-plugin was not found in PATH, "
                    + "or is not executable; the kubeconfig says: Install gke-gcloud-auth-plugin for use with kubectl "
                    + "by following https://cloud.google.com/kubernetes-engine/docs/how-to/"
                    + "cluster-access-for-kubectl#install_plugin",
                call: "gke-gcloud-auth-plugin "
            ),
            Vendor(
                name: "aks",
                server: "https://ha-dns-12345678.hcp.westeurope.azmk8s.io:443",
                missing: "28:16: users[0].user.exec.command: exec plugin kubelogin was not found in PATH, or is not "
                    + "executable; install it",
                call: "kubelogin get-token --environment AzurePublicCloud --server-id "
                    + "6dae42f8-4368-4678-94ff-3960e28e3630 --login azurecli"
            ),
        ]
    }

    @Test(arguments: Vendor.all)
    func readsExecPlugins(vendor: Vendor) async throws {
        let path = "\(testFolder)/Kubeconfigs/\(vendor.name).yaml"
        // Only what is linked there is in PATH: vendors' plugins may be installed where the tests run.
        let variables = ["PATH": "\(folder.path)/bin:\(folder.path)/tools", "DIR": folder.path]
        let access = { () throws(CredentialError) in
            try ClusterAccess.find(kubeconfig: path, environment: world.environment(variables))
        }
        #expect(try access().endpoint.server == vendor.server)
        #expect(try access().warnings == [])
        let line = await failure(try access().credentials)
        #expect(line == "\(path):\(vendor.missing)")
        let command = try #require(vendor.call.split(separator: " ").first)
        try folder.link("bin/\(command)", to: "\(testFolder)/Plugins/print-token")
        #expect(try await access().credentials.authorization() == Authorization(bearerToken: "vendor-token"))
        #expect(folder.read("calls") == vendor.call + "\n")
    }

    @Test func readsTheKubeletsFiles() async throws {
        let text = try #require(TestFolder.text("\(testFolder)/Kubeconfigs/kubelet.yaml"))
        let path = try folder.write("kubelet.conf", text)
        try folder.write("pki/ca.crt", FakePEM.certificate("ca"))
        let pair = FakePEM.certificate("one") + FakePEM.key("one")
        try folder.write("pki/kubelet-client-current.pem", pair)
        let access = try access(path)
        #expect(access.endpoint.tls.certificateAuthority == .file("\(folder.path)/pki/ca.crt"))
        let expected = PEMSource.memory(Array(pair.utf8))
        #expect(
            try await access.credentials.authorization()
                == Authorization(clientCertificate: expected, clientKey: expected)
        )
    }

    // MARK: Clusters

    @Test func readsACluster() async throws {
        let path = try kubeconfig(
            cluster: """
                server: https://x.example/k8s/
                tls-server-name: kubernetes
                proxy-url: socks5://me:S3CRET@proxy:1080
                disable-compression: true
                """,
            context: ", namespace: monitoring"
        )
        let access = try access(path)
        #expect(access.endpoint.server == "https://x.example/k8s")
        #expect(access.endpoint.tls == TLSOptions(serverName: "kubernetes"))
        #expect(access.endpoint.proxy == .url("socks5://me:S3CRET@proxy:1080"))
        #expect(access.endpoint.namespace == "monitoring")
        #expect(try await access.credentials.authorization() == Authorization(bearerToken: "S3CRET"))
        #expect(access.warnings == [])
    }

    @Test func warns() throws {
        let path = try kubeconfig(
            cluster: "server: http://x.example\ninsecure-skip-tls-verify: true\nserve: x",
            user: "tokn: S3CRET"
        )
        let access = try access(path)
        #expect(access.endpoint.tls.isVerificationSkipped)
        #expect(access.warnings.count == 4)
        #expect(access.warnings[0].hasPrefix("\(path):9:5: clusters[0].cluster: unknown key \"serve\"; known here: "))
        #expect(access.warnings[0].hasSuffix("; it is ignored"))
        #expect(
            access.warnings[1]
                == "\(path):8:31: clusters[0].cluster.insecure-skip-tls-verify: the API server's certificate is not "
                + "verified: anyone in between can read the token"
        )
        #expect(
            access.warnings[2]
                == "\(path):7:13: clusters[0].cluster.server: is not https: what is sent and answered can be read by others"
        )
        #expect(access.warnings[3].contains("unknown key \"tokn\""))
        #expect(!access.warnings.joined().contains("S3CRET"))
    }

    @Test func dataComesBeforeFiles() async throws {
        let data = Data(FakePEM.certificate("data").utf8).base64EncodedString()
        let key = Data(FakePEM.key("data").utf8).base64EncodedString()
        let path = try kubeconfig(
            cluster: "server: https://x\ncertificate-authority: /nonexistent/a\ncertificate-authority-data: \(data)",
            user: """
                client-certificate: /nonexistent/b
                client-certificate-data: \(data)
                client-key: /nonexistent/c
                client-key-data: \(key)
                """
        )
        let access = try access(path)
        #expect(access.endpoint.tls.certificateAuthority == .memory(Array(FakePEM.certificate("data").utf8)))
        let authorization = try await access.credentials.authorization()
        #expect(authorization.clientCertificate == .memory(Array(FakePEM.certificate("data").utf8)))
        #expect(authorization.clientKey == .memory(Array(FakePEM.key("data").utf8)))
    }

    /// `base64` of coreutils breaks its lines; Go's decoder, which kubectl uses, skips line breaks (encoding/base64,
    /// `Encoding.DecodeString`), and takes nothing else that is not of the alphabet.
    /// Separators are as they stand in a quoted scalar of YAML.
    @Test(arguments: [(#"\n"#, true), (#"\r\n"#, true), (" ", false), ("-", false), ("=", false)])
    func dataMayHaveLineBreaks(separator: String, isTaken: Bool) throws {
        let certificate = FakePEM.certificate("data")
        let data = Data(certificate.utf8).base64EncodedString()
        let quoted = [data.prefix(20), data.dropFirst(20)].joined(separator: separator)
        let path = try kubeconfig(cluster: "server: https://x\ncertificate-authority-data: \"\(quoted)\"", user: "{}")
        if isTaken {
            #expect(try access(path).endpoint.tls.certificateAuthority == .memory(Array(certificate.utf8)))
        } else {
            #expect(throws: CredentialError.self) { try access(path) }
        }
    }

    @Test func aUserMayBeAnonymous() async throws {
        let path = try kubeconfig(user: "{}")
        #expect(try await access(path).credentials.authorization() == Authorization())
    }

    // MARK: Contexts and merging

    @Test func theFirstFileWins() async throws {
        let first = try folder.write(
            "one/config",
            """
            clusters:
            - {name: c, cluster: {server: "https://first"}}
            users:
            - {name: u, user: {tokenFile: token}}
            """
        )
        let second = try folder.write(
            "two/config",
            """
            current-context: a
            contexts:
            - {name: a, context: {cluster: c, user: u}}
            - {name: b, context: {cluster: d, user: u}}
            clusters:
            - {name: c, cluster: {server: "https://second", tls-server-name: not-merged-into-the-first}}
            - {name: d, cluster: {server: "https://third", certificate-authority: ca.crt}}
            users:
            - {name: u, user: {token: not-this-one}}
            """
        )
        let third = try folder.write("config", "current-context: not-this-one\n")
        try folder.write("one/token", "from-the-first-folder\n")
        try folder.write("two/ca.crt", FakePEM.certificate("ca"))
        // Twice, and with one that is not there: both are passed over.
        let list = "\(first):/nonexistent/config::\(second):\(first):\(third)"
        let environment = world.environment(["KUBECONFIG": list])
        let access = try ClusterAccess.find(environment: environment)
        #expect(access.endpoint.server == "https://first")
        #expect(access.endpoint.tls.serverName == nil)
        #expect(try await access.credentials.authorization().bearerToken == "from-the-first-folder")
        #expect(access.origin == "context a of \(first), \(second), \(third)")
        let other = try ClusterAccess.find(context: "b", environment: environment)
        #expect(other.endpoint.server == "https://third")
        #expect(other.endpoint.tls.certificateAuthority == .file("\(folder.path)/two/ca.crt"))
        #expect(
            failure { () throws(CredentialError) in
                try ClusterAccess.find(context: "x", environment: environment)
            } == "\(first), \(second), \(third): has no context \"x\"; name one with --context: \"a\", \"b\""
        )
    }

    @Test func aFileThatIsNamedMustBeThere() {
        #expect(
            failure { () throws(CredentialError) in
                try ClusterAccess.find(kubeconfig: "/nonexistent/config", environment: world.environment())
            } == "/nonexistent/config: cannot be read: no such file"
        )
    }

    @Test func aTokenComesBeforeAPlugin() async throws {
        let path = try kubeconfig(
            user:
                "token: given\nexec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Never}"
        )
        let access = try access(path)
        #expect(try await access.credentials.authorization().bearerToken == "given")
        #expect(
            access.warnings
                == ["\(path):12:11: users[0].user.exec: a token is given as well and is used; the plugin is not run"]
        )
    }

    @Test func printsNoSecret() async throws {
        let path = try kubeconfig(cluster: "server: https://x\nproxy-url: http://me:S3CRET@proxy")
        let access = try access(path)
        var text = "\(access) \(try await access.credentials.authorization())"
        dump(access.endpoint, to: &text)
        dump(try await access.credentials.authorization(), to: &text)
        #expect(!text.contains("S3CRET"))
        #expect(text.contains("bearer token"))
    }
}
