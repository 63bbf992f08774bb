package import KubernetesWire

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

    /// The resource's name in a file name of the form `<group>_<version>_<resource>.pb`, or `.json` where the group is one of
    /// custom resources; nil where the name has another form. The `.json` twins of other resources are for people.
    static func plural(of file: String) -> String? {
        let isCustom = customGroups.contains { file.hasPrefix("\($0)_") }
        let suffix = isCustom ? ".json" : ".pb"
        guard file.hasSuffix(suffix) else { return nil }
        let parts = file.dropLast(suffix.count).split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        return String(parts[2])
    }

    private static let customGroups = Set(APIResource.all.filter(\.isCustom).map(\.group))
}

extension APIResource {
    /// The name of the file with the list: `core_v1_pods.pb`, and `.json` for a custom resource.
    package var fileName: String {
        "\(group.isEmpty ? "core" : group)_\(version)_\(plural)\(isCustom ? ".json" : ".pb")"
    }
}
