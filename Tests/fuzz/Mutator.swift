import TestFixtures

/// Changes values in trees of recorded objects: numbers, quantities and times to those at the ends of their ranges,
/// strings to long and odd ones, UIDs to those of other objects, and messages to more or fewer of their fields.
struct Mutator {
    var random: TestRandom
    /// UIDs of the recordings, so that references can go anywhere.
    let uids: [[UInt8]]

    /// The ends of what the types, the API and time hold.
    private static let numbers: [Int64] = [
        0, 1, 2, -1, 99, 100, 101, .max, .min, .max - 1, Int64(Int32.max), Int64(Int32.min), Int64(Int32.max) + 1,
        Int64(UInt32.max), Int64(UInt32.max) + 1, 10_000_000_000_000, -10_000_000_000_000, 253_402_300_799,
        253_402_300_800, -62_135_596_800, -62_135_596_801, 1 << 53, 1 << 53 + 1,
    ]
    /// Quantities and percentages at their ends, and what is none.
    private static let words = [
        "", "0", "-1", "1", "9E", "-9E", "8Ei", "9Ei", "16Ei", "9223372036854775807", "-9223372036854775808", "1e308",
        "-1e308", "1e-400", "1e400", "1e9223372036854775807", "1e-9223372036854775808", "NaN", "Inf", "-Inf", "0x10",
        ".",
        "1.", "999999999999999999999999Ei", "0.0000000000000000000000001n", "2147483647%", "-1%", "100%", "101%",
        "99999999999%", "%", "True", "False", "Unknown", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "*",
        "system:masters", "kube-system", "Node", "ReplicaSet", "DaemonSet", "https://[::1]:99999",
        "v1.18446744073709551615.0",
    ]
    /// Bytes that text must not have, or that an exposition has to escape.
    private static let odd: [[UInt8]] = [
        [0xff, 0xfe], [0], [0x0a], [0x22, 0x5c, 0x0a], [0xc3, 0xa9], [0xed, 0xa0, 0x80],
        Array("\u{2028}<script>&".utf8),
        Array(repeating: UInt8(ascii: "a"), count: 70_000),
    ]

    private mutating func pick<Element>(_ elements: [Element]) -> Element? {
        elements.randomElement(using: &random)
    }

    private mutating func isChosen(_ oneOf: UInt64) -> Bool {
        random.next() % oneOf == 0
    }

    // MARK: Protobuf

    /// Changes one value of an object, wherever it is, or its shape.
    mutating func change(_ tree: inout ProtobufTree) {
        guard !tree.fields.isEmpty else { return }
        let position = Int.random(in: tree.fields.indices, using: &random)
        if isChosen(12) { return changeShape(&tree, at: position) }
        switch tree.fields[position].value {
        case .number: tree.fields[position].value = .number(UInt64(bitPattern: pick(Self.numbers) ?? 0))
        case .text(let text): tree.fields[position].value = .text(changed(text))
        case .message(var message):
            change(&message)
            tree.fields[position].value = .message(message)
        case .fixed64: tree.fields[position].value = .fixed64(Array(repeating: 0xff, count: 8))
        case .fixed32: tree.fields[position].value = .fixed32(Array(repeating: 0xff, count: 4))
        }
    }

    private mutating func changeShape(_ tree: inout ProtobufTree, at position: Int) {
        switch random.next() % 4 {
        case 0: tree.fields.remove(at: position)
        case 1: tree.fields.insert(tree.fields[position], at: position)
        case 2: tree.fields.append(tree.fields[position])
        default: tree.fields.swapAt(position, Int.random(in: tree.fields.indices, using: &random))
        }
    }

    /// Changes an item of a list: a value of it, its UID to another's, or what it says of its owner, with itself among
    /// those that it may name.
    mutating func changeItem(_ item: inout ProtobufTree) {
        guard isChosen(8) else { return change(&item) }
        let other = pick(uids) ?? []
        let takesUID = isChosen(2)
        let namesItself = isChosen(2)
        item.change(1) { metadata in
            let own = metadata.text(5) ?? []
            if takesUID {
                for position in metadata.fields.indices where metadata.fields[position].number == 5 {
                    metadata.fields[position].value = .text(other)
                }
            } else {
                metadata.change(13) { owner in
                    for position in owner.fields.indices where owner.fields[position].number == 4 {
                        owner.fields[position].value = .text(namesItself ? own : other)
                    }
                }
            }
        }
    }

    private mutating func changed(_ text: [UInt8]) -> [UInt8] {
        let isUID = text.count == 36 && text[8] == UInt8(ascii: "-")
        if isUID, !isChosen(8) { return pick(uids) ?? [] }
        let isAmount = text.first.map { $0 >= 0x30 && $0 <= 0x39 } ?? false
        if isAmount || isChosen(2) { return Array((pick(Self.words) ?? "").utf8) }
        switch random.next() % 3 {
        case 0: return pick(Self.odd) ?? []
        case 1: return text + (pick(Self.odd) ?? [])
        default: return text + text
        }
    }

    // MARK: JSON

    /// Changes one value of JSON, also of JSON that a string holds.
    mutating func change(_ tree: inout JSONTree) {
        switch tree {
        case .array(var values):
            guard !values.isEmpty else { return }
            let position = Int.random(in: values.indices, using: &random)
            if isChosen(12) {
                values.append(values[position])
            } else {
                change(&values[position])
            }
            tree = .array(values)
        case .object(var values):
            guard !values.isEmpty else { return }
            let position = Int.random(in: values.indices, using: &random)
            if isChosen(16) {
                values.remove(at: position)
            } else {
                change(&values[position].value)
            }
            tree = .object(values)
        case .text(let text):
            if var inner = JSONTree(text.utf8) {
                change(&inner)
                tree = .text(inner.text)
            } else {
                tree = .text(String(decoding: changed(Array(text.utf8)), as: UTF8.self))
            }
        case .number: tree = isChosen(4) ? .number("1e999") : .number("\(pick(Self.numbers) ?? 0)")
        case .bool(let value): tree = .bool(!value)
        case .null: tree = .number("\(pick(Self.numbers) ?? 0)")
        }
    }
}
