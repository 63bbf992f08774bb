import KeyedHash

/// Builds label blocks and gives the same id for the same text.
///
/// An open-addressed table of ids over the texts; the hash is keyed, so that names chosen by users of the cluster cannot
/// be made to collide.
@usableFromInline
struct LabelBlockInterner {
    private(set) var texts = LabelBlockTexts()
    /// The hash of each block, to tell blocks apart without reading their texts.
    private var hashes: [UInt32] = [0]
    /// Ids by hash; 0, the block that is never looked up, marks a free slot.
    private var slots = [UInt32](repeating: 0, count: 1024)

    /// An interner with room for texts like those of an earlier collection.
    init(like texts: LabelBlockTexts?) {
        guard let texts else { return }
        self.texts.makeRoom(like: texts)
        hashes.reserveCapacity(texts.count + texts.count / 16)
        var count = slots.count
        while count < texts.count * 2 { count *= 2 }
        slots = [UInt32](repeating: 0, count: count)
    }

    /// Writes one pair of the block being built, the brace or comma before it included.
    @usableFromInline
    mutating func appendPair(_ name: StaticString, _ value: UnsafeBufferPointer<UInt8>) {
        let isFirst = texts.bytes.count == texts.pendingStart
        texts.append(isFirst ? UInt8(ascii: "{") : UInt8(ascii: ","))
        name.withUTF8Buffer { texts.append($0) }
        texts.append(UInt8(ascii: "="))
        texts.append(UInt8(ascii: "\""))
        appendEscaped(value)
        texts.append(UInt8(ascii: "\""))
    }

    /// Ends the block being built: the id of the same text from before, or a new one.
    @usableFromInline
    mutating func commit() -> UInt32 {
        texts.append(UInt8(ascii: "}"))
        let hash = hash(of: texts.pendingStart..<texts.bytes.count)
        var slot = Int(hash) & (slots.count - 1)
        while slots[slot] != 0 {
            let id = slots[slot]
            if hashes[Int(id)] == hash, texts.isPending(equalTo: id) {
                texts.discard()
                return id
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        let id = texts.commit()
        hashes.append(hash)
        slots[slot] = id
        if texts.count * 2 > slots.count { grow() }
        return id
    }

    private func hash(of range: Range<Int>) -> UInt32 {
        texts.bytes.withUnsafeBytes {
            UInt32(truncatingIfNeeded: KeyedHash.process(UnsafeRawBufferPointer(rebasing: $0[range])))
        }
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for id in 1..<texts.count {
            var slot = Int(hashes[id]) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(id)
        }
    }

    /// Appends a label value with `\`, `"` and LF escaped. Both formats escape label values alike.
    private mutating func appendEscaped(_ value: UnsafeBufferPointer<UInt8>) {
        guard value.contains(where: Self.isEscaped) else { return texts.append(value) }
        for byte in value {
            if Self.isEscaped(byte) { texts.append(UInt8(ascii: "\\")) }
            texts.append(byte == UInt8(ascii: "\n") ? UInt8(ascii: "n") : byte)
        }
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
    }
}
