import Testing

@testable import ConfigurationFiles

/// Reads a text as a file named `f`.
func parsed(_ text: String, limits: ConfigurationLimits = ConfigurationLimits()) throws -> ConfigurationFile {
    try ConfigurationFile(Array(text.utf8), name: "f", limits: limits)
}

/// The one line that reading the text ends with; nil where it is read.
func message(_ text: String, limits: ConfigurationLimits = ConfigurationLimits()) -> String? {
    message(Array(text.utf8), limits: limits)
}

/// The one line that reading the bytes ends with; nil where they are read.
func message(_ bytes: [UInt8], limits: ConfigurationLimits = ConfigurationLimits()) -> String? {
    do throws(ConfigurationError) {
        _ = try ConfigurationFile(bytes, name: "f", limits: limits)
        return nil
    } catch {
        return error.description
    }
}

struct ConfigurationFileTests {
    @Test func knowsLinesAndColumns() throws {
        let file = try parsed("# comment\na: 1\nb:\n  - x\n  - ü: y\n")
        guard case .mapping(let entries) = file.root.content else {
            Issue.record("no mapping")
            return
        }
        #expect(entries.map(\.key) == ["a", "b"])
        #expect(entries.map(\.keyPosition) == [.init(line: 2, column: 1), .init(line: 3, column: 1)])
        #expect(entries[0].value.position == FilePosition(line: 2, column: 4))
        guard case .sequence(let items) = entries[1].value.content else {
            Issue.record("no list")
            return
        }
        #expect(items.map(\.position) == [.init(line: 4, column: 5), .init(line: 5, column: 5)])
        guard case .mapping(let inner) = items[1].content else {
            Issue.record("no mapping in the list")
            return
        }
        // Columns are characters: ü is two bytes.
        #expect(inner[0].value.position == FilePosition(line: 5, column: 8))
    }

