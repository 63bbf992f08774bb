import ClusterSimulator
import Testing

/// The two applications by name that the demo's cluster has: a shop that is well built, and a chat suite of single replicas.
struct SuitesTests {
    private static func makeCluster(hasSuites: Bool = true) throws -> SimulatedCluster {
        try SimulatedCluster(
            plan: ClusterPlan(nodes: 12, pods: 160, zones: 3, podBytes: 0, hasSuites: hasSuites),
            templates: Recorded.templates()
        )
    }

    private static func messages(
        _ cluster: SimulatedCluster,
        _ resource: SimulatedResource,
        in namespace: String
    ) throws -> [ProtobufMessage] {
        try cluster.objects(resource).filter { $0.namespace == namespace }
            .map { try ProtobufMessage(parsing: $0.bytes) }
    }

    private static func label(_ message: ProtobufMessage, _ key: String) -> String? {
        message.message(1)?.entries(11).first { $0.key == "app.kubernetes.io/\(key)" }?.value
    }

    @Test func everyPartOfTheShopIsThereThreeTimesWithABudget() throws {
        let cluster = try Self.makeCluster()
        let workloads =
            try Self.messages(cluster, .deployments, in: "shop") + Self.messages(cluster, .statefulSets, in: "shop")
        #expect(workloads.count == 3)
        #expect(workloads.allSatisfy { $0.integer(2, 1) == 3 && Self.label($0, "part-of") == "shop" })
        #expect(try Self.messages(cluster, .podDisruptionBudgets, in: "shop").count == 3)
        // No two pods of a workload on one node.
        let pods = try Self.messages(cluster, .pods, in: "shop")
        #expect(pods.count == 9)
        #expect(Set(pods.map { "\(Self.label($0, "name") ?? "") \($0.string(2, 10) ?? "")" }).count == 9)
    }

    /// As the chart lays it out: one replica each, no budget, the heart of it on one node, a host for each way in.
    @Test func everyPartOfTheChatSuiteIsASingleReplica() throws {
        let cluster = try Self.makeCluster()
        let workloads =
            try Self.messages(cluster, .deployments, in: "chat") + Self.messages(cluster, .statefulSets, in: "chat")
        #expect(workloads.count == 9)
        #expect(workloads.allSatisfy { $0.integer(2, 1) == 1 && Self.label($0, "part-of") == "matrix-stack" })
        #expect(workloads.allSatisfy { Self.label($0, "component")?.hasPrefix("matrix-") == true })
        #expect(try Self.messages(cluster, .podDisruptionBudgets, in: "chat").isEmpty)
        var byNode: [String: Int] = [:]
        for pod in try Self.messages(cluster, .pods, in: "chat") { byNode[pod.string(2, 10) ?? "", default: 0] += 1 }
        #expect(byNode.values.max() ?? 0 >= 5)
        let ingresses = try Self.messages(cluster, .ingresses, in: "chat")
        let hosts = Dictionary(
            uniqueKeysWithValues: ingresses.map { ($0.string(2, 3, 1) ?? "", $0.string(2, 3, 2, 1, 1, 2, 4, 1) ?? "") }
        )
        #expect(
            hosts == [
                "matrix.example.com": "haproxy", "account.example.com": "matrix-authentication-service",
                "rtc.example.com": "matrix-rtc-sfu", "chat.example.com": "element-web",
            ]
        )
        // Each of these Services is there, with an endpoint.
        for service in hosts.values {
            let slices = try Self.messages(cluster, .endpointSlices, in: "chat")
                .filter { $0.string(1, 2) == service + "-" }
            #expect(slices.map { $0.messages(2).count } == [1], "\(service)")
        }
    }

    @Test func withoutThemTheClusterIsAsItWas() throws {
        let cluster = try Self.makeCluster(hasSuites: false)
        #expect(!cluster.objects(.namespaces).contains { ["shop", "chat"].contains($0.name) })
        #expect(cluster.objects(.pods).count == 160)
        #expect(try Self.makeCluster().objects(.pods).count == 160)
    }
}
