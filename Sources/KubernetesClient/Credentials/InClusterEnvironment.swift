internal import ConfigurationFiles
internal import HTTPTransport

/// What the kubelet gives a pod to reach its API server.
struct InClusterEnvironment {
    private let host: String
    private let port: String
    private let environment: CredentialEnvironment

    /// nil outside of a pod.
    init?(_ environment: CredentialEnvironment) {
        guard let host = environment.variable("KUBERNETES_SERVICE_HOST"),
            let port = environment.variable("KUBERNETES_SERVICE_PORT")
        else { return nil }
        self.host = host
        self.port = port
        self.environment = environment
    }

    private var tokenFile: CredentialFile { file("token") }

    /// Whether a token is mounted: not in pods with `automountServiceAccountToken: false`.
    var hasToken: Bool {
        (try? tokenFile.bytes()) != nil
    }

    /// The cluster that the pod runs in.
    func access() throws(CredentialError) -> ClusterAccess {
        let server: ServerURL
        do throws(ServerURL.Problem) {
            server = try ServerURL(host.contains(":") ? "https://[\(host)]:\(port)" : "https://\(host):\(port)")
        } catch {
            throw CredentialError("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT \(error.description)")
        }
        let credentials: FileCredentials
        let authority = file("ca.crt")
        do throws(ConfigurationError) {
            credentials = try FileCredentials(files: .init(token: tokenFile), environment: environment)
            _ = try authority.certificates()
        } catch {
            throw CredentialError(
                "\(error); the pod needs its service account mounted (automountServiceAccountToken: true), "
                    + "or name a file with --kubeconfig"
            )
        }
        return ClusterAccess(
            endpoint: ClusterEndpoint(
                server: server.text,
                // By path: it is read again for each connection, so a rotated CA needs no restart.
                tls: TLSOptions(certificateAuthority: .file(authority.path)),
                namespace: namespace
            ),
            credentials: credentials,
            origin: "service account of this pod"
        )
    }

    private var namespace: String {
        if let name = environment.variable("POD_NAMESPACE") { return name }
        let name = (try? file("namespace").bytes()).map { String(decoding: $0, as: UTF8.self).trimmingBlanks }
        return name.flatMap { $0.isEmpty ? nil : $0 } ?? "default"
    }

    private func file(_ name: String) -> CredentialFile {
        CredentialFile(path: "\(environment.serviceAccountFolder)/\(name)", origin: "service account of this pod")
    }
}
