/// The role of a node, by its role labels.
package enum NodeRole: UInt8, Hashable, Sendable, BitwiseCopyable, CaseIterable {
    case controlPlane, etcd, worker

    /// The value of the label `role`.
    package var name: String {
        switch self {
        case .controlPlane: "control-plane"
        case .etcd: "etcd"
        case .worker: "worker"
        }
    }
}

/// A node.
package struct Node: NamedRow, Hashable {
    package var meta: ObjectMeta
    package var role: NodeRole
    /// Label `topology.kubernetes.io/zone`, else `failure-domain.beta.kubernetes.io/zone`; empty where it has none. An
    /// empty value is none.
    package var zone: StringID
    /// The region, by its labels.
    package var region: StringID
    /// `spec.unschedulable`: cordoned.
    package var isCordoned: Bool
    package var taints: [Taint]
    /// The condition Ready.
    package var ready: ConditionStatus
    /// When it became what it is.
    package var readySince: Seconds
    package var memoryPressure: ConditionStatus
    package var diskPressure: ConditionStatus
    package var pidPressure: ConditionStatus
    package var networkUnavailable: ConditionStatus
    /// What pods may request here.
    package var allocatable: Resources
    /// How many pods may run here.
    package var allocatablePods: Int64
    /// Addresses of every type, host names included.
    package var addresses: [StringID]
    package var kubeletVersion: StringID

    /// Creates a node of which nothing is known but its metadata.
    package init(meta: ObjectMeta) {
        self.meta = meta
        role = .worker
        zone = .empty
        region = .empty
        isCordoned = false
        taints = []
        ready = .absent
        readySince = .none
        memoryPressure = .absent
        diskPressure = .absent
        pidPressure = .absent
        networkUnavailable = .absent
        allocatable = .zero
        allocatablePods = 0
        addresses = []
        kubeletVersion = .empty
    }

    /// Whether the condition Ready is True.
    package var isReady: Bool { ready == .isTrue }

    /// Ready, not cordoned, not being deleted.
    package var isUsable: Bool { isReady && !isCordoned && !meta.isTerminating }

    /// Reads zone, region and role off the labels.
    package mutating func readLabels(_ interner: Interner) {
        func value(_ label: KnownLabel) -> StringID? { interner.label(label, in: meta.labels) }
        func place(_ labels: [KnownLabel]) -> StringID { labels.compactMap(value).first { !$0.isEmpty } ?? .empty }
        zone = place([.zone, .betaZone])
        region = place([.region, .betaRegion])
        if [.controlPlaneRole, .masterRole, .microK8sControlPlane].contains(where: { value($0) != nil }) {
            role = .controlPlane
        } else if value(.etcdRole) != nil {
            role = .etcd
        } else {
            role = .worker
        }
    }

    package var newestTime: Timestamp? { max(meta.created, readySince).timestampIfSet }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        marker.mark(zone)
        marker.mark(region)
        for taint in taints {
            marker.mark(taint.key)
            marker.mark(taint.value)
        }
        marker.mark(addresses)
        marker.mark(kubeletVersion)
    }
}

extension Interner {
    /// Whether the key of a label names a zone: `topology.kubernetes.io/zone`, its beta form, and those of CSI drivers
    /// (`topology.ebs.csi.aws.com/zone`, `topology.gke.io/zone`, `topology.disk.csi.azure.com/zone`).
    package func isZoneKey(_ key: StringID) -> Bool {
        withBytes(key) { $0.suffix(5).elementsEqual("/zone".utf8) }
    }
}
