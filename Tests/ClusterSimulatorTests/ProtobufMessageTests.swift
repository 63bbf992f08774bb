import ClusterSimulator
import KubernetesWire
import Testing

struct ProtobufMessageTests {
    /// Parses every field that can be a message, all the way down.
    private func deepened(_ message: ProtobufMessage) -> ProtobufMessage {
        var deep = message
        for index in deep.fields.indices {
            if case .bytes(let bytes) = deep.fields[index].value, let inner = try? ProtobufMessage(parsing: bytes) {
                deep.fields[index].value = .message(deepened(inner))
            }
        }
        return deep
    }

    @Test(arguments: RecordedTemplates.fileNames.filter { $0.hasSuffix(".pb") })
    func writesBackWhatItRead(_ file: String) throws {
        guard let bytes = try? Recorded.bytes(file) else { return }
        let message = try ProtobufMessage(parsing: bytes.dropFirst(4))
        #expect(message.encoded == Array(bytes.dropFirst(4)))
        let deep = deepened(message)
        #expect(deep.encoded == Array(bytes.dropFirst(4)))
        #expect(deep.encodedSize == bytes.count - 4)
    }

    @Test func refusesMessagesCutShort() throws {
        var inner = ProtobufMessage()
        inner.set(1, "name")
        var message = ProtobufMessage()
        message.set(1, inner)
        message.set(2, Int64(-1))
        let bytes = message.encoded
        #expect(try ProtobufMessage(parsing: bytes).integer(2) == -1)
        for count in 1..<bytes.count where count != 8 {
            #expect(throws: ProtobufFormatError.self) { try ProtobufMessage(parsing: bytes.prefix(count)) }
        }
        #expect(throws: ProtobufFormatError.badTag(offset: 1)) { try ProtobufMessage(parsing: [0x07]) }
        #expect(throws: ProtobufFormatError.self) {
            try ProtobufMessage(parsing: [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F])
        }
    }

    @Test func editsInPlaceAndInFieldOrder() throws {
        var message = ProtobufMessage()
        message.set(5, "five")
        message.set(1, "one")
        message.setEntry(3, "a", "1")
        message.setEntry(3, "b", "2")
        message.setEntry(3, "a", "3")
        #expect(message.fields.map(\.number) == [1, 3, 3, 5])
        #expect(message.entries(3).map(\.value) == ["3", "2"])
        message.replaceAll(3, with: [])
        #expect(message.fields.map(\.number) == [1, 5])
        #expect(message.string(5) == "five")
    }
}

struct JSONValueTests {
    @Test func keepsWhatItRead() throws {
        let text = #"{"b":[1,2.50,-3e2,true,null],"a":{"quote\"":"\u00e9\ud83d\ude00\n"},"big":18446744073709551615}"#
        let value = try JSONValue(parsing: Array(text.utf8))
        #expect(value["big"] == .number("18446744073709551615"))
        #expect(value["a"]?.objectMembers.first?.value.text == "é😀\n")
        #expect(try JSONValue(parsing: value.encoded) == value)
    }

    @Test(arguments: ["", "{", "[1,]", "{\"a\" 1}", "\"x", "nul", "1 2", "\"\\u12\"", "\"\\q\"", "{\"a\":1,}"])
    func refusesWhatIsNoJSON(_ text: String) {
        #expect(throws: JSONFormatError.self) { try JSONValue(parsing: Array(text.utf8)) }
    }

    @Test func refusesEndlessNesting() {
        let text = Array(repeating: UInt8(ascii: "["), count: 100_000)
        let error = #expect(throws: JSONFormatError.self) { try JSONValue(parsing: text) }
        #expect(error?.reason == "nested too deeply")
    }
}
