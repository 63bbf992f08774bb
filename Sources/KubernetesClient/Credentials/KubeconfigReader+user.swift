internal import ConfigurationFiles
internal import HTTPTransport

extension KubeconfigReader {
    /// What a user shows the server.
    mutating func credentials(
        _ user: Kubeconfig.Entry,
        cluster: Kubeconfig.Entry,
        endpoint: ClusterEndpoint
    ) throws(ConfigurationError) -> any CredentialSource {
        let body = user.body
        noteUnknownKeys(
            body,
            [
                "client-certificate", "client-certificate-data", "client-key", "client-key-data", "token", "tokenFile",
                "exec", "extensions", "as", "as-uid", "as-groups", "as-user-extra", "username", "password",
                "auth-provider",
            ]
        )
        try refuseUnsupported(body)
        var fixed = Authorization()
        var files = FileCredentials.Files()
        try readCertificate(user, into: &fixed, &files)
        try readToken(user, into: &fixed, &files)

        var plugin: ExecPlugin?
        if let exec = body["exec"] {
            // As client-go has it: credentials that are there already are used.
            if fixed.bearerToken != nil || files.token != nil {
                warnings.append(exec.error("a token is given as well and is used; the plugin is not run").description)
            } else {
                noteUnknownKeys(try exec.mapping(), ExecPlugin.keys)
                plugin = try ExecPlugin(exec, user: user, cluster: cluster, endpoint: endpoint)
            }
        }
        let own: any CredentialSource
        if files == FileCredentials.Files() {
            own = FixedCredentials(fixed)
        } else {
            own = try FileCredentials(fixed, files: files, environment: environment)
        }
        guard let plugin else { return own }
        return ExecCredentials(plugin, beside: own, environment: environment)
    }

    private func refuseUnsupported(_ body: ConfigurationMapping) throws(ConfigurationError) {
        for key in ["username", "password"] {
            guard let value = body[key] else { continue }
            throw value.error(
                "Kubernetes has no basic authentication since 1.19; use a token, a client certificate or an exec plugin"
            )
        }
        if let provider = body["auth-provider"] {
            throw provider.error(
                "auth-provider is not supported; use an exec plugin "
                    + "(gke-gcloud-auth-plugin for GKE, kubelogin for Azure and OIDC)"
            )
        }
        for key in ["as", "as-uid", "as-groups", "as-user-extra"] {
            guard let value = body[key] else { continue }
            throw value.error("impersonation is not supported; use credentials of the user itself")
        }
    }

    private func readCertificate(
        _ user: Kubeconfig.Entry,
        into fixed: inout Authorization,
        _ files: inout FileCredentials.Files
    ) throws(ConfigurationError) {
        let body = user.body
        if let bytes = try body["client-certificate-data"]?.pem(PEMText.problem(certificates:)) {
            fixed.clientCertificate = .memory(bytes)
        } else {
            files.certificate = try file("client-certificate", of: user)
        }
        if let bytes = try body["client-key-data"]?.pem(PEMText.problem(key:)) {
            fixed.clientKey = .memory(bytes)
        } else {
            files.key = try file("client-key", of: user)
        }
        let hasCertificate = fixed.clientCertificate != nil || files.certificate != nil
        guard hasCertificate == (fixed.clientKey != nil || files.key != nil) else {
            throw body.value.error(
                hasCertificate
                    ? "has a client certificate without its key; add client-key or client-key-data"
                    : "has a client key without its certificate; add client-certificate or client-certificate-data"
            )
        }
    }

    private func readToken(
        _ user: Kubeconfig.Entry,
        into fixed: inout Authorization,
        _ files: inout FileCredentials.Files
    ) throws(ConfigurationError) {
        if let value = user.body["token"], case let token = try value.string(), !token.isEmpty {
            if let problem = BearerToken.problem(token) { throw value.error(problem) }
            fixed.bearerToken = token
        }
        files.token = try file("tokenFile", of: user)
    }
}
