/// Something that goes wrong on command. Names are those of nodes (`worker-00001`, `cp-2`) and zones (`zone-a`).
package enum SimulatedFault: Sendable, Hashable {
    /// Every node of the zone is powered off.
    case zoneLost(String)
    /// A node is powered off; on a control-plane node its API server and etcd member go too.
    case nodeLost(String)
    /// The API server of a control-plane node refuses connections, and its watches break; the node lives.
    case apiServerLost(String)
    /// The etcd member of a control-plane node refuses connections.
    case etcdMemberLost(String)
    /// The etcd member of a control-plane node is suspended: it takes connections and never answers, and it counts for
    /// no quorum.
    case etcdMemberHangs(String)
    /// All etcd members but the first are suspended: no quorum. For what the API servers answer then see
    /// ``SimulatorState/withoutQuorum(_:_:_:_:)``.
    case etcdQuorumLost
    /// All etcd members are suspended.
    case etcdMembersSilent
    /// All API servers refuse connections, and their watches break; nothing is written meanwhile.
    case apiServersLost
    /// The etcd member raises an alarm: `NOSPACE` or `CORRUPT`.
    case etcdAlarm(member: String, alarm: String)
    /// The node is cordoned.
    case cordoned(String)
    /// The API servers take requests and answer none; open watches bring nothing. Clearing it lets all go on.
    case hang
    /// New requests for the resource, nil for all, get 429 with Retry-After in seconds.
    case tooManyRequests(SimulatedResource?, retryAfter: Int)
    /// New requests for the resource, nil for all, get 500.
    case internalError(SimulatedResource?)
    /// New requests for the resource, nil for all, get 200 with bytes that are no protobuf; open watches get a frame
    /// of such bytes.
    case garbage(SimulatedResource?)
    /// New requests for the resource get 403.
    case forbidden(SimulatedResource)
    /// Requests with this bearer token, nil for any or none, get 401.
    case tokenExpired(String?)
    /// The watches of the resource that are open now bring nothing any more; new ones do. Clearing it delivers what
    /// was held back.
    case watchesSilent(SimulatedResource?)
    /// Nothing is written: leases stop, client writes get 504.
    case writesFrozen
    /// Once: open watches break off in the middle of a frame.
    case watchesCut(SimulatedResource?)
    /// Once: open watches get ERROR 410 and end.
    case watchesExpired(SimulatedResource?)
    /// Once: history and list tokens are compacted away; watches from older versions get 410.
    case compaction
    /// Once: etcd goes back to this revision, as after a restore; open watches break.
    case etcdRestored(revision: Int64)

    /// Whether it happens once and cannot be cleared.
    package var isOneShot: Bool {
        switch self {
        case .watchesCut, .watchesExpired, .compaction, .etcdRestored: true
        default: false
        }
    }
}

/// A fault that cannot be done.
package enum SimulatedFaultError: Error, Equatable, CustomStringConvertible {
    /// The cluster has no such node, control-plane node or zone.
    case unknownName(String, expected: String)
    /// The JSON of a fault is wrong.
    case badRequest(String)

    package var description: String {
        switch self {
        case .unknownName(let name, let expected): "the cluster has no \(expected) \"\(name)\""
        case .badRequest(let reason): reason
        }
    }
}
