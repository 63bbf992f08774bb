/// A pod in a fixed-size row without references, of which there may be 150,000.
///
/// Its namespace is that of ``labels``; its name is the owner's name with up to eight bytes appended, which is how
/// controllers name pods, or a string of its own.
package struct Pod: ClusterRow, Hashable, BitwiseCopyable {
    package var uid: UID
    /// The controller that owns it.
    package var owner: OwnerID
    /// Namespace and labels.
    package var labels: LabelsID
    /// The node it is bound to; empty where it is not bound.
    package var node: StringID
    /// Node selector, required affinity, tolerations; none for pods of a DaemonSet, which are all different and whose
    /// placement nothing asks for.
    package var placement: PlacementID
    /// Names of the PersistentVolumeClaims that it mounts, those of ephemeral volumes included.
    package var claims: StringsID
    /// What it requests.
    package var requests: RequestsID
    /// An annotation that matters: `kube-ha-exporter/ignore`, or of a kube-apiserver pod the address it advertises.
    package var annotation: StringID
    package var created: Seconds
    /// When the Ready condition became what it is.
    package var readySince: Seconds
    /// When it is to be gone: deletionTimestamp, which the API server sets to the end of the grace period.
    package var deletion: Seconds
    /// What it is and how it fares.
    package var flags: PodFlags
    private var nameLow: UInt32
    private var nameHigh: UInt32

    /// Creates a pod without a name.
    package init(uid: UID) {
        self.uid = uid
        owner = .none
        labels = .none
        node = .empty
        placement = .none
        claims = .none
        requests = .none
        annotation = .empty
        created = .none
        readySince = .none
        deletion = .none
        flags = []
        nameLow = 0
        nameHigh = 0
    }

    package static var table: WritableKeyPath<ClusterState, Table<Pod>> { \.pods }

    /// Sets the name. Call it after ``owner`` is set.
    package mutating func setName(_ name: UnsafeBufferPointer<UInt8>, _ interner: inout Interner) {
        if let prefix = interner.ownerName(owner),
            let packed = interner.withBytes(prefix, { Self.pack(name, after: $0) })
        {
            nameLow = UInt32(truncatingIfNeeded: packed)
            nameHigh = UInt32(truncatingIfNeeded: packed >> 32)
            flags.insert(.hasInlineName)
            return
        }
        flags.remove(.hasInlineName)
        nameLow = interner.intern(utf8: name).value
        nameHigh = 0
    }

    /// What the name has after the prefix, the first byte lowest; nil where that does not fit into eight bytes.
    private static func pack(
        _ name: UnsafeBufferPointer<UInt8>,
        after prefix: UnsafeBufferPointer<UInt8>
    ) -> UInt64? {
        guard name.count >= prefix.count, name.count - prefix.count <= 8 else { return nil }
        for position in 0..<prefix.count where name[position] != prefix[position] { return nil }
        var packed: UInt64 = 0
        for position in prefix.count..<name.count {
            // A zero byte cannot be part of a name, so it marks the end of fewer than eight.
            guard name[position] > 0, name[position] < 0x80 else { return nil }
            packed |= UInt64(name[position]) << UInt64((position - prefix.count) * 8)
        }
        return packed
    }

    /// The name.
    package func name(_ interner: Interner) -> String {
        guard flags.contains(.hasInlineName) else { return interner.string(StringID(value: nameLow)) }
        var text = interner.owner(owner).map { interner.string($0.name) } ?? ""
        var packed = UInt64(nameHigh) << 32 | UInt64(nameLow)
        while packed != 0 {
            text.unicodeScalars.append(Unicode.Scalar(UInt8(truncatingIfNeeded: packed)))
            packed >>= 8
        }
        return text
    }

    /// The namespace.
    package func namespace(_ interner: Interner) -> StringID {
        interner.namespace(labels)
    }

    package func mark(_ marker: inout Marker) {
        marker.mark(owner)
        marker.mark(labels)
        marker.mark(node)
        marker.mark(placement)
        marker.mark(claims)
        marker.mark(requests)
        marker.mark(annotation)
        if !flags.contains(.hasInlineName) { marker.mark(StringID(value: nameLow)) }
    }
}

/// What a pod is and how it fares, one bit each.
package struct PodFlags: OptionSet, Hashable, Sendable, BitwiseCopyable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// phase Pending.
    package static let pending = PodFlags(rawValue: 1 << 0)
    /// phase Running.
    package static let running = PodFlags(rawValue: 1 << 1)
    /// phase Succeeded.
    package static let succeeded = PodFlags(rawValue: 1 << 2)
    /// phase Failed.
    package static let failed = PodFlags(rawValue: 1 << 3)
    /// Condition Ready is True.
    package static let ready = PodFlags(rawValue: 1 << 4)
    /// Condition PodScheduled is False for the reason Unschedulable.
    package static let unschedulable = PodFlags(rawValue: 1 << 5)
    /// hostNetwork.
    package static let hostNetwork = PodFlags(rawValue: 1 << 6)
    /// A mirror of a static pod: annotation `kubernetes.io/config.mirror`, a controller of kind Node, or label
    /// `tier=control-plane` in kube-system.
    package static let mirror = PodFlags(rawValue: 1 << 7)
    /// restartPolicy Always (or unset, which means it).
    package static let restartsAlways = PodFlags(rawValue: 1 << 8)
    /// Its controller is a DaemonSet.
    package static let daemon = PodFlags(rawValue: 1 << 9)
    /// The name is the owner's with the inline bytes appended.
    package static let hasInlineName = PodFlags(rawValue: 1 << 10)
    /// ``Pod/annotation`` is the address that a kube-apiserver pod advertises, not rules to ignore.
    package static let advertisesAddress = PodFlags(rawValue: 1 << 11)

    /// Succeeded or Failed: it holds no resources and serves nothing.
    package var isTerminal: Bool { !isDisjoint(with: [.succeeded, .failed]) }
}

extension Pod {
    /// The annotation `kube-ha-exporter/ignore`.
    package var ignoredRules: StringID {
        flags.contains(.advertisesAddress) ? .empty : annotation
    }
}
