import ClusterState

/// Which zones and nodes can attach the volumes that claims are bound to. See SIGNALS, area 10.
struct VolumeReach {
    /// What can attach a volume.
    struct Reach {
        /// Zones by name; nil where any can.
        var zones: Set<StringID>?
        /// Whether one node alone can.
        var isNodeBound: Bool

        /// Whether one zone alone can.
        var isZoneBound: Bool { zones?.count == 1 }
    }

    private struct ClaimKey: Hashable {
        var namespace: StringID
        var name: StringID
    }

    private let cluster: Cluster
    private var volumeOfClaim: [ClaimKey: StringID] = [:]
    private var volumes: [StringID: PersistentVolume] = [:]
    private var reaches: [StringID: Reach] = [:]

    init(_ cluster: Cluster) {
        self.cluster = cluster
        guard cluster.isOK(.persistentvolumeclaims), cluster.isOK(.persistentvolumes) else { return }
        var claims: [ClaimKey: StringID] = [:]
        cluster.state.persistentVolumeClaims.forEach { _, claim in
            guard claim.phase == .bound, !claim.volume.isEmpty else { return }
            claims[ClaimKey(namespace: claim.meta.namespace, name: claim.meta.name)] = claim.volume
        }
        volumeOfClaim = claims
        var byName: [StringID: PersistentVolume] = [:]
        cluster.state.persistentVolumes.forEach { byName[$1.meta.name] = $1 }
        volumes = byName
    }

    /// Whether any claim is bound: if not, no pod needs to be looked at.
    var isEmpty: Bool { volumeOfClaim.isEmpty }

    /// The volumes that a pod's claims are bound to, by name.
    func volumes(of pod: Pod) -> [StringID] {
        guard pod.claims != .none else { return [] }
        let interner = cluster.state.interner
        let namespace = pod.namespace(interner)
        return interner.strings(pod.claims)
            .compactMap {
                volumeOfClaim[ClaimKey(namespace: namespace, name: $0)]
            }
    }

    /// What can attach a volume, by its name; nil for one that is not known.
    mutating func reach(of name: StringID) -> Reach? {
        if let known = reaches[name] { return known }
        guard let volume = volumes[name] else { return nil }
        let reach = reach(of: volume)
        reaches[name] = reach
        return reach
    }

    private func reach(of volume: PersistentVolume) -> Reach {
        guard let terms = volume.nodeAffinity else { return Reach(zones: nil, isNodeBound: false) }
        let interner = cluster.state.interner
        let matched = cluster.index.nodes.filter { node in
            terms.contains { $0.matches(labels: node.meta.labels, name: node.meta.name, interner) }
        }
        if !matched.isEmpty {
            let zones = Set(matched.map(\.zone).filter { !$0.isEmpty })
            return Reach(zones: zones.isEmpty ? nil : zones, isNodeBound: matched.count == 1)
        }
        // No node of the cluster fits now (its zone is gone): the affinity's own words tell the zone.
        var zones: Set<StringID> = []
        for term in terms {
            for requirement in term.expressions where requirement.op == .in {
                let isZone = interner.withBytes(requirement.key) { $0.suffix(5).elementsEqual("/zone".utf8) }
                if isZone { zones.formUnion(requirement.values) }
            }
        }
        return Reach(zones: zones.isEmpty ? nil : zones, isNodeBound: false)
    }
}
