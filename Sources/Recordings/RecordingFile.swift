import ClusterState

/// The names of a recording's files.
package enum RecordingFile {
    /// What API servers and etcd members answered, a JSON object a line.
    package static let probes = "probes.jsonl"
    /// The API server's /version.
    package static let version = "version.json"
    /// The `now` to judge the recording by.
    package static let recordedAt = "recorded-at.txt"
    /// The state of each source.
    package static let sources = "sources.json"
    /// There while a capture writes the folder: a recording with it lacks what was still to come, and is refused.
    package static let unfinished = "capture-unfinished.txt"

    /// Custom resources: API servers serve them as JSON only.
    static let gatewayGroup = "gateway.networking.k8s.io"
    private static let jsonSources: Set<Source> = [.gateways, .httproutes]

    /// Whether the source is served as JSON only, by an API that a cluster may well not have.
    static func isGateway(_ source: Source) -> Bool { jsonSources.contains(source) }

    /// The name of the file with a list: `core_v1_pods.pb`, and `.json` where the group is served as JSON only.
    ///
    /// - Parameters:
    ///   - group: The API group; empty for core.
    ///   - version: Its version.
    ///   - resource: The resource's name in paths.
    /// - Returns: The name.
    package static func list(group: String, version: String, resource: String) -> String {
        let suffix = group == gatewayGroup ? ".json" : ".pb"
        return "\(group.isEmpty ? "core" : group)_\(version)_\(resource)\(suffix)"
    }

    /// The resource's name in a file name of the form `<group>_<version>_<resource>.pb`, or `.json` where the resource is
    /// of a group that is served as JSON only; nil where the name has another form. The `.json` twins of other resources
    /// are for people.
    static func resource(of file: String) -> String? {
        let wanted = file.hasPrefix("\(gatewayGroup)_") ? ".json" : ".pb"
        guard file.hasSuffix(wanted) else { return nil }
        let parts = file.dropLast(wanted.count).split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        return String(parts[2])
    }

    /// The resource whose file the source is read from: leases of nodes come with all others.
    static func resource(of source: Source) -> String {
        source == .nodeleases ? Source.leases.rawValue : source.rawValue
    }
}
