import ClusterSimulator
import HTTPTransport
import ServiceLifecycle
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ServedListTests {
    @Test(arguments: HostedCluster.Carrier.allCases)
    func pagesArriveAsTheClusterMadeThem(carrier: HostedCluster.Carrier) async throws {
        try await HostedCluster.serving(carrier, pods: 400) { hosted in
            // 1.9 MB: many chunks and, over HTTP/2, more than a stream's window at the start.
            let whole = try await hosted.get("/api/v1/pods")
            #expect(whole.head.status == 200)
            #expect(whole.head.header("content-type") == "application/vnd.kubernetes.protobuf")
            #expect(whole.body.count > 1_500_000)
            #expect(try await whole.body == hosted.cluster.body("/api/v1/pods"))
            var pages = 0
            var token = ""
            repeat {
                let target = "/api/v1/pods?limit=150" + (token.isEmpty ? "" : "&continue=\(token)")
                let page = try await hosted.get(target)
                #expect(try await page.body == hosted.cluster.body(target))
                token = try Self.continueToken(page.body)
                pages += 1
            } while !token.isEmpty
            #expect(pages == 3)
        }
    }

    private static func continueToken(_ page: [UInt8]) throws -> String {
        try ProtobufMessage(parsing: page.dropFirst(4)).message(2)?.message(1)?.string(3) ?? ""
    }

    @Test(arguments: HostedCluster.Carrier.allCases)
    func stoppingFinishesListsUnderWay(carrier: HostedCluster.Carrier) async throws {
        try await HostedCluster.serving(carrier, pods: 1500) { hosted in
            let whole = try await hosted.cluster.body("/api/v1/pods")
            let response = try await hosted.transport.send(hosted.request("/api/v1/pods"))
            await hosted.group.triggerGracefulShutdown()
            let body = try await response.body.all()
            #expect(body.count == whole.count)
        }
    }

    @Test(arguments: HostedCluster.Carrier.allCases)
    func manyListsAtOnceStayApart(carrier: HostedCluster.Carrier) async throws {
        try await HostedCluster.serving(carrier, pods: 200) { hosted in
            let pods = try await hosted.cluster.body("/api/v1/pods")
            let nodes = try await hosted.cluster.body("/api/v1/nodes")
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<40 {
                    let isPods = number.isMultiple(of: 2)
                    group.addTask {
                        try await hosted.get(isPods ? "/api/v1/pods" : "/api/v1/nodes").body == (isPods ? pods : nodes)
                    }
                }
                for try await isEqual in group { #expect(isEqual) }
            }
        }
    }

    /// The versions are what curl says that it spoke.
    @Test(arguments: [
        (HostedCluster.Carrier.secure, "--http2", "2", 1), (.secure, "--http1.1", "1.1", 1),
        (.plain, "--http1.1", "1.1", 1),
        // Asks for an upgrade to HTTP/2 with each request, which is refused by closing.
        (.plain, "--http2", "1.1", 2),
    ])
    func speaksHTTP2OverTLSAndHTTP1(
        carrier: HostedCluster.Carrier,
        option: String,
        version: String,
        connections: Int
    ) async throws {
        try await HostedCluster.serving(carrier) { hosted in
            let authority = carrier == .secure ? try HostCertificates.get().authority : "/dev/null"
            let outcome = try await Command.run([
                "curl",
                "-sS",
                "--noproxy",
                "*",
                "--max-time",
                "60",
                option,
                "--cacert",
                authority,
                "-w",
                " %{http_version} %{num_connects}",
                hosted.url("/readyz"),
                hosted.url("/livez"),
            ])
            // Two requests.
            #expect(outcome.output == "ok \(version) 1ok \(version) \(connections - 1)", "\(outcome.errors)")
        }
    }

    @Test(arguments: HostedCluster.Carrier.allCases)
    func writesArrive(carrier: HostedCluster.Carrier) async throws {
        try await HostedCluster.serving(carrier) { hosted in
            let lease = """
                {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
                 "metadata": {"name": "mine", "namespace": "kube-system"}, "spec": {"holderIdentity": "me"}}
                """
            var request = hosted.request(
                "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases",
                method: "POST",
                body: lease
            )
            request.headers = [("accept", "application/json"), ("content-type", "application/json")]
            let created = try await hosted.transport.send(request)
            #expect(created.head.status == 201)
            #expect(hosted.cluster.objects(.leases).contains { $0.name == "mine" })
            request.body = [UInt8](repeating: 0x20, count: 4 * 1024 * 1024)
            let refused = try await hosted.transport.send(request)
            #expect(refused.head.status == 413)
        }
    }

    @Test func theControlRouteWorksOverHTTP() async throws {
        try await HostedCluster.serving(.plain) { hosted in
            let fault = #"{"fault": "too-many-requests", "resource": "pods", "retryAfterSeconds": 7}"#
            let injected = try await hosted.transport.send(
                hosted.request("/simulator/faults", method: "POST", body: fault)
            )
            #expect(injected.head.status == 200)
            let refused = try await hosted.get("/api/v1/pods?limit=5")
            #expect(refused.head.status == 429)
            #expect(refused.head.header("retry-after") == "7")
            let cleared = try await hosted.transport.send(hosted.request("/simulator/faults", method: "DELETE"))
            #expect(String(decoding: try await cleared.body.all(), as: UTF8.self).contains("\"faults\":[]"))
            #expect(try await hosted.get("/api/v1/pods?limit=5").head.status == 200)
            let wrong = try await hosted.transport.send(
                hosted.request("/simulator/faults", method: "POST", body: #"{"fault": "flood"}"#)
            )
            #expect(wrong.head.status == 400)
        }
    }
}
