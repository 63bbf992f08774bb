package import ClusterState

extension Pod: WireRow {
    package static var kind: StaticString { "Pod" }

    /// phase, conditions, startTime, containerStatuses, initContainerStatuses.
    package static let kept = KeptFields.object(
        spec: .podSpec,
        status: [
            1: .value, 2: .message(.condition), 7: .message(.time), 8: .message(.containerStatus),
            10: .message(.containerStatus),
        ]
    )

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var object = try WireObject(&reader, &interner)
        let meta = object.meta
        self.init(uid: meta.uid)
        owner = meta.controller.map { interner.intern($0) } ?? .none
        labels = meta.labels
        created = meta.created
        deletion = meta.deletion
        let annotation = readOrigin(meta, interner)
        setName(meta.name, &interner)
        let resize = try readStatus(&object.status)
        try readSpec(&object.spec, name: meta.name, annotation, resize, &interner)
    }

    /// What owner, annotations and labels say of where the pod comes from. Returns the annotation that matters.
    private mutating func readOrigin(_ meta: WireMeta, _ interner: Interner) -> StringID {
        if meta.isControlled(by: "DaemonSet", interner) { flags.insert(.daemon) }
        let isSystem = interner.isText(meta.namespace, "kube-system")
        func hasLabel(_ label: KnownLabel, _ value: StaticString) -> Bool {
            interner.label(label, in: labels).map { interner.isText($0, value) } ?? false
        }
        // Outside kube-system a controller of kind Node is a claim that the index compares with the node's UID; there,
        // annotation and label are written by those who run the cluster.
        if meta.isControlled(by: "Node", interner)
            || isSystem && meta.controller == nil
                && (meta.annotation(.mirror) != nil || hasLabel(.tier, "control-plane"))
        {
            flags.insert(.mirror)
        }
        // Only in kube-system, where not everybody may create pods: an address from here is asked for its health.
        if let address = meta.annotation(.advertisedEndpoint), !address.isEmpty, isSystem,
            hasLabel(.component, "kube-apiserver") || hasLabel(.k8sApp, "kube-apiserver")
        {
            flags.insert(.advertisesAddress)
            return address
        }
        return meta.annotation(.ignoredRules) ?? .empty
    }

    private mutating func readSpec(
        _ spec: inout WireReader,
        name: UnsafeBufferPointer<UInt8>,
        _ annotation: StringID,
        _ resize: PodResize,
        _ interner: inout Interner
    ) throws(WireError) {
        var placement = Placement()
        var requests = PodRequests(resize)
        var claims = WordList()
        let keepsPlacement = !flags.contains(.daemon)
        flags.insert(.restartsAlways)
        while try spec.next() {
            switch spec.field {
            case 1:
                if let claim = try spec.claim(podName: name, &interner) { claims.append(claim.value) }
            case 2: try requests.addContainer(&spec)
            case 3:
                let policy = try spec.text()
                if !policy.isEmpty && !StaticString("Always").equals(policy) { flags.remove(.restartsAlways) }
            case 7, 18, 22:
                if !keepsPlacement {
                    try spec.skip()
                } else if try !placement.read(&spec, &interner) {
                    try spec.skip()
                }
            case 10: node = try spec.string(&interner)
            case 11: if try spec.bool() { flags.insert(.hostNetwork) }
            case 20: try requests.addInitContainer(&spec)
            case 25: if try spec.int32() < 0 { flags.insert(.placeholder) }
            case 32: try requests.addOverhead(&spec)
            case 40: try requests.readPodLevel(&spec)
            default: try spec.skip()
            }
        }
        setShape(
            placement: interner.intern(placement),
            requests: interner.intern(requests.total),
            annotation: annotation,
            &interner
        )
        if claims.count > 0 { self.claims = claims.interned(&interner, as: StringsID.self) }
    }

    /// Reads the status. Returns what it says of the containers' resources.
    private mutating func readStatus(_ status: inout WireReader) throws(WireError) -> PodResize {
        var resize = PodResize()
        var started = Seconds.none
        var isUnready = false
        while try status.next() {
            switch status.field {
            case 1:
                let phase = try status.text()
                if StaticString("Running").equals(phase) {
                    flags.insert(.running)
                } else if StaticString("Pending").equals(phase) {
                    flags.insert(.pending)
                } else if StaticString("Succeeded").equals(phase) {
                    flags.insert(.succeeded)
                } else if StaticString("Failed").equals(phase) {
                    flags.insert(.failed)
                }
            case 2:
                let condition = try WireCondition(&status, "status.conditions", .core)
                if condition.isNamed("Ready") {
                    readySince = condition.since
                    if condition.status == .isTrue { flags.insert(.ready) }
                    isUnready = condition.status == .isFalse
                } else if condition.status == .isFalse, condition.isNamed("PodScheduled"),
                    StaticString("Unschedulable").equals(condition.reason)
                {
                    flags.insert(.unschedulable)
                } else if condition.isNamed("PodResizePending") {
                    resize.isInfeasible = StaticString("Infeasible").equals(condition.reason)
                }
            case 7: started = try status.seconds("status.startTime")
            case 8: try resize.addContainer(&status, "status.containerStatuses")
            case 10: try resize.addContainer(&status, "status.initContainerStatuses")
            default: try status.skip()
            }
        }
        if isUnready, started.isSet, readySince.isSet, readySince.timestamp.seconds - started.timestamp.seconds > 5 {
            flags.insert(.wasReady)
        }
        return resize
    }
}

extension WireReader {
    /// The name of the PersistentVolumeClaim behind a volume; nil where it is a volume of another sort, and of an
    /// ephemeral volume where no pod is named, as in a template.
    mutating func claim(
        podName: UnsafeBufferPointer<UInt8>?,
        _ interner: inout Interner
    ) throws(WireError) -> StringID? {
        var volume = try message("spec.volumes")
        var name = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var claim: StringID?
        var isEphemeral = false
        while try volume.next() {
            switch volume.field {
            case 1: name = try volume.text()
            case 2:
                var source = try volume.message("spec.volumes")
                while try source.next() {
                    switch source.field {
                    case 10:
                        var named = try source.message("spec.volumes.persistentVolumeClaim")
                        while try named.next() {
                            if named.field == 1 { claim = try named.string(&interner) } else { try named.skip() }
                        }
                    case 29:
                        isEphemeral = true
                        try source.skip()
                    default: try source.skip()
                    }
                }
            default: try volume.skip()
            }
        }
        // The ephemeral-volume controller makes the claim and names it so.
        if isEphemeral, let podName { claim = interner.intern(utf8: podName, UInt8(ascii: "-"), name) }
        return claim
    }
}

extension Interner {
    /// The id of two texts with a byte between them.
    fileprivate mutating func intern(
        utf8 first: UnsafeBufferPointer<UInt8>,
        _ separator: UInt8,
        _ second: UnsafeBufferPointer<UInt8>
    ) -> StringID {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(first.count + 1 + second.count)
        bytes.append(contentsOf: first)
        bytes.append(separator)
        bytes.append(contentsOf: second)
        return bytes.withUnsafeBufferPointer { intern(utf8: $0) }
    }
}
