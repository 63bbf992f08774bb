/// A pod in a fixed-size row without references, of which there may be 150,000.
///
/// Its namespace is that of ``labels``; its name is the owner's name with a dash and up to six letters or digits, which
/// is how controllers name pods, or a string of its own.
package struct Pod: ClusterRow, Hashable, BitwiseCopyable {
    package var uid: UID
    /// The controller that owns it.
    package var owner: OwnerID
    /// Namespace and labels.
    package var labels: LabelsID
    /// The node it is bound to; empty where it is not bound.
    package var node: StringID
    /// Placement, requests and annotation in one: the pods of a template share them.
    package private(set) var shape: PodTemplateFactsID
    /// Names of the PersistentVolumeClaims that it mounts, those of ephemeral volumes included.
    package var claims: StringsID
    package var created: Seconds
    /// When the Ready condition became what it is.
    package var readySince: Seconds
    /// When it is to be gone: deletionTimestamp, which the API server sets to the end of the grace period.
    package var deletion: Seconds
    /// What it is and how it fares.
    package var flags: PodFlags
    /// The suffix, or with ``PodFlags/hasInlineName`` unset a string.
    private var nameWord: UInt32

    /// Creates a pod without a name.
    package init(uid: UID) {
        self.uid = uid
        owner = .none
        labels = .none
        node = .empty
        shape = .none
        claims = .none
        created = .none
        readySince = .none
        deletion = .none
        flags = []
        nameWord = 0
    }

    /// Sets the name. Call it after ``owner`` is set.
    package mutating func setName(_ name: UnsafeBufferPointer<UInt8>, _ interner: inout Interner) {
        if let prefix = interner.ownerName(owner),
            let packed = interner.withBytes(prefix, { Self.pack(name, after: $0) })
        {
            nameWord = packed
            flags.insert(.hasInlineName)
            return
        }
        flags.remove(.hasInlineName)
        nameWord = interner.intern(utf8: name).value
    }

    /// What the name has after the prefix and a dash, as a number to the base 37: 1 to 26 for letters, 27 to 36 for
    /// digits, the first character lowest; 37^6 just fits. nil for anything else.
    private static func pack(
        _ name: UnsafeBufferPointer<UInt8>,
        after prefix: UnsafeBufferPointer<UInt8>
    ) -> UInt32? {
        let length = name.count - prefix.count - 1
        guard length >= 1, length <= 6, name[prefix.count] == UInt8(ascii: "-") else { return nil }
        for position in 0..<prefix.count where name[position] != prefix[position] { return nil }
        var packed: UInt32 = 0
        for position in (name.count - length..<name.count).reversed() {
            let byte = name[position]
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): packed = packed * 37 + UInt32(byte - UInt8(ascii: "a")) + 1
            case UInt8(ascii: "0")...UInt8(ascii: "9"): packed = packed * 37 + UInt32(byte - UInt8(ascii: "0")) + 27
            default: return nil
            }
        }
        return packed
    }

    /// The name.
    package func name(_ interner: Interner) -> String {
        guard flags.contains(.hasInlineName) else { return interner.string(StringID(value: nameWord)) }
        var text = interner.ownerName(owner).map { interner.string($0) } ?? ""
        text.unicodeScalars.append("-")
        var packed = nameWord
        while packed != 0 {
            let digit = UInt8(truncatingIfNeeded: packed % 37)
            let byte = digit <= 26 ? UInt8(ascii: "a") + digit - 1 : UInt8(ascii: "0") + digit - 27
            text.unicodeScalars.append(Unicode.Scalar(byte))
            packed /= 37
        }
        return text
    }

    /// The namespace.
    package func namespace(_ interner: Interner) -> StringID {
        interner.namespace(labels)
    }

    package var newestTime: Timestamp? { max(created, readySince).timestampIfSet }

    package func mark(_ marker: inout Marker) {
        marker.mark(owner)
        marker.mark(labels)
        marker.mark(node)
        marker.mark(shape)
        marker.mark(claims)
        if !flags.contains(.hasInlineName) { marker.mark(StringID(value: nameWord)) }
    }
}

/// What a pod is and how it fares, one bit each.
public struct PodFlags: OptionSet, Hashable, Sendable, BitwiseCopyable {
    /// The bits.
    public let rawValue: UInt32

