/// Values of a hashable type, each kept once and named by a 4-byte id. For values that are few but large: scheduling constraints
/// and pod templates. Id 0 is the value given at creation.
package struct ValueInterner<Value: Hashable & Sendable>: Sendable {
    private var values: ContiguousArray<Value?>
    private var ids: [Value: UInt32]
    private var free: ContiguousArray<UInt32> = []

    /// The value of id 0.
    package let empty: Value
    /// Values added since the last sweep.
    package private(set) var addedSinceSweep = 0

    /// Creates an interner whose id 0 is the given value.
    package init(empty: Value) {
        self.empty = empty
        values = [empty]
        ids = [empty: 0]
    }

    /// How many values are held, that of id 0 apart.
    package var count: Int { values.count - 1 - free.count }

    /// The largest id in use plus one.
    package var capacity: Int { values.count }

    /// The id of the value, kept from now on.
    package mutating func intern(_ value: Value) -> UInt32 {
        if let id = ids[value] { return id }
        let id: UInt32
        if let reused = free.popLast() {
            id = reused
            values[Int(id)] = value
        } else {
            id = UInt32(values.count)
            values.append(value)
        }
        ids[value] = id
        addedSinceSweep += 1
        return id
    }

    /// The value of an id; the value of id 0 for one that was freed.
    package subscript(id: UInt32) -> Value {
        Int(id) < values.count ? values[Int(id)] ?? empty : empty
    }

    /// Frees every value that is not marked.
    package mutating func sweep(keeping marked: MarkSet) {
        for id in 1..<max(1, values.count) {
            guard let value = values[id], !marked.contains(UInt32(id)) else { continue }
            ids[value] = nil
            values[id] = nil
            free.append(UInt32(id))
        }
        addedSinceSweep = 0
    }
}
