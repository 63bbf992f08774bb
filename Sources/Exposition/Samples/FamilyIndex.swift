/// Finds a family's position by the address of its name: one multiplication and, nearly always, one probe.
struct FamilyIndex {
    private struct Slot {
        var key: UInt = 0
        var position: Int32 = -1
    }

    private var slots: [Slot]
    private var used = 0
    private let positions: [String: Int]

    /// An index of these names; of two equal names the first one counts.
    init(names: [StaticString]) {
        positions = Dictionary(names.enumerated().map { ($1.description, $0) }, uniquingKeysWith: { first, _ in first })
        slots = []
        resize(to: names.count)
        for name in names { _ = adopt(name) }
    }

    /// The position of the family whose name lies at `key`, or -1.
    func position(ofKey key: UInt) -> Int {
        var slot = home(of: key)
        while slots[slot].position >= 0 {
            if slots[slot].key == key { return Int(slots[slot].position) }
            slot = (slot + 1) & (slots.count - 1)
        }
        return -1
    }

    /// The position of the family of that name.
    func position(named name: String) -> Int? { positions[name] }

    /// Finds the name by its text and remembers its address; nil where there is no such family.
    mutating func adopt(_ name: StaticString) -> Int? {
        let key = name.addressKey
        guard let position = positions[name.description] else { return nil }
        guard self.position(ofKey: key) < 0 else { return position }
        if (used + 1) * 4 > slots.count { resize(to: used * 2) }
        insert(Slot(key: key, position: Int32(position)))
        used += 1
        return position
    }

    private func home(of key: UInt) -> Int {
        // Fibonacci hashing: the high bits of the product are well mixed, those of an address are not.
        Int((key &* 0x9E37_79B9_7F4A_7C15) >> 40) & (slots.count - 1)
    }

    private mutating func insert(_ new: Slot) {
        var slot = home(of: new.key)
        while slots[slot].position >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = new
    }

    /// Makes room for `count` names at a quarter's load.
    private mutating func resize(to count: Int) {
        var size = 16
        while size < count * 4 + 4 { size *= 2 }
        let old = slots
        slots = Array(repeating: Slot(), count: size)
        for slot in old where slot.position >= 0 { insert(slot) }
    }
}
