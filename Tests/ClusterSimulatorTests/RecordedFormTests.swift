import ClusterSimulator
import TestFixtures
import Testing

/// What the simulator answers, beside what a real API server answered.
struct RecordedFormTests {
    /// Field numbers and wire types, all the way down to strings.
    private func shape(_ message: ProtobufMessage, depth: Int) -> String {
        let fields = message.fields.map { field in
            // Text without control characters is taken for text.
            guard depth > 0, case .bytes(let bytes) = field.value, bytes.contains(where: { $0 < 0x20 }),
                let inner = try? ProtobufMessage(parsing: bytes)
            else {
                if case .varint = field.value { return "\(field.number)v" }
                return "\(field.number)b"
            }
            return "\(field.number){\(shape(inner, depth: depth - 1))}"
        }
        return fields.joined(separator: " ")
    }

    private func compareHeads(_ answer: ReadAnswer, _ recorded: Recorded.Answer) {
        #expect(answer.status == recorded.status)
        #expect(answer.headers.map(\.name) == recorded.headerNames)
        #expect(answer.header("content-type") == recorded.contentType)
    }

    @Test(arguments: [
        ("forbidden-403.http", "/api/v1/pods?limit=500", SimulatedFault.forbidden(.pods)),
        ("unauthorized-401.http", "/api/v1/pods", .tokenExpired(nil)),
        ("pods-bad-continue-400.http", "/api/v1/pods?limit=1&continue=abcd!", nil),
        ("removed-version-404.http", "/apis/policy/v1beta1/poddisruptionbudgets", nil),
        ("not-found-404.http", "/apis/nothing.example.com/v1/things", nil),
    ])
    func errorsAreThoseOfARealServer(_ file: String, _ target: String, _ fault: SimulatedFault?) async throws {
        let cluster = try makeCluster()
        if let fault { try cluster.inject(fault) }
        let answer = try await cluster.get(target)
        let recorded = try Recorded.answer(file)
        compareHeads(answer, recorded)
        #expect(answer.body == recorded.body)
    }

    @Test func forbiddenWatchIsThatOfARealServer() async throws {
        let cluster = try makeCluster()
        try cluster.inject(.forbidden(.pods))
        let answer = try await cluster.get("/api/v1/pods?watch=true")
        let recorded = try Recorded.answer("forbidden-watch-403.http")
        compareHeads(answer, recorded)
        #expect(answer.body == recorded.body)
    }

    @Test func customResourceAsProtobufIsNotAcceptable() async throws {
        let answer = try await makeCluster()
            .get(
                "/apis/gateway.networking.k8s.io/v1/gateways",
                accept: [("accept", "application/vnd.kubernetes.protobuf")]
            )
        #expect(answer.status == 406)
        #expect(answer.body == (try Recorded.bytes("wire/gateways-as-protobuf-406.pb")))
    }

    @Test func listsWithoutEtcdTimeOut() async throws {
        let cluster = try makeCluster()
        try cluster.inject(.etcdMemberLost("cp-1"))
        try cluster.inject(.etcdMemberLost("cp-2"))
        let list = DelayedAnswer(cluster, SimulatedRequest(target: "/api/v1/pods", headers: protobufAccept))
        cluster.advance(by: .milliseconds(59_900))
        #expect(try list.answer() == nil)
        cluster.advance(by: .milliseconds(100))
        let answer = try #require(try list.answer())
        let recorded = try Recorded.answer("list-etcd-down.http")
        compareHeads(answer, recorded)
        #expect(answer.body == recorded.body)
    }

    @Test func readinessKnowsNothingOfEtcdAndLivenessTakesTwoSecondsToFail() async throws {
        let cluster = try makeCluster()
        try cluster.inject(.etcdQuorumLost)
        let ready = try await cluster.get("/readyz?verbose")
        let recorded = try Recorded.answer("readyz-etcd-down.http")
        #expect(ready.status == recorded.status)
        #expect(ready.headers.map(\.name) == recorded.headerNames)
        #expect(ready.body == recorded.body)
        let live = DelayedAnswer(cluster, SimulatedRequest(target: "/livez?verbose"))
        cluster.advance(by: .seconds(2))
        #expect(try live.answer() == nil)
        cluster.advance(by: .milliseconds(100))
        let answer = try #require(try live.answer())
        #expect(answer.status == 500)
        #expect(String(decoding: answer.body, as: UTF8.self).contains("\n[-]etcd failed: reason withheld\n"))
        #expect(try await cluster.get("/livez?verbose&exclude=etcd").status == 200)
    }

    @Test func healthChecksAreThoseOfARealServer() async throws {
        let cluster = try makeCluster()
        for probe in try Recorded.probes(.healthy) where probe.endpoint.hasSuffix(":6443") {
            let answer = try await cluster.get(probe.path, endpoint: .apiServer(0))
            #expect(answer.status == probe.status)
            #expect(String(decoding: answer.body, as: UTF8.self) == probe.body)
        }
        let answer = try await cluster.get("/readyz?verbose")
        let recorded = try Recorded.answer("readyz.http")
        #expect(answer.headers.map(\.name).filter { $0 != "audit-id" } == recorded.headerNames)
        #expect(answer.body == recorded.body)
    }

