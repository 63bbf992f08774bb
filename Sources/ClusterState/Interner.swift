/// A string of the cluster, by number. 0 is the empty string, which also stands for "not set".
///
/// Public and inlinable, as ``Table`` is and for its reason: areas compare millions.
public struct StringID: Hashable, Sendable, BitwiseCopyable {
    /// The number.
    public var value: UInt32

    /// The empty string.
    @inlinable public static var empty: StringID { StringID(value: 0) }

    /// Creates an id from its number.
    @inlinable
    public init(value: UInt32) {
        self.value = value
    }

    /// Whether this is the empty string.
    @inlinable public var isEmpty: Bool { value == 0 }

    /// Whether both are the same string.
    @inlinable @inline(__always)
    public static func == (left: StringID, right: StringID) -> Bool { left.value == right.value }
}

/// A list of numbers kept in the interner; what the numbers mean depends on the kind of list.
package protocol ListID: Hashable, Sendable, BitwiseCopyable {
    var value: UInt32 { get }
    init(value: UInt32)
}

/// The labels of an object with its namespace: the list is namespace, key, value, key, value …, all string ids.
package struct LabelsID: ListID {
    package var value: UInt32
    /// No namespace, no labels: never given to an object that was read.
    package static let none = LabelsID(value: 0)
    package init(value: UInt32) { self.value = value }
}

/// A controller's owner reference: the list is kind, name, then the UID in four words.
package struct OwnerID: ListID {
    package var value: UInt32
    /// No controller.
    package static let none = OwnerID(value: 0)
    package init(value: UInt32) { self.value = value }
}

/// A list of strings: claim names, addresses.
package struct StringsID: ListID {
    package var value: UInt32
    /// No strings.
    package static let none = StringsID(value: 0)
    package init(value: UInt32) { self.value = value }
}

/// What a pod requests: cpu in millicores and memory in bytes, two words each.
package struct RequestsID: ListID {
    package var value: UInt32
    /// Nothing requested.
    package static let none = RequestsID(value: 0)
    package init(value: UInt32) { self.value = value }
}

/// What pods of a template have in common: the list is placement, requests, annotation.
package struct PodTemplateFactsID: ListID {
    package var value: UInt32
    /// No placement, nothing requested, no annotation.
    package static let none = PodTemplateFactsID(value: 0)
    package init(value: UInt32) { self.value = value }
}

/// A ``Placement`` kept in the interner; 0 is that of a pod without constraints.
package struct PlacementID: Hashable, Sendable, BitwiseCopyable {
    package var value: UInt32
    /// No constraint.
    package static let none = PlacementID(value: 0)
    package init(value: UInt32) { self.value = value }
}

/// A ``PodTemplate`` kept in the interner; 0 is the empty template.
package struct TemplateID: Hashable, Sendable, BitwiseCopyable {
    package var value: UInt32
    /// No template was read.
    package static let none = TemplateID(value: 0)
    package init(value: UInt32) { self.value = value }
}

/// The controller that owns an object.
package struct Owner: Hashable, Sendable {
    /// Its kind as written: `ReplicaSet`, `Rollout`.
    package var kind: StringID
    /// Its name.
    package var name: StringID
    /// Its UID.
    package var uid: UID

    /// Creates an owner.
    package init(kind: StringID, name: StringID, uid: UID) {
        self.kind = kind
        self.name = name
        self.uid = uid
    }
}

/// cpu and memory, in the units the scheduler counts in.
package struct Resources: Hashable, Sendable {
    /// Thousandths of a core.
    package var milliCPU: Int64
    /// Bytes.
    package var memoryBytes: Int64

    /// Nothing.
    package static let zero = Resources(milliCPU: 0, memoryBytes: 0)

    /// Creates amounts.
    package init(milliCPU: Int64, memoryBytes: Int64) {
        self.milliCPU = milliCPU
        self.memoryBytes = memoryBytes
    }

    /// The sum; sums beyond 64 bits stay at the largest number instead of trapping.
    package static func + (left: Resources, right: Resources) -> Resources {
        Resources(
            milliCPU: saturatingAdd(left.milliCPU, right.milliCPU),
            memoryBytes: saturatingAdd(left.memoryBytes, right.memoryBytes)
        )
    }

    /// The larger amount of each.
    package static func max(_ left: Resources, _ right: Resources) -> Resources {
        Resources(
            milliCPU: Swift.max(left.milliCPU, right.milliCPU),
            memoryBytes: Swift.max(left.memoryBytes, right.memoryBytes)
        )
    }
}

