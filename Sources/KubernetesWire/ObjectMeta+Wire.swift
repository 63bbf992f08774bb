import ClusterState

/// An object's metadata as it was read, before it is known what the row keeps of it.
struct WireMeta {
    /// Valid only as long as the bytes that it was read from.
    var name = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    var namespace = StringID.empty
    var uid = UID.none
    var generation: Int64 = 0
    var created = Seconds.none
    var deletion = Seconds.none
    var labels = LabelsID.none
    var controller: Owner?
    private var annotations: [(KnownAnnotation, StringID)] = []

    /// Reads the message.
    init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var words = WordList()
        words.append(StringID.empty.value)
        while try reader.next() {
            switch reader.field {
            case 1: name = try reader.text()
            case 3:
                namespace = try reader.string(&interner)
                words[0] = namespace.value
            case 5: uid = UID(text: try reader.text())
            case 7: generation = try reader.int64()
            case 8: created = try reader.seconds("metadata.creationTimestamp")
            case 9: deletion = try reader.seconds("metadata.deletionTimestamp")
            case 11:
                let entry = try reader.mapEntry("metadata.labels", &interner)
                words.append(entry.key.value)
                words.append(entry.value.value)
            case 12: try readAnnotation(&reader, &interner)
            case 13: try readOwner(&reader, &interner)
            default: try reader.skip()
            }
        }
        labels = words.interned(&interner, as: LabelsID.self)
        if uid == .none {
            // Every object of a real server has a UID; without one, two objects would be taken for the same.
            uid = UID(interner.string(namespace) + "/" + String(decoding: name, as: UTF8.self))
        }
    }

    private mutating func readAnnotation(
        _ reader: inout WireReader,
        _ interner: inout Interner
    ) throws(WireError) {
        var entry = try reader.message("metadata.annotations")
        var known: KnownAnnotation?
        var name: UnsafeBufferPointer<UInt8>?
        var value = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        while try entry.next() {
            switch entry.field {
            case 1:
                let key = try entry.text()
                known = KnownAnnotation(key)
                name = known?.name(in: key)
            case 2: value = try entry.text()
            default: try entry.skip()
            }
        }
        value = name ?? value
        if let known, value.count <= KnownAnnotation.longestValue {
            annotations.append((known, interner.intern(utf8: value)))
        }
    }

    private mutating func readOwner(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var owner = try reader.message("metadata.ownerReferences")
        var kind = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var name = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var uid = UID.none
        var isController = false
        while try owner.next() {
            switch owner.field {
            case 1: kind = try owner.text()
            case 3: name = try owner.text()
            case 4: uid = UID(text: try owner.text())
            case 6: isController = try owner.bool()
            default: try owner.skip()
            }
        }
        if isController {
            controller = Owner(kind: interner.intern(utf8: kind), name: interner.intern(utf8: name), uid: uid)
        }
    }

    /// The value of an annotation; nil where the object does not have it.
    func annotation(_ wanted: KnownAnnotation) -> StringID? {
        annotations.first { $0.0 == wanted }?.1
    }

    /// Whether an annotation is there and not empty.
    func has(_ wanted: KnownAnnotation) -> Bool {
        annotations.contains { $0.0 == wanted && !$0.1.isEmpty }
    }

    /// The names that the keys of an annotation end in.
    func names(of wanted: KnownAnnotation) -> [StringID] {
        annotations.filter { $0.0 == wanted }.map(\.1)
    }

    /// Whether an annotation says `true`.
    func isTrue(_ wanted: KnownAnnotation, _ interner: Interner) -> Bool {
        annotation(wanted).map { interner.isText($0, "true") } ?? false
    }

    /// Whether the controller is of a kind.
    func isControlled(by kind: StaticString, _ interner: Interner) -> Bool {
        controller.map { interner.isText($0.kind, kind) } ?? false
    }

    /// What every kind but Pod keeps.
    func row(_ interner: inout Interner) -> ObjectMeta {
        ObjectMeta(
            uid: uid,
            namespace: namespace,
            name: interner.intern(utf8: name),
            labels: labels,
            owner: controller.map { interner.intern($0) } ?? .none,
            ignoredRules: annotation(.ignoredRules) ?? .empty,
            created: created,
            deletion: deletion,
            generation: generation
        )
    }
}
