import ClusterState

/// The names of a recording's files.
enum RecordingFile {
    /// What API servers and etcd members answered, a JSON object a line.
    static let probes = "probes.jsonl"
    /// The API server's /version.
    static let version = "version.json"
    /// The `now` to judge the recording by.
    static let recordedAt = "recorded-at.txt"
    /// The state of each source.
    static let sources = "sources.json"

    /// Custom resources: API servers serve them as JSON only.
    static let gatewayGroup = "gateway.networking.k8s.io"
    private static let jsonSources: Set<Source> = [.gateways, .httproutes]

    /// Whether the source is served as JSON only, by an API that a cluster may well not have.
    static func isGateway(_ source: Source) -> Bool { jsonSources.contains(source) }

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
