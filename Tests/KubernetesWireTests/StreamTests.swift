import Glibc
import KubernetesWire
import TestFixtures
import Testing

/// Recorded answers as they may arrive: cut anywhere.
struct StreamTests {
    /// One thing that came out of a stream: a word for what it is, where it stands, and its bytes.
    struct Seen: Equatable {
        var word: String
        var offset: Int
        var bytes: [UInt8]

        /// By memcmp: comparing megabytes element by element takes minutes in a debug build.
        static func == (left: Seen, right: Seen) -> Bool {
            left.word == right.word && left.offset == right.offset && left.bytes.count == right.bytes.count
                && memcmp(left.bytes, right.bytes, left.bytes.count) == 0
        }
    }

    // MARK: Lists

    @Test(arguments: ["crds.http"])
    func smallListsCutAnywhere(file: String) throws {
        let body = try Fixture.body(file)
        try cutAnywhere(body, positions: 0...body.count, list)
    }

    @Test(arguments: [
        ("pods-page-1.http", UInt64(41)), ("pods-page-2.http", 42), ("pods-page-continue-after-5m.http", 43),
    ])
    func pagesCutAnywhere(file: String, seed: UInt64) throws {
        let body = try Fixture.body(file)
        try cutAnywhere(body, positions: 0...2_000, list)
        try cutAnywhere(body, positions: Self.random(body.count, 1_000, seed), list)
    }

    @Test func pagesFollowEachOther() throws {
        var names: Set<String> = []
        var tokens: [String] = []
        var versions: Set<String> = []
        for file in ["pods-page-1.http", "pods-page-2.http"] {
            var parser = ListParser()
            try parser.push(try Fixture.body(file)) { (element) throws(WireError) in
                switch element {
                case .metadata(let meta):
                    tokens.append(meta.continueToken)
                    versions.insert(meta.resourceVersion)
                case .item(let item, _):
                    var reader = WireReader(item, path: "Pod")
                    while try reader.next() {
                        if reader.field == 1 {
                            var metadata = try reader.message("metadata")
                            while try metadata.next() {
                                if metadata.field == 5 {
                                    names.insert(try metadata.string())
                                } else {
                                    try metadata.skip()
                                }
                            }
                        } else {
                            try reader.skip()
                        }
                    }
                }
            }
            try parser.finish()
            #expect(parser.kind == "PodList")
        }
        #expect(tokens.count == 2)
        #expect(tokens.first?.isEmpty == false)
        #expect(versions.count == 1)
        #expect(names.count == 40)
    }

    // MARK: Watches

    @Test(arguments: ["pods-watch-410.http"])
    func smallWatchesCutAnywhere(file: String) throws {
        let body = try Fixture.body(file)
        try cutAnywhere(body, positions: 0...body.count, watch)
    }

    @Test(arguments: [("pods-watch.http", UInt64(51)), ("deployments-watch.http", 52), ("pods-watchlist.http", 53)])
    func watchesCutAnywhere(file: String, seed: UInt64) throws {
        let body = try Fixture.body(file)
        try cutAnywhere(body, positions: 0...2_000, watch)
        try cutAnywhere(body, positions: Self.random(body.count, 1_000, seed), watch)
    }

    @Test func aStreamingListEndsWithABookmark() throws {
        let seen = try watch([try Fixture.body("pods-watchlist.http")])
        #expect(seen.filter { $0.word == "added Pod" }.count == 65)
        #expect(seen.last?.word == "bookmark Pod")
    }

    @Test func aWatchErrorHoldsAStatus() throws {
        var parser = WatchParser()
        var statuses: [StatusMessage] = []
        try parser.push(try Fixture.body("pods-watch-410.http")) { (event) throws(WireError) in
            #expect(event.type == .error)
            statuses.append(try StatusMessage(event.envelope.object, base: event.offset))
        }
        try parser.finish()
        #expect(statuses.map(\.code) == [410])
        #expect(statuses.map(\.reason) == ["Expired"])
        #expect(statuses.first?.message.hasPrefix("too old resource version") == true)
    }

