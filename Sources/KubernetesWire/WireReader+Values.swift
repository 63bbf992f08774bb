import ClusterState

extension WireReader {
    /// A Time or MicroTime in whole seconds.
    mutating func seconds(_ path: StaticString) throws(WireError) -> Seconds {
        var time = try message(path)
        var seconds: Int64 = 0
        while try time.next() {
            if time.field == 1 { seconds = try time.int64() } else { try time.skip() }
        }
        return Seconds(clamping: seconds)
    }

    /// A Time or MicroTime.
    mutating func timestamp(_ path: StaticString) throws(WireError) -> Timestamp {
        var time = try message(path)
        var seconds: Int64 = 0
        var nanoseconds: Int32 = 0
        while try time.next() {
            switch time.field {
            case 1: seconds = try time.int64()
            case 2: nanoseconds = try time.int32()
            default: try time.skip()
            }
        }
        return Timestamp(seconds: seconds, nanoseconds: nanoseconds)
    }

    /// One entry of a `map<string, string>`.
    mutating func mapEntry(
        _ path: StaticString,
        _ interner: inout Interner
    ) throws(WireError) -> (key: StringID, value: StringID) {
        var entry = try message(path)
        var key = StringID.empty
        var value = StringID.empty
        while try entry.next() {
            switch entry.field {
            case 1: key = try entry.string(&interner)
            case 2: value = try entry.string(&interner)
            default: try entry.skip()
            }
        }
        return (key, value)
    }

    /// A condition's status word.
    mutating func conditionStatus() throws(WireError) -> ConditionStatus {
        let word = try text()
        if StaticString("True").equals(word) { return .isTrue }
        if StaticString("False").equals(word) { return .isFalse }
        return .unknown
    }

    /// An IntOrString.
    mutating func intOrPercent(_ path: StaticString) throws(WireError) -> IntOrPercent {
        var value = try message(path)
        var isString = false
        var number: Int32 = 0
        var word = ""
        while try value.next() {
            switch value.field {
            case 1: isString = try value.int64() == 1
            case 2: number = try value.int32()
            case 3: word = try value.string()
            default: try value.skip()
            }
        }
        return isString ? IntOrPercent(text: word) : .number(number)
    }
}

extension Interner {
    /// Whether a string is the given text.
    func isText(_ id: StringID, _ text: StaticString) -> Bool {
        withBytes(id) { text.equals($0) }
    }
}
