import ClusterSimulator
import KubernetesWire
import Testing

struct PagingTests {
    private func pages(
        _ cluster: SimulatedCluster,
        _ path: String,
        limit: Int,
        between: () -> Void = {}
    ) async throws -> [ReadList] {
        var pages: [ReadList] = []
        var token = ""
        repeat {
            let suffix = token.isEmpty ? "" : "&continue=\(token)"
            let answer = try await cluster.get("\(path)?limit=\(limit)\(suffix)")
            #expect(answer.status == 200)
            pages.append(try ReadList(answer.body))
            token = pages.last?.continueToken ?? ""
            between()
        } while !token.isEmpty
        return pages
    }

    @Test(arguments: [1, 7, 20, 79, 80, 81])
    func pagesAreTheWholeList(_ limit: Int) async throws {
        let cluster = try makeCluster()
        let whole = try ReadList(try await cluster.get("/api/v1/pods").body)
        let pages = try await pages(cluster, "/api/v1/pods", limit: limit)
        #expect(whole.items.count == 80)
        #expect(pages.flatMap(\.items) == whole.items)
        #expect(pages.count == (80 + limit - 1) / limit)
        var left = 80
        for page in pages {
            left -= page.items.count
            #expect(page.remaining == (left > 0 ? Int64(left) : nil))
            #expect(page.version == whole.version)
        }
    }

    @Test func pagesShowOneStateWhileTheClusterChanges() async throws {
        let cluster = try makeCluster()
        let whole = try ReadList(try await cluster.get("/api/v1/pods").body)
        let pages = try await pages(cluster, "/api/v1/pods", limit: 11) {
            cluster.churn(5)
            cluster.advance(by: .seconds(3))
        }
        #expect(pages.flatMap(\.items) == whole.items)
        #expect(Set(pages.map(\.version)) == [whole.version])
        let now = try ReadList(try await cluster.get("/api/v1/pods").body)
        #expect(now.items != whole.items)
        #expect(now.version != whole.version)
    }

    @Test func listsANamespace() async throws {
        let cluster = try makeCluster()
        let all = cluster.objects(.pods).filter { $0.namespace == "kube-system" }.map(\.bytes)
        let list = try ReadList(try await cluster.get("/api/v1/namespaces/kube-system/pods").body)
        #expect(list.items == all)
        let paged = try await pages(cluster, "/api/v1/namespaces/kube-system/pods", limit: 4)
        #expect(paged.flatMap(\.items) == all)
        let selected = try await cluster.get("/api/v1/pods?fieldSelector=metadata.namespace%3Dkube-system")
        #expect(try ReadList(selected.body).items == all)
        let named = try await cluster.get("/api/v1/nodes?fieldSelector=metadata.name=cp-2")
        #expect(try ReadList(named.body).items.count == 1)
    }

    @Test func tokensExpire() async throws {
        let cluster = try makeCluster()
        let token = try ReadList(try await cluster.get("/api/v1/pods?limit=10").body).continueToken
        cluster.advance(by: .seconds(240))
        #expect(try await cluster.get("/api/v1/pods?limit=10&continue=\(token)").status == 200)
        cluster.advance(by: .seconds(120))
        let answer = try await cluster.get("/api/v1/pods?limit=10&continue=\(token)")
        #expect(answer.status == 410)
        let status = try #require(try ProtobufMessage(parsing: answer.body.dropFirst(4)).message(2))
        #expect(status.string(4) == "Expired")
        // The token in the error goes on at the newest state.
        let next = try #require(status.string(1, 3))
        let rest = try ReadList(try await cluster.get("/api/v1/pods?limit=500&continue=\(next)").body)
        #expect(rest.items == Array(cluster.objects(.pods).map(\.bytes).dropFirst(10)))
    }

    @Test func resourceVersionsMeanWhatTheySay() async throws {
        let cluster = try makeCluster()
        let first = try ReadList(try await cluster.get("/api/v1/pods?limit=500").body)
        _ = try await cluster.get("/api/v1/pods?limit=10")
        cluster.churn(3)
        cluster.advance(by: .seconds(5))
        let cached = try ReadList(try await cluster.get("/api/v1/pods?resourceVersion=0&limit=10").body)
        #expect(cached.items.count == cluster.objects(.pods).count)
        let newer = try ReadList(try await cluster.get("/api/v1/pods?resourceVersion=\(first.version)").body)
        #expect(newer.version == String(cluster.resourceVersion))
        let exact = try await cluster.get(
            "/api/v1/pods?resourceVersion=\(first.version)&resourceVersionMatch=Exact"
        )
        #expect(try ReadList(exact.body).items == first.items)
        let future = try await cluster.get("/api/v1/pods?resourceVersion=99999999")
        #expect(future.status == 504)
        let both = try await cluster.get("/api/v1/pods?resourceVersion=5&continue=abc")
        #expect(both.status == 400)
    }

    @Test(arguments: [
        "labelSelector=a%3Db", "fieldSelector=spec.nodeName=cp-1", "fieldSelector=metadata.name!=x", "limit=x",
        "resourceVersion=x", "limit=5&continue=e30",
    ])
    func refusesWhatItDoesNotServe(_ query: String) async throws {
        #expect(try await makeCluster().get("/api/v1/pods?\(query)").status == 400)
    }

    @Test func servesCustomResourcesInPages() async throws {
        let cluster = try makeCluster()
        let answer = try await cluster.get("/apis/gateway.networking.k8s.io/v1/gateways?limit=500")
        #expect(answer.header("content-type") == "application/json")
        let list = try JSONValue(parsing: answer.body)
        let recorded = try JSONValue(parsing: Recorded.bytes("gateway.networking.k8s.io_v1_gateways.json"))
        #expect(list.objectMembers.map(\.name) == recorded.objectMembers.map(\.name))
        #expect(list["metadata"]?.objectMembers.map(\.name) == recorded["metadata"]?.objectMembers.map(\.name))
        #expect(list["items"]?.elements.count == 1)
    }
}
