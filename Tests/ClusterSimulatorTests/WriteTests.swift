import ClusterSimulator
import KubernetesWire
import Testing

struct WriteTests {
    private let leases = "/apis/coordination.k8s.io/v1/namespaces/monitoring/leases"
    private let lease = #"""
        {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"exporter","namespace":"monitoring",
        "labels":{"a":"b"}},"spec":{"holderIdentity":"pod-1","leaseDurationSeconds":15,"leaseTransitions":0,
        "acquireTime":"2026-11-22T08:52:15.766891Z","renewTime":"2026-11-22T08:52:15.766891Z"}}
        """#

    @Test func createsReadsAndUpdatesALease() async throws {
        let cluster = try makeCluster()
        let watch = await cluster.open(
            "\(leases)?watch=1&resourceVersion=\(cluster.resourceVersion)&timeoutSeconds=5"
        )
        let created = try await cluster.send("POST", leases, lease)
        #expect(created.status == 201)
        #expect(created.json["spec"]?["renewTime"]?.text == "2026-11-22T08:52:15.766891Z")
        #expect(created.json["metadata"]?["labels"]?["a"]?.text == "b")
        #expect(try await cluster.send("POST", leases, lease).json["reason"]?.text == "AlreadyExists")

        var read = try JSONValue(
            parsing: try await cluster.get("\(leases)/exporter", accept: [("accept", "application/json")]).body
        )
        #expect(read == created.json)
        read["spec"]?["holderIdentity"] = .string("pod-2")
        let body = String(decoding: read.encoded, as: UTF8.self)
        let updated = try await cluster.send("PUT", "\(leases)/exporter", body)
        #expect(updated.status == 200)
        #expect(updated.json["spec"]?["holderIdentity"]?.text == "pod-2")
        #expect(updated.json["metadata"]?["uid"] == created.json["metadata"]?["uid"])
        // The same version once more is old by now.
        let late = try await cluster.send("PUT", "\(leases)/exporter", body)
        #expect(late.status == 409)
        #expect(late.json["reason"]?.text == "Conflict")
        cluster.advance(by: .seconds(6))
        #expect(try ReadFrame.all(try await watch.read().body).map(\.type) == ["ADDED", "MODIFIED"])
    }

    @Test func writesKeepWhatTheServerPutThere() async throws {
        let cluster = try makeCluster()
        let path = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler"
        let read = try await cluster.get(path, accept: [("accept", "application/json")])
        let before = try #require(cluster.objects(.leases).first { $0.name == "kube-scheduler" })
        let answer = try await cluster.send("PUT", path, String(decoding: read.body, as: UTF8.self))
        #expect(answer.status == 200)
        let after = try #require(cluster.objects(.leases).first { $0.name == "kube-scheduler" })
        let fields = { (object: SimulatedObject) in
            try ProtobufMessage(parsing: object.bytes).message(1)?.messages(17)
        }
        #expect(try fields(before)?.isEmpty == false)
        #expect(try fields(before) == fields(after))
    }

    @Test(arguments: [
        ("POST", "", #"{"metadata":{}}"#, 400), ("POST", "", "{", 400),
        ("POST", "", #"{"metadata":{"name":"x","namespace":"other"}}"#, 400),
        ("POST", "", #"{"metadata":{"name":"x"},"spec":{"renewTime":"yesterday"}}"#, 400),
        ("POST", "", #"{"metadata":{"name":"x"},"spec":{"leaseDurationSeconds":-5}}"#, 400),
        ("POST", "", #"{"metadata":{"name":"a\"b"}}"#, 422), ("POST", "", #"{"metadata":{"name":"-a"}}"#, 422),
        ("PUT", "/nobody", #"{"metadata":{"name":"nobody"}}"#, 404),
        ("PUT", "/a", #"{"metadata":{"name":"b"}}"#, 400), ("DELETE", "/a", "{}", 405), ("PATCH", "/a", "{}", 405),
    ])
    func refusesBadWrites(_ method: String, _ path: String, _ body: String, _ status: Int) async throws {
        let cluster = try makeCluster()
        let version = cluster.resourceVersion
        #expect(try await cluster.send(method, leases + path, body).status == status)
        #expect(cluster.resourceVersion == version)
    }

    @Test func reviewsTokensAndAccess() async throws {
        let cluster = try makeCluster()
        cluster.access.tokens = ["good": SimulatedAccess.User(name: "prometheus", groups: ["scrapers"])]
        cluster.access.allowedUsers = ["prometheus"]
        func review(_ token: String) async throws -> JSONValue? {
            let body =
                "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenReview\",\"spec\":{\"token\":\"\(token)\"}}"
            let answer = try await cluster.send("POST", "/apis/authentication.k8s.io/v1/tokenreviews", body)
            #expect(answer.status == 201)
            return answer.json["status"]
        }
        #expect(try await review("good")?["user"]?["username"]?.text == "prometheus")
        #expect(try await review("good")?["authenticated"] == .bool(true))
        #expect(try await review("bad")?["authenticated"] == .bool(false))
        for (user, isAllowed) in [("prometheus", true), ("nobody", false)] {
            let answer = try await cluster.send(
                "POST",
                "/apis/authorization.k8s.io/v1/subjectaccessreviews",
                "{\"spec\":{\"user\":\"\(user)\",\"nonResourceAttributes\":{\"path\":\"/metrics\",\"verb\":\"get\"}}}"
            )
            #expect(answer.json["status"]?["allowed"] == .bool(isAllowed))
        }
    }
}
