extension ProtobufMessage {
    /// The message that a field holds, nil for anything that does not parse as one.
    private static func message(_ value: Value) -> ProtobufMessage? {
        switch value {
        case .message(let message): message
        case .bytes(let bytes): try? ProtobufMessage(parsing: bytes)
        default: nil
        }
    }

    /// The messages of a repeated field, in order.
    package func messages(_ number: Int) -> [ProtobufMessage] {
        fields.compactMap { $0.number == number ? Self.message($0.value) : nil }
    }

    /// The first message at a path of field numbers; nil where a step is missing.
    package func message(_ path: Int...) -> ProtobufMessage? {
        descend(path[...])
    }

    private func descend(_ path: ArraySlice<Int>) -> ProtobufMessage? {
        guard let step = path.first else { return self }
        return fields.first { $0.number == step }.flatMap { Self.message($0.value) }?.descend(path.dropFirst())
    }

    /// The string at a path; nil where it is missing.
    package func string(_ path: Int...) -> String? {
        guard let last = path.last, let holder = descend(path.dropLast()) else { return nil }
        guard case .bytes(let bytes)? = holder.fields.first(where: { $0.number == last })?.value else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The number at a path; nil where it is missing.
    package func integer(_ path: Int...) -> Int64? {
        guard let last = path.last, let holder = descend(path.dropLast()) else { return nil }
        guard case .varint(let raw)? = holder.fields.first(where: { $0.number == last })?.value else { return nil }
        return Int64(bitPattern: raw)
    }

    /// Edits the first message field of that number; a missing one is put in at its place in field order.
    ///
    /// Bytes that are no message become an empty one: `RecordedTemplates` refuses such templates when they are read.
    package mutating func edit(_ number: Int, _ change: (inout ProtobufMessage) -> Void) {
        let index = indexMakingRoom(for: number)
        var inner = Self.message(fields[index].value) ?? ProtobufMessage()
        fields[index].value = .varint(0)
        change(&inner)
        fields[index].value = .message(inner)
    }

    /// Edits every message of a repeated field.
    mutating func editAll(_ number: Int, _ change: (inout ProtobufMessage) -> Void) {
        for index in fields.indices where fields[index].number == number {
            guard var inner = Self.message(fields[index].value) else { continue }
            change(&inner)
            fields[index].value = .message(inner)
        }
    }

    /// Sets a string field, in place where it is there.
    package mutating func set(_ number: Int, _ text: String) {
        let index = indexMakingRoom(for: number)
        fields[index].value = .bytes(Array(text.utf8))
    }

    /// Sets an integer field, in place where it is there. Negative numbers take ten bytes, as proto2's int32 do.
    package mutating func set(_ number: Int, _ integer: Int64) {
        let index = indexMakingRoom(for: number)
        fields[index].value = .varint(UInt64(bitPattern: integer))
    }

    /// Sets a bool field.
    package mutating func set(_ number: Int, _ flag: Bool) {
        set(number, Int64(flag ? 1 : 0))
    }

    /// Sets a message field.
    package mutating func set(_ number: Int, _ message: ProtobufMessage) {
        let index = indexMakingRoom(for: number)
        fields[index].value = .message(message)
    }

    /// Takes out every field of that number.
    package mutating func removeAll(_ number: Int) {
        fields.removeAll { $0.number == number }
    }

    /// Puts these messages in place of all fields of that number.
    package mutating func replaceAll(_ number: Int, with messages: [ProtobufMessage]) {
        replaceAll(number, messages.map { .message($0) })
    }

    /// Puts these encoded messages in place of all fields of that number.
    mutating func replaceAll(_ number: Int, withEncoded messages: [[UInt8]]) {
        replaceAll(number, messages.map { .bytes($0) })
    }

    private mutating func replaceAll(_ number: Int, _ values: [Value]) {
        let index = fields.firstIndex { $0.number == number } ?? insertionIndex(for: number)
        removeAll(number)
        fields.insert(contentsOf: values.map { Field(number: number, value: $0) }, at: index)
    }

    /// Sets the entry of a `map<string, string>` field; a missing one is appended after the others.
    package mutating func setEntry(_ number: Int, _ key: String, _ value: String) {
        for index in fields.indices where fields[index].number == number {
            guard var entry = Self.message(fields[index].value), entry.string(1) == key else { continue }
            entry.set(2, value)
            fields[index].value = .message(entry)
            return
        }
        var entry = ProtobufMessage()
        entry.set(1, key)
        entry.set(2, value)
        let index = fields.lastIndex { $0.number == number }.map { $0 + 1 } ?? insertionIndex(for: number)
        fields.insert(Field(number: number, value: .message(entry)), at: index)
    }

    /// Takes out the entry of a `map<string, string>` field.
    mutating func removeEntry(_ number: Int, _ key: String) {
        fields.removeAll { $0.number == number && Self.message($0.value)?.string(1) == key }
    }

    /// The entries of a `map<string, string>` field.
    package func entries(_ number: Int) -> [(key: String, value: String)] {
        messages(number).map { ($0.string(1) ?? "", $0.string(2) ?? "") }
    }

    private func insertionIndex(for number: Int) -> Int {
        fields.firstIndex { $0.number > number } ?? fields.endIndex
    }

    private mutating func indexMakingRoom(for number: Int) -> Int {
        if let index = fields.firstIndex(where: { $0.number == number }) { return index }
        let index = insertionIndex(for: number)
        fields.insert(Field(number: number, value: .bytes([])), at: index)
        return index
    }
}
