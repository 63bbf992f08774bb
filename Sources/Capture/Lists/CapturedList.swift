import ClusterState
import KubernetesClient
import KubernetesWire
import Recordings

/// A list to capture: where it is served, and in which form.
struct CapturedList: Sendable {
    /// How objects come.
    enum Form: Sendable {
        case protobuf(WireResource)
        /// Custom resources come as nothing else.
        case json
    }

    let resource: APIResource
    let form: Form
    /// The list's kind.
    let kind: String
    /// The namespaces to list, nil for all at once.
    let scopes: [String?]
    /// Namespaces whose objects are left out.
    let denied: Set<String>

    /// The list of a source; nil for one that is no list.
    init?(_ source: Source, _ selection: ResourceSelection) {
        guard let resource = APIResource.of(source) else { return nil }
        if let wire = WireResource.all.first(where: { $0.source == source }) {
            form = .protobuf(wire)
            kind = "\(wire.kind)List"
        } else if let json = JSONResource.all.first(where: { $0.source == source }) {
            form = .json
            kind = "\(json.kind)List"
        } else {
            return nil
        }
        self.resource = resource
        scopes = selection.includes(source) ? selection.scopes(of: resource) : []
        denied = selection.denied(of: resource)
    }

    /// The name of its file.
    var fileName: String {
        RecordingFile.list(group: resource.group, version: resource.version, resource: resource.plural)
    }

    /// The media type to ask for.
    var accept: String {
        if case .json = form { APIClient.json } else { APIClient.protobuf }
    }

    /// What stands around its items.
    func frame(_ metadata: ListMeta, itemBytes: Int) -> ListFrame {
        switch form {
        case .protobuf:
            .protobuf(apiVersion: resource.groupVersion, kind: kind, metadata: metadata, itemBytes: itemBytes)
        case .json: .json(apiVersion: resource.groupVersion, kind: kind, metadata: metadata)
        }
    }

    /// Every list there is, in the order in which they are captured: leases last, since whoever judges the recording
    /// goes by how old they are at its end.
    static func all(_ selection: ResourceSelection) -> [CapturedList] {
        let leases: [Source] = [.nodeleases, .leases]
        let sources = Source.allCases.filter { !leases.contains($0) } + leases
        return sources.compactMap { CapturedList($0, selection) }
    }
}
