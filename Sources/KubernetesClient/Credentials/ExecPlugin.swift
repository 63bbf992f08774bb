internal import ClusterState
internal import ConfigurationFiles
internal import FoundationEssentials
internal import HTTPTransport
internal import KubernetesWire

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
    let cluster: JSONValue?
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
    ) throws(ConfigurationError) -> JSONValue {
        var json = JSONValue.members(["server": .string(endpoint.server)])
        json["tls-server-name"] = endpoint.tls.serverName.map { .string($0) }
        if endpoint.tls.isVerificationSkipped { json["insecure-skip-tls-verify"] = .bool(true) }
        let authority: [UInt8]? =
            switch endpoint.tls.certificateAuthority {
            case .memory(let bytes): bytes
            case .file(let path): try CredentialFile(path: path, origin: cluster.body.value.place).bytes()
            case nil: nil
            }
        json["certificate-authority-data"] = authority.map { .string(Data($0).base64EncodedString()) }
        if case .url(let url) = endpoint.proxy { json["proxy-url"] = .string(url) }
        json["config"] = try pluginConfiguration(cluster).map(JSONValue.init)
        return json
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
        var spec = JSONValue.object([])
        spec["cluster"] = cluster
        spec["interactive"] = .bool(false)
        let info = JSONValue.members([
            "kind": .string("ExecCredential"), "apiVersion": .string(apiVersion), "spec": spec,
        ])
        var result = inherited.merging(variables) { _, own in own }
        result["KUBERNETES_EXEC_INFO"] = String(decoding: info.encoded, as: UTF8.self)
        return result
    }
}

extension JSONValue {
    /// The node with its keys in the order written. Plain scalars become what YAML means by them; a number beyond a Double,
    /// which JSON cannot hold, becomes a string.
    init(_ node: ConfigurationNode) {
        switch node.content {
        case .sequence(let items): self = .array(items.map(JSONValue.init))
        case .mapping(let entries):
            self = .object(entries.map { Member(name: $0.key, value: JSONValue($0.value)) })
        case .scalar(let scalar):
            switch scalar.plainMeaning {
            case .null: self = .null
            case .bool(let value): self = .bool(value)
            case .integer(let value): self = .integer(value)
            case .number(let value): self = value.isFinite ? .number("\(value)") : .string(scalar.text)
            case .text: self = .string(scalar.text)
            }
        }
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
