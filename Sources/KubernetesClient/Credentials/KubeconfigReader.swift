internal import ConfigurationFiles
internal import FoundationEssentials
internal import HTTPTransport

/// Turns a kubeconfig's context into a cluster to ask.
struct KubeconfigReader {
    let kubeconfig: Kubeconfig
    let environment: CredentialEnvironment
    /// What was seen on the way and is worth a line.
    var warnings: [String]

    init(_ kubeconfig: Kubeconfig, _ environment: CredentialEnvironment) {
        self.kubeconfig = kubeconfig
        self.environment = environment
        warnings = kubeconfig.warnings
    }

    /// The cluster and user of a context.
    ///
    /// - Parameter wanted: The context's name; nil for the current one.
    /// - Returns: The cluster and what to show it.
    /// - Throws: ``ConfigurationError`` with the place of what cannot be used.
    func access(context wanted: String?) throws(ConfigurationError) -> ClusterAccess {
        var reader = self
        return try reader.read(context: wanted)
    }

    private mutating func read(context wanted: String?) throws(ConfigurationError) -> ClusterAccess {
        let context = try context(wanted)
        noteUnknownKeys(context.body, ["cluster", "user", "namespace", "extensions"])
        let cluster = try entry("cluster", of: context, in: kubeconfig.clusters)
        let user = try entry("user", of: context, in: kubeconfig.users)
        var endpoint = try endpoint(cluster)
        if let namespace = context.body["namespace"] { endpoint.namespace = try namespace.nonEmptyString() }
        let credentials = try credentials(user, cluster: cluster, endpoint: endpoint)
        return ClusterAccess(
            endpoint: endpoint,
            credentials: credentials,
            origin: "context \(context.name) of \(kubeconfig.name)",
            warnings: warnings
        )
    }

    // MARK: The context

    private func context(_ wanted: String?) throws(ConfigurationError) -> Kubeconfig.Entry {
        if let wanted {
            if let entry = kubeconfig.contexts[wanted] { return entry }
            throw ConfigurationError(
                file: kubeconfig.name,
                message: "has no context \(ConfigurationError.quoted(wanted)); \(contextsToChoose)"
            )
        }
        guard let current = kubeconfig.currentContext else {
            throw ConfigurationError(file: kubeconfig.name, message: "has no current-context; \(contextsToChoose)")
        }
        let name = try current.string()
        if let entry = kubeconfig.contexts[name] { return entry }
        throw current.error("there is no context \(ConfigurationError.quoted(name)); \(contextsToChoose)")
    }

    private var contextsToChoose: String {
        let names = kubeconfig.contexts.names
        if names.isEmpty { return "it has no contexts at all" }
        let shown = names.prefix(10).map { ConfigurationError.quoted($0) }.joined(separator: ", ")
        return "name one with --context: \(shown)\(names.count > 10 ? " …" : "")"
    }

    private func entry(
        _ key: String,
        of context: Kubeconfig.Entry,
        in section: Kubeconfig.Section
    ) throws(ConfigurationError) -> Kubeconfig.Entry {
        let reference = try context.body.required(key)
        let name = try reference.nonEmptyString()
        guard let entry = section[name] else {
            throw reference.error("there is no \(key) \(ConfigurationError.quoted(name))")
        }
        return entry
    }

    // MARK: The cluster

    private mutating func endpoint(_ cluster: Kubeconfig.Entry) throws(ConfigurationError) -> ClusterEndpoint {
        let body = cluster.body
        noteUnknownKeys(
            body,
            [
                "server", "tls-server-name", "insecure-skip-tls-verify", "certificate-authority",
                "certificate-authority-data", "proxy-url", "disable-compression", "extensions",
            ]
        )
        let key = try body.required("server")
        let text = try key.nonEmptyString()
        let server: ServerURL
        do throws(ServerURL.Problem) { server = try ServerURL(text) } catch { throw key.error(error.description) }
        var tls = TLSOptions()
        tls.certificateAuthority = try authority(cluster)
        tls.serverName = try body["tls-server-name"]?.nonEmptyString()
        if let skip = body["insecure-skip-tls-verify"], try skip.bool() {
            guard tls.certificateAuthority == nil else {
                throw skip.error("cannot be used together with a certificate authority; remove one of them")
            }
            tls.isVerificationSkipped = true
            warnings.append(
                skip.error("the API server's certificate is not verified: anyone in between can read the token")
                    .description
            )
        }
        if !server.isTLS {
            warnings.append(key.error("is not https: what is sent and answered can be read by others").description)
        }
        var proxy = ProxyChoice.environment
        if let url = body["proxy-url"], case let text = try url.string(), !text.isEmpty {
            if let problem = ServerURL.problem(proxy: text) { throw url.error(problem) }
            proxy = .url(text)
        }
        return ClusterEndpoint(server: server.text, tls: tls, proxy: proxy)
    }

    private func authority(_ cluster: Kubeconfig.Entry) throws(ConfigurationError) -> PEMSource? {
        if let data = cluster.body["certificate-authority-data"],
            let bytes = try data.pem(PEMText.problem(certificates:))
        {
            return .memory(bytes)
        }
        guard let file = try file("certificate-authority", of: cluster) else { return nil }
        _ = try file.certificates()
        return .file(file.path)
    }

    // MARK: What cluster and user share

    /// Adds a warning for each key that nothing reads.
    mutating func noteUnknownKeys(_ mapping: ConfigurationMapping, _ known: [String]) {
        warnings += mapping.unknownKeys(known: known).map(\.ignored)
    }

    /// The file that a key names; relative to the kubeconfig's folder.
    func file(_ key: String, of entry: Kubeconfig.Entry) throws(ConfigurationError) -> CredentialFile? {
        guard let value = entry.body[key], case let path = try value.string(), !path.isEmpty else { return nil }
        return CredentialFile(path: entry.resolved(path), origin: value.place)
    }
}

extension Kubeconfig.Entry {
    /// The path from the kubeconfig's folder.
    func resolved(_ path: String) -> String {
        path.hasPrefix("/") ? path : folder + path
    }
}

extension ConfigurationValue {
    /// `config:12:5: users[0].user.tokenFile`.
    var place: String { "\(file):\(node.position): \(path)" }

    /// The bytes of a `…-data` key: base64 around PEM; nil where it is empty.
    func pem(_ problem: ([UInt8]) -> String?) throws(ConfigurationError) -> [UInt8]? {
        let text = try string()
        if text.isEmpty { return nil }
        // Line breaks in it are skipped, as Go's decoder does.
        let digits = text.utf8.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard let bytes = Data(base64Encoded: Data(digits)).map({ [UInt8]($0) }) else { throw error("is not base64") }
        if let problem = problem(bytes) { throw error(problem) }
        return bytes
    }
}
