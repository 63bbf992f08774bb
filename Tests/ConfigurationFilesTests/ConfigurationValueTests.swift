import Glibc
import Testing

@testable import ConfigurationFiles

struct ConfigurationValueTests {
    private let text = """
        text: a
        quoted: "1"
        empty: ""
        number: 5
        float: 2.5
        flag: no
        list: [a, b]
        mixed: [a, 2]
        map: {x: 1}
        nothing:
        "odd key": {y.z: {deep: [{}, {v: [1, q]}]}}
        """

    /// The line that a reading ends with; nil where it succeeds.
    private func failure<Value>(
        _ key: String,
        _ read: (ConfigurationValue) throws(ConfigurationError) -> Value
    ) throws -> String? {
        let value = try parsed(text).value.mapping().required(key)
        do throws(ConfigurationError) {
            _ = try read(value)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func readsTypes() throws {
        let root = try parsed(text).value.mapping()
        #expect(try root["text"]?.string() == "a")
        #expect(try root["quoted"]?.nonEmptyString() == "1")
        #expect(try root["number"]?.integer(in: 1...5) == 5)
        #expect(try root["number"]?.number() == 5)
        #expect(try root["float"]?.number(in: 0...3) == 2.5)
        #expect(try root["flag"]?.bool() == false)
        #expect(try root["list"]?.strings() == ["a", "b"])
        #expect(try root["map"]?.mapping().values.map(\.key) == ["x"])
        #expect(root["nothing"] == nil && root["absent"] == nil)
    }

    @Test func namesWhatIsWrong() throws {
        #expect(
            try failure("number") { (v) throws(ConfigurationError) in try v.string() }
                == "f:4:9: number: must be a text, not a number; put it in quotes"
        )
        #expect(
            try failure("flag") { (v) throws(ConfigurationError) in try v.string() }
                == "f:6:7: flag: must be a text, not a boolean; put it in quotes"
        )
        #expect(
            try failure("list") { (v) throws(ConfigurationError) in try v.string() }
                == "f:7:7: list: must be a text, not a list"
        )
        #expect(
            try failure("empty") { (v) throws(ConfigurationError) in try v.nonEmptyString() }
                == "f:3:8: empty: must not be empty"
        )
        #expect(
            try failure("quoted") { (v) throws(ConfigurationError) in try v.integer() }
                == "f:2:9: quoted: must be a whole number, not a text"
        )
        #expect(
            try failure("float") { (v) throws(ConfigurationError) in try v.integer() }
                == "f:5:8: float: must be a whole number, not a number"
        )
        #expect(
            try failure("number") { (v) throws(ConfigurationError) in try v.integer(in: 6...9) }
                == "f:4:9: number: must be between 6 and 9"
        )
        #expect(
            try failure("float") { (v) throws(ConfigurationError) in try v.number(in: 0...1) }
                == "f:5:8: float: must be between 0.0 and 1.0"
        )
        #expect(
            try failure("map") { (v) throws(ConfigurationError) in try v.number() }
                == "f:9:6: map: must be a number, not a mapping"
        )
        #expect(
            try failure("text") { (v) throws(ConfigurationError) in try v.number() }
                == "f:1:7: text: must be a number, not a text"
        )
        #expect(
            try failure("text") { (v) throws(ConfigurationError) in try v.bool() }
                == "f:1:7: text: must be true or false, not a text"
        )
        #expect(
            try failure("map") { (v) throws(ConfigurationError) in try v.list() }
                == "f:9:6: map: must be a list, not a mapping"
        )
        #expect(
            try failure("text") { (v) throws(ConfigurationError) in try v.mapping() }
                == "f:1:7: text: must be a mapping, not a text"
        )
        #expect(
            try failure("mixed") { (v) throws(ConfigurationError) in try v.strings() }
                == "f:8:12: mixed[1]: must be a text, not a number; put it in quotes"
        )
    }

    @Test func namesThePath() throws {
        let odd = try parsed(text).value.mapping().required("odd key").mapping().required("y.z").mapping()
        let value = try odd.required("deep").list()[1].mapping().required("v").list()[1]
        #expect(value.path == "\"odd key\".\"y.z\".deep[1].v[1]")
        #expect(value.error("is wrong").description == "f:11:38: \"odd key\".\"y.z\".deep[1].v[1]: is wrong")
    }

    @Test func namesMissingAndUnknownKeys() throws {
        let root = try parsed("a:\n  known: 1\n  unknwon: 2\n  nothing:\n  \"x\\ny\": 3\n").value.mapping()
        let mapping = try root.required("a").mapping()
        #expect(
            throws: ConfigurationError(
                file: "f",
                position: FilePosition(line: 2, column: 3),
                path: "a",
                message: "the key \"b\" is missing"
            )
        ) { try mapping.required("b") }
        do throws(ConfigurationError) {
            _ = try mapping.required("nothing")
            Issue.record("was read")
        } catch {
            #expect(error.description == "f:4:11: a.nothing: is empty")
        }
        #expect(
            mapping.unknownKeys(known: ["known", "nothing"]).map(\.description) == [
                "f:3:3: a: unknown key \"unknwon\"; known here: known, nothing",
                "f:5:3: a: unknown key \"x\\ny\"; known here: known, nothing",
            ]
        )
        #expect(throws: ConfigurationError.self) { try mapping.refuseUnknownKeys(known: ["known"]) }
        try mapping.refuseUnknownKeys(known: ["known", "nothing", "unknwon", "x\ny"])
    }

    @Test func nullIsAnEmptyListAndMapping() throws {
        let value = try parsed("").value
        #expect(try value.list() == [])
        #expect(try value.mapping().keys == [])
    }

    @Test func readsFiles() throws {
        #expect(message(path: "/nonexistent/x.yaml") == "/nonexistent/x.yaml: cannot be read: no such file")
        #expect(message(path: "/") == "/: cannot be read: is a directory, not a regular file")
    }

    /// Nobody writes to the pipe: opening it would be waited for.
    @Test func refusesWhatIsNoRegularFile() throws {
        let pipe = "/tmp/pipe-\(UInt64.random(in: .min ... .max))"
        try #require(mkfifo(pipe, 0o600) == 0)
        defer { unlink(pipe) }
        #expect(message(path: pipe) == "\(pipe): cannot be read: is a pipe, not a regular file")
        #expect(message(path: "/dev/zero") == "/dev/zero: cannot be read: is a device, not a regular file")
    }

    @Test func quotesDirectionsAsTheyAreWritten() {
        #expect(ConfigurationError.quoted("a\u{202E}b\u{2069}ä") == #""a\u{202E}b\u{2069}ä""#)
    }

    private func message(path: String) -> String? {
        do throws(ConfigurationError) {
            _ = try ConfigurationFile(path: path)
            return nil
        } catch {
            return error.description
        }
    }
}
