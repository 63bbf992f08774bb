internal import ClusterState
internal import ConfigurationFiles
internal import FoundationEssentials
internal import HTTPTransport

/// How a kubeconfig says a credential plugin is run.
///
/// The contract is "client-go credential plugins" in Kubernetes' documentation on authentication.
struct ExecPlugin: Sendable {
    /// The keys of `exec`.
    static let keys = [
        "apiVersion", "command", "args", "env", "installHint", "interactiveMode", "provideClusterInfo",
    ]

    /// `client.authentication.k8s.io/v1` or `…/v1beta1`.
    let apiVersion: String
    /// A path where it has a slash, otherwise a name looked up in PATH.
    let command: String
    let arguments: [String]
    /// What is added to our own environment.
    let variables: [String: String]
    /// What the kubeconfig says to do where the command is not there; one line.
    let installHint: String?
    /// The cluster as JSON for `KUBERNETES_EXEC_INFO`; nil where the plugin is not to know it.
    let cluster: String?
    /// Where it was written: begins each error.
    let origin: String

    init(
        _ value: ConfigurationValue,
        user: Kubeconfig.Entry,
        cluster: Kubeconfig.Entry,
        endpoint: ClusterEndpoint
    ) throws(ConfigurationError) {
        let exec = try value.mapping()
        let version = try exec.required("apiVersion")
        apiVersion = try version.string()
        let versions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]
        guard versions.contains(apiVersion) else {
            throw version.error("must be \(versions[0]) or \(versions[1]); update the plugin and its kubeconfig")
        }
        let key = try exec.required("command")
        let name = try key.nonEmptyString()
        command = name.contains("/") ? user.resolved(name) : name
        arguments = try exec["args"]?.strings() ?? []
        var variables: [String: String] = [:]
        for item in try exec["env"]?.list() ?? [] {
            let variable = try item.mapping()
            let name = try variable.required("name")
            let text = try name.nonEmptyString()
            guard !text.contains("=") else { throw name.error("must not contain “=”") }
            variables[text] = try variable["value"]?.string() ?? ""
        }
        self.variables = variables
        installHint = try exec["installHint"]?.string().oneLine(limit: 300)
        origin = "\(key.place): exec plugin \(name.oneLine(limit: 100))"
        try Self.checkInteractiveMode(exec, isRequired: apiVersion == versions[0])
        let isClusterProvided = try exec["provideClusterInfo"]?.bool() ?? false
        self.cluster = isClusterProvided ? try Self.clusterJSON(cluster, endpoint) : nil
    }

    /// We never stand at a terminal: plugins run without one and without input.
    private static func checkInteractiveMode(
        _ exec: ConfigurationMapping,
        isRequired: Bool
    ) throws(ConfigurationError) {
        // v1 requires the key, v1beta1 takes IfAvailable without it.
        guard let value = isRequired ? try exec.required("interactiveMode") : exec["interactiveMode"] else { return }
        switch try value.string() {
        case "Never", "IfAvailable": break
        case "Always":
            throw value.error(
                "the plugin needs a terminal (Always), which the exporter does not have; use another credential"
            )
        default: throw value.error("must be Never, IfAvailable or Always")
        }
    }

    private static func clusterJSON(
        _ cluster: Kubeconfig.Entry,
        _ endpoint: ClusterEndpoint
    ) throws(ConfigurationError) -> String {
        var members = ["\"server\":" + JSONText.quoted(endpoint.server)]
        if let name = endpoint.tls.serverName { members.append("\"tls-server-name\":" + JSONText.quoted(name)) }
        if endpoint.tls.isVerificationSkipped { members.append("\"insecure-skip-tls-verify\":true") }
        switch endpoint.tls.certificateAuthority {
        case .memory(let bytes):
            members.append("\"certificate-authority-data\":" + JSONText.quoted(Data(bytes).base64EncodedString()))
        case .file(let path):
            let file = CredentialFile(path: path, origin: cluster.body.value.place)
            members.append(
                "\"certificate-authority-data\":" + JSONText.quoted(Data(try file.bytes()).base64EncodedString())
            )
        case nil: break
        }
        if case .url(let url) = endpoint.proxy { members.append("\"proxy-url\":" + JSONText.quoted(url)) }
        if let config = try pluginConfiguration(cluster) { members.append("\"config\":" + JSONText.encoded(config)) }
        return "{" + members.joined(separator: ",") + "}"
    }

    /// What the cluster holds for plugins under the reserved extension name.
    private static func pluginConfiguration(
        _ cluster: Kubeconfig.Entry
    ) throws(ConfigurationError) -> ConfigurationNode? {
        for item in try cluster.body["extensions"]?.list() ?? [] {
            let named = try item.mapping()
            if try named["name"]?.string() == "client.authentication.k8s.io/exec" { return named["extension"]?.node }
        }
        return nil
    }

    /// The plugin's whole environment.
    func environment(over inherited: [String: String]) -> [String: String] {
        var spec = "\"interactive\":false"
        if let cluster { spec = "\"cluster\":\(cluster)," + spec }
        var result = inherited.merging(variables) { _, own in own }
        result["KUBERNETES_EXEC_INFO"] =
            "{\"kind\":\"ExecCredential\",\"apiVersion\":\(JSONText.quoted(apiVersion)),\"spec\":{\(spec)}}"
        return result
    }
}

extension String {
    /// The text on one line, control characters and runs of blanks as one blank, cut at the limit.
    func oneLine(limit: Int) -> String {
        let words = unicodeScalars.split { $0.properties.isWhitespace || $0.isTerminalControl }
        let line = words.map { String($0) }.joined(separator: " ")
        return line.count <= limit ? line : line.prefix(limit) + "…"
    }
}
