import ClusterState
import KubernetesWire
import Testing

/// Bytes that no server sends: each ends in the right error, with the path and the place.
struct BadBytesTests {
    private static func error(_ fill: (inout WireWriter) -> Void) -> WireError? {
        var interner = Interner()
        do throws(WireError) {
            _ = try WireWriter(fill).bytes.decode(Pod.self, offset: 1_000, &interner)
            return nil
        } catch {
            return error
        }
    }

    @Test func groupsAreRefused() {
        for type in [3, 4, 6, 7] as [UInt64] {
            let unknown = Self.error { $0.tag(900, type) }
            #expect(
                unknown
                    == WireError(path: "Pod", field: 900, offset: 1_002, problem: .unsupportedWireType(UInt8(type)))
            )
            let known = Self.error { $0.message(2) { $0.tag(10, type) } }
            #expect(
                known
                    == WireError(path: "Pod.spec", field: 10, offset: 1_003, problem: .unsupportedWireType(UInt8(type)))
            )
        }
    }

    @Test func aLengthBeyondTheEndIsRefused() {
        #expect(
            Self.error { $0.raw([0x0a, 0x05, 0x00]) }
                == WireError(path: "Pod", field: 1, offset: 1_002, problem: .lengthBeyondEnd(5))
        )
        // Inside a message that is whole, it is the inner one's end that counts.
        #expect(
            Self.error {
                $0.data(1, [0x0a, 0x05, 0x61])
                $0.data(2, [1, 2, 3, 4, 5, 6, 7, 8])
            } == WireError(path: "Pod.metadata", field: 1, offset: 1_004, problem: .lengthBeyondEnd(5))
        )
        #expect(
            Self.error { $0.raw([0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]) }
                == WireError(path: "Pod", field: 2, offset: 1_011, problem: .lengthBeyondEnd(.max))
        )
    }

    @Test func truncationIsFound() {
        // Inside a tag, a varint, a fixed64, a fixed32.
        #expect(Self.error { $0.raw([0x80]) } == WireError(path: "Pod", offset: 1_001, problem: .truncated))
        #expect(
            Self.error { $0.raw([0x48, 0x80]) } == WireError(path: "Pod", field: 9, offset: 1_002, problem: .truncated)
        )
        #expect(
            Self.error { $0.raw([0x49, 1, 2, 3, 4, 5, 6, 7]) }
                == WireError(path: "Pod", field: 9, offset: 1_001, problem: .truncated)
        )
        #expect(
            Self.error { $0.raw([0x4d, 1, 2, 3]) }
                == WireError(path: "Pod", field: 9, offset: 1_001, problem: .truncated)
        )
        #expect(Self.error { $0.raw([0x0a]) } == WireError(path: "Pod", field: 1, offset: 1_001, problem: .truncated))
    }

    @Test func overlongVarintsAreRefused() {
        let ten = [UInt8](repeating: 0xff, count: 9)
        #expect(
            Self.error { $0.raw([0x48] + ten + [0x02]) }
                == WireError(path: "Pod", field: 9, offset: 1_011, problem: .overlongVarint)
        )
        #expect(
            Self.error { $0.raw([0x48] + ten + [0xff, 0x01]) }
                == WireError(path: "Pod", field: 9, offset: 1_011, problem: .overlongVarint)
        )
        #expect(
            Self.error { $0.raw(ten + [0x7f]) } == WireError(path: "Pod", offset: 1_010, problem: .overlongVarint)
        )
        #expect(Self.error { $0.raw([0x48] + ten + [0x01]) } == nil)
    }

    @Test func fieldNumbersHaveBounds() {
        #expect(
            Self.error { $0.raw([0x02, 0x00]) }
                == WireError(path: "Pod", offset: 1_001, problem: .invalidFieldNumber(0))
        )
        #expect(
            Self.error { $0.tag(1 << 29, 0) }
                == WireError(path: "Pod", offset: 1_005, problem: .invalidFieldNumber(1 << 29))
        )
    }

    @Test func aKnownFieldOfAnotherTypeIsRefused() {
        #expect(
            Self.error { $0.int(1, 5) }
                == WireError(path: "Pod", field: 1, offset: 1_001, problem: .unexpectedWireType(0))
        )
        #expect(
            Self.error { $0.message(2) { $0.string(11, "yes") } }
                == WireError(path: "Pod.spec", field: 11, offset: 1_003, problem: .unexpectedWireType(2))
        )
    }

    @Test func theDescriptionIsOneLineThatNamesPlaceAndCause() {
        let error = Self.error { $0.message(2) { $0.tag(10, 3) } }
        #expect(
            error?.description
                == "malformed protobuf at byte 1003, Pod.spec field 10: wire type 3 is not supported"
        )
    }

    /// No prefix of an object is taken for something it is not: it decodes or it throws, and cut inside a field of
    /// metadata, spec or status it throws.
    @Test func everyPrefixOfARecordedPodIsHandled() throws {
        let pod = try #require(try Fixture.items("three-zone-healthy/core_v1_pods.pb").first)
        var wholes: [Int] = []
        for count in 0..<pod.count {
            var interner = Interner()
            let prefix = Array(pod[..<count])
            let row = try? prefix.decode(Pod.self, &interner)
            if row != nil { wholes.append(count) }
        }
        // The empty prefix, and those that end behind metadata and behind spec.
        #expect(wholes.count == 3)
    }

    // MARK: Envelope

    private static func list(_ fill: (inout WireWriter) -> Void) -> [UInt8] {
        Envelope.prefix
            + WireWriter {
                $0.message(1) {
                    $0.string(1, "v1")
                    $0.string(2, "PodList")
                }
                $0.message(2, fill)
            }
            .bytes
    }

    private static func listError(_ bytes: [UInt8], finish: Bool = true) -> WireError? {
        var parser = ListParser()
        do throws(WireError) {
            try parser.push(bytes) { _ in }
            if finish { try parser.finish() }
            return nil
        } catch {
            return error
        }
    }

    @Test func aWrongPrefixIsRefusedAtItsFirstByte() {
        #expect(Self.listError([0x7b]) == WireError(path: "List", offset: 0, problem: .missingPrefix))
        #expect(
            Self.listError([0x6b, 0x38, 0x73, 0x01], finish: false)
                == WireError(path: "List", offset: 0, problem: .missingPrefix)
        )
        let error = #expect(throws: WireError.self) {
            try [UInt8]([0x6b, 0x38, 0x73])
                .withRawBytes { bytes throws(WireError) in _ = try Envelope(bytes, base: 7) }
        }
        #expect(error == WireError(path: "Unknown", offset: 7, problem: .missingPrefix))
    }

    @Test func aListThatEndsTooEarlyIsNotWhole() throws {
        let whole = Self.list {
            $0.message(1) { $0.string(2, "5") }
            $0.message(2) { $0.metadata("a") }
        }
        #expect(Self.listError(whole) == nil)
        for count in 0..<whole.count {
            #expect(Self.listError(Array(whole[..<count]))?.problem == .truncated, "\(count)")
        }
    }

    @Test func badBytesInsideAListAreNamed() {
        let start = Self.list { _ in }.count
        #expect(
            Self.listError(
                Self.list {
                    $0.tag(0, 2)
                    $0.raw([0])
                }
            )
                == WireError(path: "PodList", offset: start, problem: .invalidFieldNumber(0))
        )
        #expect(
            Self.listError(Self.list { $0.tag(2, 3) })
                == WireError(path: "PodList", offset: start, problem: .unsupportedWireType(3))
        )
        #expect(
            Self.listError(Self.list { $0.int(2, 1) })
                == WireError(path: "PodList", offset: start, problem: .unexpectedWireType(0))
        )
        #expect(
            Self.listError(Self.list { $0.raw([0x12, 0x05, 0x00]) })
                == WireError(path: "PodList", offset: start, problem: .lengthBeyondEnd(5))
        )
        #expect(
            Self.listError(Self.list { $0.raw([0x12]) } + [0x01])
                == WireError(path: "PodList", offset: start, problem: .lengthBeyondEnd(1))
        )
        #expect(
            Self.listError(Self.list { $0.raw([0x12] + [UInt8](repeating: 0xff, count: 10)) })?.problem
                == .overlongVarint
        )
        #expect(
            Self.listError(Self.list { $0.data(1, [0x12, 0x05]) })
                == WireError(path: "ListMeta", field: 2, offset: start + 4, problem: .lengthBeyondEnd(5))
        )
    }

    @Test func unknownFieldsOfListsArePassedOver() throws {
        let inner = Self.list {
            $0.unknownFields()
            $0.message(1) { $0.string(2, "5") }
            $0.unknownFields()
            $0.message(2) { $0.metadata("a") }
            $0.unknownFields()
        }
        let bytes = inner + WireWriter { $0.unknownFields() }.bytes
        for size in [1, 2, 7, bytes.count] {
            var parser = ListParser()
            var items = 0
            var position = 0
            while position < bytes.count {
                let chunk = Array(bytes[position..<min(bytes.count, position + size)])
                try parser.push(chunk) { (element) throws(WireError) in
                    if case .item = element { items += 1 }
                }
                position += size
            }
            try parser.finish()
            #expect(items == 1)
        }
    }

    @Test func twoListsInOneAnswerAreRefused() {
        let bytes = Self.list { _ in }
        #expect(
            Self.listError(bytes + WireWriter { $0.message(2) { _ in } }.bytes)
                == WireError(path: "PodList", offset: bytes.count, problem: .trailingBytes)
        )
    }

    @Test func anItemOverTheLimitIsRefusedBeforeItArrives() {
        let large = Self.list {
            $0.tag(2, 2)
            $0.raw(WireWriter.varint(UInt64(ListParser.itemLimit) + 1))
        }
        #expect(Self.listError(large)?.problem == .tooLarge(ListParser.itemLimit + 1))
    }

    // MARK: Frames

    private static func watchError(_ bytes: [UInt8]) -> WireError? {
        var parser = WatchParser()
        do throws(WireError) {
            try parser.push(bytes) { _ in }
            try parser.finish()
            return nil
        } catch {
            return error
        }
    }

    private static func frame(_ payload: [UInt8]) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: payload.count >> (24 - $0 * 8)) } + payload
    }

    private static func event(_ object: [UInt8]) -> [UInt8] {
        WireWriter {
            $0.string(1, "ADDED")
            $0.message(2) { $0.data(1, object) }
        }
        .bytes
    }

    @Test func aFrameOverTheLimitIsRefusedBeforeItArrives() {
        #expect(
            Self.watchError([0x01, 0x00, 0x00, 0x01])
                == WireError(path: "WatchEvent", offset: 0, problem: .tooLarge(16_777_217))
        )
        #expect(
            Self.watchError([0xff, 0xff, 0xff, 0xff])
                == WireError(path: "WatchEvent", offset: 0, problem: .tooLarge(4_294_967_295))
        )
        // Just the limit is waited for.
        #expect(
            Self.watchError([0x01, 0x00, 0x00, 0x00]) == WireError(path: "WatchEvent", offset: 4, problem: .truncated)
        )
    }

    @Test func aFrameWithoutObjectIsRefused() {
        #expect(
            Self.watchError(Self.frame([])) == WireError(path: "WatchEvent.object", offset: 4, problem: .truncated)
        )
        #expect(
            Self.watchError(Self.frame(WireWriter { $0.string(1, "ADDED") }.bytes))
                == WireError(path: "WatchEvent.object", offset: 4, problem: .truncated)
        )
    }

    @Test func placesInAFrameCountFromTheStartOfTheStream() {
        let good = Self.frame(Self.event(Envelope.prefix + WireWriter { $0.message(2) { $0.metadata("a") } }.bytes))
        #expect(Self.watchError(good) == nil)
        // 4 length, 7 type, 2 and 2 before the object.
        #expect(
            Self.watchError(good + Self.frame(Self.event([1, 2, 3, 4])))
                == WireError(path: "Unknown", offset: good.count + 15, problem: .missingPrefix)
        )
        #expect(
            Self.watchError(good + Self.frame(Self.event(Envelope.prefix + [0x12, 0x09])))
                == WireError(path: "Unknown", field: 2, offset: good.count + 21, problem: .lengthBeyondEnd(9))
        )
        #expect(
            Self.watchError(good + [0, 0]) == WireError(path: "WatchEvent", offset: good.count + 2, problem: .truncated)
        )
    }

    @Test func eventsOfOtherTypesAreTold() throws {
        let object = Envelope.prefix + WireWriter { $0.message(2) { $0.metadata("a") } }.bytes
        var types: [WatchParser.EventType] = []
        for word in ["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR", "RENAMED"] {
            var parser = WatchParser()
            let frame = Self.frame(
                WireWriter {
                    $0.unknownFields()
                    $0.message(2) {
                        $0.unknownFields()
                        $0.data(1, object)
                    }
                    $0.string(1, word)
                }
                .bytes
            )
            try parser.push(frame) { types.append($0.type) }
        }
        #expect(types == [.added, .modified, .deleted, .bookmark, .error, .other("RENAMED")])
    }
}