/// Gives everything that recurs over objects a 4-byte id: strings, label sets, owners, claim lists, requests,
/// placements, templates. Owned by the state; the wire reader writes into it while it decodes.
package struct Interner: Sendable {
    private var stringTable = SliceInterner<UInt8>()
    private var listTable = SliceInterner<UInt32>()
    private var placementTable = ValueInterner(empty: Placement())
    private var templateTable = ValueInterner(empty: PodTemplate())

    /// Creates an empty interner.
    package init() {}

    // MARK: Strings

    /// The id of a string given as UTF-8. Bytes that are not UTF-8 are repaired, since all text ends up in an
    /// exposition that must be UTF-8.
    package mutating func intern(utf8 bytes: UnsafeBufferPointer<UInt8>) -> StringID {
        if !Self.isASCII(UnsafeRawBufferPointer(bytes)) {
            return intern(String(decoding: bytes, as: UTF8.self))
        }
        return StringID(value: stringTable.intern(bytes))
    }

    private static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var position = 0
        while bytes.count - position >= 8 {
            if bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 {
                return false
            }
            position += 8
        }
        while position < bytes.count {
            if bytes[position] >= 0x80 { return false }
            position += 1
        }
        return true
    }

    /// The id of a string.
    package mutating func intern(_ text: String) -> StringID {
        var text = text
        return StringID(value: text.withUTF8 { stringTable.intern($0) })
    }

    /// The id of a string that is already known; nil where no object of the cluster has it.
    package func find(_ text: String) -> StringID? {
        var text = text
        return text.withUTF8 { stringTable.find($0) }.map(StringID.init(value:))
    }

    /// The text of a string.
    package func string(_ id: StringID) -> String {
        stringTable.withSlice(id.value) { String(decoding: $0, as: UTF8.self) }
    }

    /// Calls the body with the UTF-8 of a string.
    @inline(__always)
    package func withBytes<Result>(_ id: StringID, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        stringTable.withSlice(id.value, body)
    }

    /// The size of an array indexed by string id.
    package var stringCapacity: Int { stringTable.capacity }

    // MARK: Lists

    /// The id of a list of words.
    package mutating func intern<ID: ListID>(_ words: [UInt32], as _: ID.Type) -> ID {
        ID(value: words.withUnsafeBufferPointer { listTable.intern($0) })
    }

    /// The id of a list of words that the caller holds in memory of its own.
    package mutating func intern<ID: ListID>(words: UnsafeBufferPointer<UInt32>, as _: ID.Type) -> ID {
        ID(value: listTable.intern(words))
    }

    /// How many words a list has.
    @inlinable @inline(__always)
    package func count(_ id: some ListID) -> Int {
        listLength(id.value)
    }

    /// One word of a list.
    @inlinable @inline(__always)
    package func word(_ id: some ListID, _ position: Int) -> UInt32 {
        listWord(id.value, position)
    }

    // Without generics: those of another module that are not public are never specialized, only inlined.
    @usableFromInline
    func listLength(_ id: UInt32) -> Int {
        listTable.length(id)
    }

    @usableFromInline
    func listWord(_ id: UInt32, _ position: Int) -> UInt32 {
        listTable.element(id, position)
    }

    /// The size of an array indexed by list id.
    package var listCapacity: Int { listTable.capacity }

    /// The id of a controller's owner reference.
    package mutating func intern(_ owner: Owner) -> OwnerID {
        let words: InlineArray<6, UInt32> = [
            owner.kind.value, owner.name.value,
            UInt32(truncatingIfNeeded: owner.uid.high >> 32), UInt32(truncatingIfNeeded: owner.uid.high),
            UInt32(truncatingIfNeeded: owner.uid.low >> 32), UInt32(truncatingIfNeeded: owner.uid.low),
        ]
        return words.span.withUnsafeBufferPointer { intern(words: $0, as: OwnerID.self) }
    }

    /// The name of an owner; nil for ``OwnerID/none``.
    package func ownerName(_ id: OwnerID) -> StringID? {
        count(id) == 6 ? StringID(value: word(id, 1)) : nil
    }

    /// The owner of an id; nil for ``OwnerID/none``.
    package func owner(_ id: OwnerID) -> Owner? {
        guard count(id) == 6 else { return nil }
        func wide(_ position: Int) -> UInt64 { UInt64(word(id, position)) << 32 | UInt64(word(id, position + 1)) }
        return Owner(
            kind: StringID(value: word(id, 0)),
            name: StringID(value: word(id, 1)),
            uid: UID(high: wide(2), low: wide(4))
        )
    }

    /// The id of amounts.
    package mutating func intern(_ amounts: Resources) -> RequestsID {
        if amounts == .zero { return .none }
        let cpu = UInt64(bitPattern: amounts.milliCPU)
        let memory = UInt64(bitPattern: amounts.memoryBytes)
        let words: InlineArray<4, UInt32> = [
            UInt32(truncatingIfNeeded: cpu >> 32), UInt32(truncatingIfNeeded: cpu),
            UInt32(truncatingIfNeeded: memory >> 32), UInt32(truncatingIfNeeded: memory),
        ]
        return words.span.withUnsafeBufferPointer { intern(words: $0, as: RequestsID.self) }
    }

    /// The amounts of an id.
    package func requests(_ id: RequestsID) -> Resources {
        guard count(id) == 4 else { return .zero }
        func wide(_ position: Int) -> Int64 {
            Int64(bitPattern: UInt64(word(id, position)) << 32 | UInt64(word(id, position + 1)))
        }
        return Resources(milliCPU: wide(0), memoryBytes: wide(2))
    }

    /// The id of what pods of a template have in common.
    mutating func internTemplateFacts(
        _ placement: PlacementID,
        _ requests: RequestsID,
        _ annotation: StringID
    ) -> PodTemplateFactsID {
        if placement == .none && requests == .none && annotation.isEmpty { return .none }
        let words: InlineArray<3, UInt32> = [placement.value, requests.value, annotation.value]
        return words.span.withUnsafeBufferPointer { intern(words: $0, as: PodTemplateFactsID.self) }
    }

    /// The strings of a list.
    package func strings(_ id: StringsID) -> [StringID] {
        (0..<count(id)).map { StringID(value: word(id, $0)) }
    }

    // MARK: Labels

    /// The namespace that a label set was interned with.
    package func namespace(_ id: LabelsID) -> StringID {
        count(id) == 0 ? .empty : StringID(value: word(id, 0))
    }

    /// The labels of a set as pairs.
    package func labels(_ id: LabelsID) -> [(key: StringID, value: StringID)] {
        stride(from: 1, to: max(1, count(id)), by: 2)
            .map {
                (StringID(value: word(id, $0)), StringID(value: word(id, $0 + 1)))
            }
    }

    /// The value of a label; nil where the set has no such key.
    package func label(_ key: StringID, in id: LabelsID) -> StringID? {
        listTable.withSlice(id.value) { words in
            var position = 1
            while position + 1 < words.count {
                if words[position] == key.value { return StringID(value: words[position + 1]) }
                position += 2
            }
            return nil
        }
    }

    // MARK: Values

    /// The id of a placement.
    package mutating func intern(_ placement: Placement) -> PlacementID {
        PlacementID(value: placementTable.intern(placement))
    }

    /// The placement of an id.
    package func placement(_ id: PlacementID) -> Placement {
        placementTable[id.value]
    }

    /// The id of a template.
    package mutating func intern(_ template: PodTemplate) -> TemplateID {
        TemplateID(value: templateTable.intern(template))
    }

    /// The template of an id.
    package func template(_ id: TemplateID) -> PodTemplate {
        templateTable[id.value]
    }

    // MARK: Memory

    /// The size of an array indexed by placement id.
    package var placementCapacity: Int { placementTable.capacity }

    /// The size of an array indexed by template id.
    package var templateCapacity: Int { templateTable.capacity }

    /// Whether a quarter of what is held came since the last sweep, and enough of it to be worth one: by number, or by
    /// size, since a few strings may be large.
    package var isSweepDue: Bool {
        let bytes = stringTable.bytesAddedSinceSweep + listTable.bytesAddedSinceSweep
        if bytes > 4 << 20, bytes * 4 > stringTable.bytes + listTable.bytes { return true }
        let added = stringTable.addedSinceSweep + listTable.addedSinceSweep + placementTable.addedSinceSweep
        return added > 4_096 && added * 4 > stringTable.count + listTable.count + placementTable.count
    }

    /// Bytes of heap held for strings and lists.
    package var heapBytes: Int { stringTable.heapBytes + listTable.heapBytes }

    /// Strings, lists, placements and templates held.
    package var counts: (strings: Int, lists: Int, placements: Int, templates: Int) {
        (stringTable.count, listTable.count, placementTable.count, templateTable.count)
    }

    /// Frees everything that was not marked.
    package mutating func sweep(keeping marker: Marker) {
        stringTable.sweep(keeping: marker.strings)
        listTable.sweep(keeping: marker.lists)
        placementTable.sweep(keeping: marker.placements)
        templateTable.sweep(keeping: marker.templates)
    }
}
