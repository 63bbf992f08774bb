import KubernetesClient
import KubernetesWire

/// A list to capture: what is listed, and which part of it.
struct CapturedList: Sendable {
    let resource: APIResource
    /// The namespaces to list, nil for all at once; empty where the resource is not among what is to be read.
    let scopes: [String?]
    /// Namespaces whose objects are left out.
    let denied: Set<String>

    private init(_ resource: APIResource, _ selection: ResourceSelection) {
        self.resource = resource
        scopes = selection.includes(resource.source) ? selection.scopes(of: resource) : []
        denied = selection.denied(of: resource)
    }

    /// What stands around its items.
    func frame(_ metadata: ListMeta, itemBytes: Int) -> ListFrame {
        let (apiVersion, kind) = (resource.groupVersion, resource.listKind)
        return switch resource.reader {
        case .protobuf: .protobuf(apiVersion: apiVersion, kind: kind, metadata: metadata, itemBytes: itemBytes)
        case .json: .json(apiVersion: apiVersion, kind: kind, metadata: metadata)
        }
    }

    /// Every list there is, in the order in which they are captured: leases last, those of leaders after those of nodes,
    /// since anybody who judges the recording goes by how old they are at its end.
    static func all(_ selection: ResourceSelection) -> [CapturedList] {
        let leases = APIResource.all.filter { $0.kind == "Lease" }.reversed()
        let others = APIResource.all.filter { $0.kind != "Lease" }
        return (others + leases).map { CapturedList($0, selection) }
    }
}
