import ClusterState
import ControlPlaneProbes
import KubernetesClient
import KubernetesWire

/// Collects the instances of the control plane to probe while objects are recorded: only objects that name one are kept.
struct ProbeTargets {
    private var state = ClusterState()

    /// Looks at an object.
    mutating func note(
        _ bytes: UnsafeRawBufferPointer,
        _ offset: Int,
        of resource: APIResource
    ) throws(WireError) {
        let namespace: String? =
            switch resource.source {
            case .nodes: ""
            case .endpointslices: "default"
            case .pods, .leases: "kube-system"
            default: nil
            }
        guard let namespace, try ObjectHeader(bytes, offset: offset).namespace == namespace else { return }
        if case .protobuf(let reader) = resource.reader { try reader.upsert(&state, bytes, offset) }
    }

    /// The API servers that the objects name.
    func apiServers(now: Timestamp) -> Set<ProbeEndpoint> {
        APIServerInstances.found(in: state, now: now)
    }

    /// Where etcd members seem to be.
    var etcdMembers: [ProbeEndpoint] { EtcdTargets.found(in: state) }
}
