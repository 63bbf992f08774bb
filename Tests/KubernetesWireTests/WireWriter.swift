/// Writes protobuf by hand, for objects that nobody recorded.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    init() {}

    init(_ fill: (inout WireWriter) -> Void) {
        fill(&self)
    }

    static func varint(_ value: UInt64) -> [UInt8] {
        var result: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            result.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        result.append(UInt8(rest))
        return result
    }

    mutating func raw(_ more: [UInt8]) { bytes += more }

    mutating func tag(_ field: UInt64, _ wireType: UInt64) { raw(Self.varint(field << 3 | wireType)) }

    mutating func int(_ field: UInt64, _ value: Int64) {
        tag(field, 0)
        raw(Self.varint(UInt64(bitPattern: value)))
    }

    mutating func bool(_ field: UInt64, _ value: Bool) { int(field, value ? 1 : 0) }

    mutating func data(_ field: UInt64, _ value: [UInt8]) {
        tag(field, 2)
        raw(Self.varint(UInt64(value.count)))
        raw(value)
    }

    mutating func string(_ field: UInt64, _ value: String) { data(field, Array(value.utf8)) }

    mutating func message(_ field: UInt64, _ fill: (inout WireWriter) -> Void) { data(field, WireWriter(fill).bytes) }

    mutating func pair(_ field: UInt64, _ key: String, _ value: String) {
        message(field) {
            $0.string(1, key)
            $0.string(2, value)
        }
    }

    mutating func quantity(_ field: UInt64, _ key: String, _ value: String) {
        message(field) {
            $0.string(1, key)
            $0.message(2) { $0.string(1, value) }
        }
    }

    /// A field of every wire type that may be skipped, with a number that nothing uses.
    mutating func unknownFields() {
        tag(900, 0)
        raw([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01])
        tag(901, 1)
        raw([1, 2, 3, 4, 5, 6, 7, 8])
        data(902, [9, 9, 9])
        tag(903, 5)
        raw([1, 2, 3, 4])
        data(536_870_911, [])
    }

    mutating func metadata(
        _ name: String,
        namespace: String = "shop",
        uid: String = "b272aa91-1123-467c-8aff-580bb4afc603",
        owner: String? = nil,
        labels: KeyValuePairs<String, String> = [:],
        annotations: KeyValuePairs<String, String> = [:]
    ) {
        message(1) { meta in
            meta.string(1, name)
            meta.string(3, namespace)
            meta.string(5, uid)
            for (key, value) in labels { meta.pair(11, key, value) }
            for (key, value) in annotations { meta.pair(12, key, value) }
            if let owner {
                meta.message(13) {
                    $0.string(1, owner)
                    $0.string(3, "owner")
                    $0.string(4, "00000000-0000-0000-0000-000000000001")
                    $0.bool(6, true)
                }
            }
        }
    }
}