    @Test func keepsWhatQuotesSay() throws {
        let text = "[true, \"true\", 'true', !!str true, ! true, null, ~, \"null\", 1, '1', |-\n true\n ]\n"
        let values = try parsed(text.replacing("|-\n true\n ", with: "'x'")).value.list()
        let meanings = values.map { value -> ConfigurationScalar.Meaning? in
            guard case .scalar(let scalar) = value.node.content else { return nil }
            return scalar.plainMeaning
        }
        #expect(
            meanings == [
                .bool(true), .text, .text, .text, .text, .null, .null, .text, .integer(1), .text, .text,
            ]
        )
        let block = try parsed("a: |-\n  true\nb: >-\n  1\n  2\n").value.mapping()
        #expect(try block["a"]?.string() == "true")
        #expect(try block["b"]?.string() == "1 2")
    }

    @Test(arguments: [
        ("0", ConfigurationScalar.Meaning.integer(0)), ("-17", .integer(-17)), ("+5", .integer(5)),
        ("0x1F", .integer(31)), ("0o17", .integer(15)), ("0b101", .integer(5)), ("1.5", .number(1.5)),
        ("-.5", .number(-0.5)), ("1e3", .number(1_000)), ("99999999999999999999", .number(1e20)),
        ("yes", .bool(true)), ("Off", .bool(false)), ("FALSE", .bool(false)), ("", .null), ("Null", .null),
        ("1.2.3", .text), ("1_000", .text), ("0x", .text), ("0x-1", .text), ("10.0.0.1", .text), ("nan", .text),
        ("inf", .text), ("-", .text), (".", .text), ("1e", .text), ("y", .text), ("2026-11-22", .text),
        ("10m", .text), ("-infinity", .text),
    ])
    func resolvesPlainScalars(text: String, meaning: ConfigurationScalar.Meaning) {
        #expect(ConfigurationScalar(text, .plain).plainMeaning == meaning)
        #expect(ConfigurationScalar(text, .quoted).plainMeaning == .text)
    }

    @Test func readsJSON() throws {
        let json = """
            {
            \t"kind": "Config", "n": [1, 2.5, -3e2, true, false, null],
            \t"escapes": "a\\"b\\\\c\\/d\\n\\u00e9", "empty": {}, "none": [],
            \t"url":"https://x/y:z"}
            """
        let root = try parsed(json).value.mapping()
        #expect(root.keys == ["kind", "n", "escapes", "empty", "none", "url"])
        #expect(try root["escapes"]?.string() == "a\"b\\c/d\n\u{e9}")
        #expect(try root["url"]?.string() == "https://x/y:z")
        #expect(try root["n"]?.list().count == 6)
        #expect(try root["empty"]?.mapping().keys == [])
        #expect(try root["none"]?.list() == [])
    }

    @Test(arguments: ["", "\n\n", "# only a comment\n", "---\n", "---\n...\n", "\u{feff}"])
    func anEmptyFileIsNull(text: String) throws {
        #expect(try parsed(text).value.isNull)
    }

    @Test func readsUTF16AndCRLF() throws {
        let text = "a: é\r\nb: 2\r\n"
        var utf16: [UInt8] = [0xff, 0xfe]
        for unit in text.utf16 { utf16 += [UInt8(unit & 0xff), UInt8(unit >> 8)] }
        let root = try ConfigurationFile(utf16, name: "f").value.mapping()
        #expect(try root["a"]?.string() == "é")
        #expect(try parsed(text).value.mapping()["b"]?.integer() == 2)
    }

    @Test func expandsAliases() throws {
        let root = try parsed("a: &x {k: [1, 2]}\nb: *x\nc: [*x, *x]\n").value.mapping()
        #expect(try root["b"]?.mapping()["k"]?.list().count == 2)
        #expect(try root["c"]?.list()[1].mapping()["k"]?.list()[1].integer() == 2)
        // A later anchor of the same name replaces the first.
        let replaced = try parsed("- &x 1\n- *x\n- &x 2\n- *x\n").value.list()
        #expect(try replaced.map { try $0.integer() } == [1, 1, 2, 2])
    }

    @Test(arguments: [
        ("a: 1\nb: 2\n\"a\": 3\n", "f:3:1: the key \"a\" is already there, at line 1"),
        ("a: 1\n---\nb: 2\n", "f:2:1: a second document begins here; keep one in the file"),
        ("a: *x\n", "f:1:4: an alias (*) without its anchor (&); quote the value if it is a text"),
        ("a: &x [*x]\n", "f:1:8: an alias (*) inside the value it stands for; quote the value if it is a text"),
        ("[a]: 1\n", "f:1:1: a key must be a text, not a list or mapping"),
        ("{a: b}: 1\n", "f:1:1: a key must be a text, not a list or mapping"),
        ("? &k [a]\n: 1\n", "f:1:3: a key must be a text, not a list or mapping"),
        ("?\n: 1\n", "f:1:2: a key is empty"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", "f:3:3: merge keys (<<) are not supported; write the keys out"),
        ("a: !secret\n", "f:1:4: a tag (!) that is not supported; remove it, or quote the value"),
        ("a: !!binary aGk=\n", "f:1:4: a tag (!) that is not supported; remove it, or quote the value"),
        ("a: !x [1]\n", "f:1:4: a tag (!) that is not supported; remove it, or quote the value"),
        (
            "a: [1\nb: 2\n",
            "f:2:2: is neither YAML nor JSON: did not find expected ',' or ']' while parsing a flow sequence that began at 1:4"
        ),
        (
            "a:\n\t- b\n",
            "f:2:1: is neither YAML nor JSON: found character that cannot start any token while scanning for the next token"
        ),
        (
            "a: \"x\n",
            "f:2:1: is neither YAML nor JSON: found unexpected end of stream while scanning a quoted scalar that began at 1:4"
        ),
        ("a: b\nü: \u{1}\n", "f:2:4: is neither YAML nor JSON: control characters are not allowed"),
    ])
    func refuses(text: String, expected: String) {
        #expect(message(text) == expected)
    }

    @Test func refusesBytesThatAreNoText() {
        #expect(
            message(Array("a: b\nc: ".utf8) + [0xff]) == "f:2:4: is neither YAML nor JSON: invalid leading UTF-8 octet"
        )
        #expect(message([0x1f, 0x8b, 8, 0])?.hasPrefix("f:1:1: is neither YAML nor JSON: control characters") == true)
    }

    @Test func limitsSizeDepthAndNodes() {
        let limits = ConfigurationLimits(bytes: 40, depth: 3, nodes: 10)
        #expect(message(String(repeating: " ", count: 41), limits: limits) == "f: larger than 40 bytes")
        #expect(message("[[[1]]]", limits: limits) == nil)
        #expect(message("[[[[1]]]]", limits: limits) == "f:1:4: nested more than 3 levels deep")
        #expect(message("[1,2,3,4,5,6,7,8,9]", limits: limits) == nil)
        #expect(
            message("[1,2,3,4,5,6,7,8,9,10]", limits: limits)
                == "f:1:1: more than 10 values, aliases counted where they are used"
        )
        // What an alias stands for counts each time: 4 + 3 + 3 and the list itself.
        #expect(
            message("[&a [1,2], *a, *a, *a]", limits: limits)
                == "f:1:20: more than 10 values, aliases counted where they are used"
        )
        #expect(message("[&a [[1]], [*a]]", limits: limits) == "f:1:13: nested more than 3 levels deep")
    }

    @Test func stopsAliasBombs() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...40 {
            let alias = "*a\(level - 1)"
            text += "a\(level): &a\(level) [" + Array(repeating: alias, count: 10).joined(separator: ", ") + "]\n"
        }
        #expect(message(text)?.hasSuffix("more than 200000 values, aliases counted where they are used") == true)
        let deep = String(repeating: "[", count: 1_000_000)
        #expect(message(deep) == "f:1:65: nested more than 64 levels deep")
    }

    @Test func neverShowsAValue() {
        for text in [
            "token: *S3CRET", "token: !S3CRET", "token: \"S3CRET", "token: [S3CRET", "token: S3CRET: x",
            "token: @S3CRET", "token: %S3CRET", "{token: S3CRET", "- S3CRET\n- &S3CRET [*S3CRET]",
        ] {
            let line = message(text)
            #expect(line != nil && line?.contains("S3CRET") == false, "\(text)")
        }
        #expect("\(ConfigurationScalar("S3CRET", .plain))" == "plain scalar of 6 bytes")
        var dumped = ""
        dump(ConfigurationNode(.scalar(ConfigurationScalar("S3CRET", .plain)), at: .start), to: &dumped)
        #expect(!dumped.contains("S3CRET"))
    }

    @Test func survivesAnyText() throws {
        let seed = """
            apiVersion: v1
            clusters: &c [{cluster: {server: "https://x", list: [1, 2]}, name: 'a'}]
            users:
            - name: |
                block
              user: {token: *c}
            ? complex
            : !!str value
            """
        var random = SplitMix(state: 7)
        var read = 0
        for _ in 0..<20_000 {
            var bytes = Array(seed.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                case 2: bytes.insert(Array("{}[]:&*!|-,'\"\n\t ".utf8).randomElement(using: &random) ?? 0, at: index)
                default: bytes.removeSubrange(index...)
                }
                if bytes.isEmpty { break }
            }
            guard let line = message(bytes) else {
                read += 1
                continue
            }
            try #require(line.hasPrefix("f:") && !line.contains("\n"), "\(bytes)")
        }
        // Both happen: a mutation that is harmless, and one that is not.
        #expect(read > 1_000 && read < 19_000)
    }
}

/// A seeded generator: the same mutations in each run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
