internal import ConfigurationFiles

/// A cluster that can be asked: where it is, who we are there, and what that was found in.
package struct ClusterAccess: Sendable {
    /// Where the API server is.
    package var endpoint: ClusterEndpoint
    /// What each request carries.
    package var credentials: any CredentialSource
    /// Where this was found, for the log: `service account of this pod`, `context kind-ha of /home/a/.kube/config`.
    package var origin: String
    /// One line each for the log: verification switched off, keys that nothing reads.
    package var warnings: [String]

    /// Creates access.
    package init(
        endpoint: ClusterEndpoint,
        credentials: any CredentialSource,
        origin: String,
        warnings: [String] = []
    ) {
        self.endpoint = endpoint
        self.credentials = credentials
        self.origin = origin
        self.warnings = warnings
    }

    /// Finds the cluster as kubectl and client-go do.
    ///
    /// A file or context that is named is taken. Otherwise the pod's service account, if we run in a pod; otherwise the
    /// files of `KUBECONFIG`, or `~/.kube/config`.
    ///
    /// - Parameters:
    ///   - kubeconfig: The file named with `--kubeconfig`.
    ///   - context: The context named with `--context`, instead of the file's `current-context`.
    ///   - environment: Variables, clock and where a pod's credentials are.
    /// - Returns: The cluster. Nothing has been sent to it, and no plugin was run.
    /// - Throws: ``CredentialError`` where there is none or its description cannot be used.
    package static func find(
        kubeconfig: String? = nil,
        context: String? = nil,
        environment: CredentialEnvironment
    ) throws(CredentialError) -> ClusterAccess {
        if let kubeconfig {
            return try inKubeconfig(Kubeconfig(path: kubeconfig), context: context, environment)
        }
        let pod = InClusterEnvironment(environment)
        if let pod, context == nil, pod.hasToken { return try pod.access() }

        let places = KubeconfigPlaces(environment)
        if !places.existing.isEmpty {
            return try inKubeconfig(Kubeconfig(paths: places.existing), context: context, environment)
        }
        // In a pod without a token, that is the thing to say.
        if let pod, context == nil { return try pod.access() }
        throw CredentialError(
            "no cluster to ask: not in a pod (KUBERNETES_SERVICE_HOST is not set), and \(places.missing); "
                + "name a file with --kubeconfig; deploy/demo in the source tree needs no cluster"
        )
    }

    private static func inKubeconfig(
        _ file: @autoclosure () throws(ConfigurationError) -> Kubeconfig,
        context: String?,
        _ environment: CredentialEnvironment
    ) throws(CredentialError) -> ClusterAccess {
        do throws(ConfigurationError) {
            return try KubeconfigReader(file(), environment).access(context: context)
        } catch {
            throw CredentialError(error.description)
        }
    }
}
