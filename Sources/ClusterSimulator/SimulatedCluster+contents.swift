/// One object as the cluster holds it.
package struct SimulatedObject: Sendable, Hashable {
    /// Empty for objects of the cluster.
    package var namespace: String
    /// The name.
    package var name: String
    /// `metadata.uid`.
    package var uid: String
    /// `metadata.resourceVersion`.
    package var resourceVersion: String
    /// The object without envelope: protobuf, or JSON for a custom resource.
    package var bytes: [UInt8]
}

extension SimulatedCluster {
    /// The objects of each resource as the cluster holds them now, in the order of lists.
    package func contents() -> [SimulatedResource: [SimulatedObject]] {
        var contents: [SimulatedResource: [SimulatedObject]] = [:]
        for resource in SimulatedResource.allCases { contents[resource] = objects(resource) }
        return contents
    }

    /// The objects of one resource as the cluster holds them now.
    package func objects(_ resource: SimulatedResource) -> [SimulatedObject] {
        storedObjects(resource)
            .map { object in
                SimulatedObject(
                    namespace: object.namespace,
                    name: object.name,
                    uid: object.uid,
                    resourceVersion: String(object.revision),
                    bytes: Array(object.payload)
                )
            }
    }

    /// The revision of the last write: the resourceVersion that a list has now.
    package var resourceVersion: Int64 {
        inspect { $0.cluster.store.revision }
    }

    /// The time since the start.
    package var elapsed: Duration {
        inspect { $0.cluster.now }
    }

    /// The wall time in seconds since 1970.
    package var wallTime: Int64 {
        inspect { $0.cluster.wallTime }
    }

    /// The number of watches that are open.
    package var openWatchCount: Int {
        inspect { $0.watches.count }
    }

    /// The requests for resources so far by verb and plural name: `list pods`.
    package var requestCounts: [String: Int] {
        inspect { $0.requestCounts }
    }

    /// The names of the nodes of a zone, or of all.
    package func nodeNames(zone: String? = nil) -> [String] {
        inspect { state in
            state.cluster.nodes.filter { zone == nil || state.cluster.plan.zoneName($0.zone) == zone }.map(\.name)
        }
    }

    private func storedObjects(_ resource: SimulatedResource) -> [StoredObject] {
        inspect { $0.cluster.store.objects(resource) }
    }
}
