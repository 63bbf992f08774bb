import ClusterState
import KubernetesWire

extension APIResource {
    /// The path of all objects, or of those of a namespace.
    func path(namespace: String?) -> String {
        let root = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        guard let namespace else { return "\(root)/\(plural)" }
        return "\(root)/namespaces/\(PercentCoding.encoded(namespace))/\(plural)"
    }

    /// The media type to ask for.
    package var mediaType: String {
        switch reader {
        case .protobuf: APIClient.protobuf
        case .json: APIClient.json
        }
    }
}