    /// A watch from a version that does not exist yet is answered 200, and ends without an event.
    @Test func anEmptyWatchIsWhole() throws {
        let body = try Fixture.body("watch-future-rv.http")
        #expect(body.isEmpty)
        #expect(try watch([body]).isEmpty)
    }

    // MARK: Refusals

    @Test(arguments: [
        ("unauthorized-401.http", Int32(401), "Unauthorized"), ("forbidden-403.http", 403, "Forbidden"),
        ("forbidden-watch-403.http", 403, "Forbidden"), ("pods-bad-continue-400.http", 400, "BadRequest"),
        ("removed-version-404.http", 404, "NotFound"),
    ])
    func refusalsAreStatuses(file: String, code: Int32, reason: String) throws {
        let body = try Fixture.body(file)
        let status = try body.withRawBytes { bytes throws(WireError) in
            let envelope = try Envelope(bytes)
            #expect(envelope.kind == "Status")
            #expect(envelope.apiVersion == "v1")
            return try StatusMessage(envelope.object)
        }
        #expect(status.code == code)
        #expect(status.reason == reason)
        #expect(!status.message.isEmpty)
        // Taken for a list, it is refused by its kind.
        var parser = ListParser()
        #expect(throws: WireError(path: "Status", offset: 6, problem: .unexpectedKind("Status"))) {
            try parser.push(body) { _ in }
        }
    }

    @Test func aCustomResourceIsNotToBeHadAsProtobuf() throws {
        let status = try Fixture.bytes("wire/gateways-as-protobuf-406.pb")
            .withRawBytes { bytes throws(WireError) in
                try StatusMessage(try Envelope(bytes).object)
            }
        #expect(status.code == 406)
        #expect(status.description.hasPrefix("406 NotAcceptable: "))
    }

    @Test(arguments: ["list-etcd-down.http", "not-found-404.http", "readyz.http"])
    func textIsNoList(file: String) throws {
        let body = try Fixture.body(file)
        var parser = ListParser()
        #expect(throws: WireError(path: "List", offset: 0, problem: .missingPrefix)) {
            try parser.push(body) { _ in }
        }
    }

    // MARK: Cutting

    private static func random(_ count: Int, _ number: Int, _ seed: UInt64) -> [Int] {
        var random = TestRandom(seed: seed)
        return (0..<number).map { _ in Int.random(in: 0...count, using: &random) }
    }

    /// Whatever way the bytes are cut, the same comes out.
    private func cutAnywhere(
        _ body: [UInt8],
        positions: some Sequence<Int>,
        _ parse: ([ArraySlice<UInt8>]) throws -> [Seen]
    ) throws {
        let whole = try parse([body[...]])
        #expect(!whole.isEmpty)
        let single = try parse(body.indices.map { body[$0...$0] })
        #expect(single == whole)
        var differing: [Int] = []
        for position in positions where try parse([body[..<position], body[position...]]) != whole {
            differing.append(position)
        }
        #expect(differing.isEmpty)
    }

    private func list(_ chunks: [some Collection<UInt8>]) throws -> [Seen] {
        var parser = ListParser()
        var seen: [Seen] = []
        for chunk in chunks {
            try parser.push(Array(chunk)) { (element) throws(WireError) in
                switch element {
                case .metadata(let meta):
                    seen.append(Seen(word: "\(meta)", offset: 0, bytes: []))
                case .item(let item, let offset):
                    seen.append(Seen(word: "item", offset: offset, bytes: Array(item)))
                }
            }
        }
        try parser.finish()
        return seen
    }

    private func watch(_ chunks: [some Collection<UInt8>]) throws -> [Seen] {
        var parser = WatchParser()
        var seen: [Seen] = []
        for chunk in chunks {
            try parser.push(Array(chunk)) { (event) throws(WireError) in
                seen.append(
                    Seen(
                        word: "\(event.type) \(event.envelope.kind)",
                        offset: event.offset,
                        bytes: Array(event.envelope.object)
                    )
                )
            }
        }
        try parser.finish()
        return seen
    }
}