    /// The flags whose bits are set.
    @inlinable
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// phase Pending.
    @inlinable public static var pending: PodFlags { PodFlags(rawValue: 1 << 0) }
    /// phase Running.
    @inlinable public static var running: PodFlags { PodFlags(rawValue: 1 << 1) }
    /// phase Succeeded.
    @inlinable public static var succeeded: PodFlags { PodFlags(rawValue: 1 << 2) }
    /// phase Failed.
    @inlinable public static var failed: PodFlags { PodFlags(rawValue: 1 << 3) }
    /// Condition Ready is True.
    @inlinable public static var ready: PodFlags { PodFlags(rawValue: 1 << 4) }
    /// Condition PodScheduled is False for the reason Unschedulable.
    @inlinable public static var unschedulable: PodFlags { PodFlags(rawValue: 1 << 5) }
    /// hostNetwork.
    @inlinable public static var hostNetwork: PodFlags { PodFlags(rawValue: 1 << 6) }
    /// Says that it is the mirror of a static pod: by a controller of kind Node, whose UID is still to be compared with
    /// that of the pod's node; in kube-system also by the annotation `kubernetes.io/config.mirror`, or by the label
    /// `tier=control-plane`, on a pod without controller.
    @inlinable public static var mirror: PodFlags { PodFlags(rawValue: 1 << 7) }
    /// restartPolicy Always (or unset, which means it).
    @inlinable public static var restartsAlways: PodFlags { PodFlags(rawValue: 1 << 8) }
    /// Its controller is a DaemonSet.
    @inlinable public static var daemon: PodFlags { PodFlags(rawValue: 1 << 9) }
    /// The name is the owner's with a suffix that the row itself holds.
    @inlinable public static var hasInlineName: PodFlags { PodFlags(rawValue: 1 << 10) }
    /// ``Pod/annotation`` is the address that a kube-apiserver pod advertises, not rules to ignore.
    @inlinable public static var advertisesAddress: PodFlags { PodFlags(rawValue: 1 << 11) }

    /// Condition Ready is False since more than 5 s after `status.startTime`: the pod was Ready before. A kubelet that
    /// starts a pod writes Ready=False within the same moment.
    @inlinable public static var wasReady: PodFlags { PodFlags(rawValue: 1 << 12) }

    /// It is Ready, or was.
    @inlinable public var hasBeenReady: Bool { contains(.ready) || contains(.wasReady) }

    /// `spec.priority` is below 0: a placeholder, which makes room for whatever else comes.
    @inlinable public static var placeholder: PodFlags { PodFlags(rawValue: 1 << 13) }

    /// Succeeded or Failed: it holds no resources and serves nothing.
    @inlinable public var isTerminal: Bool { contains(.succeeded) || contains(.failed) }

    /// Whether all of those flags are set. Asked millions of times a collection: what `OptionSet` gives is not
    /// specialized in other modules.
    @inlinable @inline(__always)
    public func contains(_ flags: PodFlags) -> Bool { rawValue & flags.rawValue == flags.rawValue }
}

extension Pod {
    /// Sets what the pods of a template have in common.
    ///
    /// - Parameters:
    ///   - placement: Node selector, required affinity, tolerations; none for pods of a DaemonSet, which are all
    ///     different and whose placement nothing asks for.
    ///   - requests: What it requests.
    ///   - annotation: An annotation that matters: `kube-ha-exporter/ignore`, or of a kube-apiserver pod the address it
    ///     advertises.
    ///   - interner: Keeps them.
    package mutating func setShape(
        placement: PlacementID = .none,
        requests: RequestsID = .none,
        annotation: StringID = .empty,
        _ interner: inout Interner
    ) {
        shape = interner.internTemplateFacts(placement, requests, annotation)
    }

    /// Node selector, required affinity, tolerations.
    package func placement(_ interner: Interner) -> PlacementID {
        shape == .none ? .none : PlacementID(value: interner.word(shape, 0))
    }

    /// What it requests.
    package func requests(_ interner: Interner) -> RequestsID {
        shape == .none ? .none : RequestsID(value: interner.word(shape, 1))
    }

    /// The annotation that matters.
    package func annotation(_ interner: Interner) -> StringID {
        shape == .none ? .empty : StringID(value: interner.word(shape, 2))
    }

    /// The annotation `kube-ha-exporter/ignore`.
    package func ignoredRules(_ interner: Interner) -> StringID {
        flags.contains(.advertisesAddress) ? .empty : annotation(interner)
    }
}