    @Test func pagesHaveTheRecordedForm() async throws {
        let cluster = try makeCluster()
        let first = try await cluster.get("/api/v1/pods?limit=20")
        let recordedFirst = try Recorded.answer("pods-page-1.http")
        compareHeads(first, recordedFirst)
        let page = try ReadList(first.body)
        let recordedPage = try ReadList(recordedFirst.body)
        #expect(shape(page.meta, depth: 2) == shape(recordedPage.meta, depth: 2))
        #expect(page.meta.fields.map(\.number) == [1, 2, 3, 4])
        // The token is the recorded one but for version and key.
        #expect(page.continueToken.hasPrefix(recordedPage.continueToken.prefix(32)))
        let last = try ReadList(try await cluster.get("/api/v1/pods?limit=500").body)
        #expect(last.meta.fields.map(\.number) == [1, 2, 3])
        let envelope = try ProtobufMessage(parsing: first.body.dropFirst(4))
        let recordedEnvelope = try ProtobufMessage(parsing: recordedFirst.body.dropFirst(4))
        #expect(envelope.fields.map(\.number) == recordedEnvelope.fields.map(\.number))
        #expect(envelope.message(1) == recordedEnvelope.message(1))
    }

    @Test func emptyListsHaveTheRecordedForm() async throws {
        let answer = try await makeCluster().get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions")
        let recorded = try Recorded.answer("crds.http")
        compareHeads(answer, recorded)
        #expect(
            shape(try ProtobufMessage(parsing: answer.body.dropFirst(4)), depth: 3)
                == shape(try ProtobufMessage(parsing: recorded.body.dropFirst(4)), depth: 3)
        )
    }

    @Test func podsHaveTheRecordedForm() async throws {
        let cluster = try makeCluster(podBytes: 0)
        let recorded = try ReadList(Recorded.bytes("core_v1_pods.pb"))
        func shapes(_ items: [[UInt8]], _ prefix: String) throws -> Set<String> {
            let messages = try items.map { try ProtobufMessage(parsing: $0) }
            return Set(messages.filter { $0.string(1, 1)?.hasPrefix(prefix) == true }.map { shape($0, depth: 2) })
        }
        let ours = try ReadList(try await cluster.get("/api/v1/pods").body)
        for (prefix, template) in [
            ("app-", "web-"), ("agent-", "agent-"), ("db-", "postgres-"), ("coredns-", "coredns-"),
        ] {
            let found = try shapes(ours.items, prefix)
            #expect(!found.isEmpty)
            #expect(found == (try shapes(recorded.items, template)))
        }
    }

    @Test func framesHaveTheRecordedForm() async throws {
        let cluster = try makeCluster()
        let recorded = try ReadFrame.all(Recorded.answer("pods-watch.http").body)
        let response = await cluster.open(
            "/api/v1/pods?watch=1&resourceVersion=\(cluster.resourceVersion)&allowWatchBookmarks=true&timeoutSeconds=90"
        )
        cluster.churn(6)
        cluster.advance(by: .seconds(91))
        let answer = try await response.read()
        compareHeads(answer, try Recorded.answer("pods-watch.http"))
        let frames = try ReadFrame.all(answer.body)
        #expect(Set(frames.map(\.type)) == ["ADDED", "MODIFIED", "DELETED", "BOOKMARK"])
        for type in ["ADDED", "MODIFIED", "DELETED"] {
            let ours = try #require(frames.first { $0.type == type })
            let real = try #require(recorded.first { $0.type == type })
            #expect(shape(ours.event, depth: 1) == shape(real.event, depth: 1))
            #expect(ours.kind == real.kind)
        }
        let bookmark = try #require(frames.first { $0.type == "BOOKMARK" })
        let realBookmark = try #require(recorded.first { $0.type == "BOOKMARK" })
        #expect(
            bookmark.object.message(1).map { shape($0, depth: 1) }
                == realBookmark.object.message(1).map { shape($0, depth: 1) }
        )
        // A deletion carries its own, newer version.
        let deleted = try #require(frames.first { $0.type == "DELETED" })
        let before = try #require(frames.last { $0.key == deleted.key && $0.type == "MODIFIED" })
        #expect(try #require(Int(deleted.version)) > #require(Int(before.version)))
    }

    @Test func expiredWatchesHaveTheRecordedForm() async throws {
        let answer = try await makeCluster().get("/api/v1/pods?watch=true&resourceVersion=1")
        let recorded = try Recorded.answer("pods-watch-410.http")
        compareHeads(answer, recorded)
        let ours = try #require(try ReadFrame.all(answer.body).first)
        let real = try #require(try ReadFrame.all(recorded.body).first)
        #expect(ours.type == "ERROR")
        #expect(ours.kind == "Status")
        #expect(shape(ours.object, depth: 2) == shape(real.object, depth: 2))
        #expect(ours.object.string(3)?.hasPrefix("too old resource version: 1 (") == true)
        #expect(ours.object.integer(6) == 410)
    }

    @Test func streamingListsHaveTheRecordedForm() async throws {
        let cluster = try makeCluster()
        let response = await cluster.open(
            "/api/v1/pods?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
                + "&timeoutSeconds=5"
        )
        cluster.advance(by: .seconds(6))
        let frames = try ReadFrame.all(try await response.read().body)
        let recorded = try ReadFrame.all(Recorded.answer("pods-watchlist.http").body)
        let end = try #require(frames.first { $0.type == "BOOKMARK" })
        let realEnd = try #require(recorded.last)
        #expect(
            end.object.message(1).map { shape($0, depth: 1) } == realEnd.object.message(1).map { shape($0, depth: 1) }
        )
        #expect(frames.prefix { $0.type == "ADDED" }.map(\.bytes) == cluster.objects(.pods).map(\.bytes))
    }

    @Test func futureVersionsStayQuiet() async throws {
        let cluster = try makeCluster()
        let response = await cluster.open("/api/v1/pods?watch=1&resourceVersion=9999999&timeoutSeconds=30")
        cluster.churn(2)
        cluster.advance(by: .seconds(31))
        let answer = try await response.read()
        compareHeads(answer, try Recorded.answer("watch-future-rv.http"))
        #expect(answer.body.isEmpty)
    }
}
