package import ClusterState
package import KubernetesWire

/// What reads the objects of a resource into the state.
package enum ResourceDecoder: Sendable {
    /// Protobuf, object by object as the bytes arrive.
    case protobuf(WireResource)
    /// JSON, page by page.
    case json(JSONListDecoder)

    /// The media type to ask for.
    var accept: String {
        switch self {
        case .protobuf: APIClient.protobuf
        case .json: APIClient.json
        }
    }

    /// Starts, ends, gives up a list, or drops all objects.
    func list(_ state: inout ClusterState, _ step: WireResource.ListStep) {
        switch self {
        case .protobuf(let resource): resource.list(&state, step)
        case .json(let decoder): decoder.list(&state, step)
        }
    }
}

/// What reads pages of a custom resource, which are served as JSON only.
package struct JSONListDecoder: Sendable {
    /// The source that the objects are.
    package let source: Source
    /// Starts, ends, gives up a list, or drops all objects.
    package let list: @Sendable (inout ClusterState, WireResource.ListStep) -> Void
    /// Reads a whole page into the list under way but for objects of the namespaces given, and gives its metadata.
    package let page: @Sendable (inout ClusterState, [UInt8], _ denied: Set<String>) throws(JSONListError) -> ListMeta

    /// The decoder of a resource that is read as JSON.
    package init(_ resource: JSONResource) {
        source = resource.source
        list = resource.list
        page = { (state, bytes, denied) throws(JSONListError) in
            do {
                return try bytes.withUnsafeBytes { try resource.stage(&state, $0, denied) }
            } catch {
                throw JSONListError("\(error)")
            }
        }
    }

    /// Creates a decoder of these functions.
    package init(
        _ source: Source,
        list: @escaping @Sendable (inout ClusterState, WireResource.ListStep) -> Void,
        page: @escaping @Sendable (inout ClusterState, [UInt8], Set<String>) throws(JSONListError) -> ListMeta
    ) {
        self.source = source
        self.list = list
        self.page = page
    }
}

/// Why a page of JSON could not be read, in a line.
package struct JSONListError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The line.
    package var description: String

    /// Creates an error from its line.
    package init(_ description: String) {
        self.description = description
    }
}
