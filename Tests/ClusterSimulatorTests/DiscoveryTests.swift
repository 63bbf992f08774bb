import ClusterSimulator
import KubernetesWire
import Testing

struct DiscoveryTests {
    private let json: [(name: String, value: String)] = [("accept", "application/json")]

    @Test func namesEveryGroupAndResource() async throws {
        let cluster = try makeCluster()
        let groups = try JSONValue(parsing: try await cluster.get("/apis", accept: json).body)
        let names = Set((groups["groups"]?.elements ?? []).compactMap { $0["name"]?.text })
        for resource in SimulatedResource.allCases where !resource.group.isEmpty {
            #expect(names.contains(resource.group))
        }
        for resource in SimulatedResource.allCases {
            let path = resource.group.isEmpty ? "/api/v1" : "/apis/\(resource.apiVersion)"
            let list = try JSONValue(parsing: try await cluster.get(path, accept: json).body)
            #expect(list["kind"]?.text == "APIResourceList")
            let entry = (list["resources"]?.elements ?? []).first { $0["name"]?.text == resource.plural }
            #expect(entry?["kind"]?.text == resource.kind)
            #expect(entry?["namespaced"] == .bool(resource.isNamespaced))
            let answer = try await cluster.get("\(path)/\(resource.plural)?limit=500")
            #expect(answer.status == 200)
        }
    }

    @Test func servesBothForms() async throws {
        let cluster = try makeCluster()
        let answer = try await cluster.get("/apis/apps/v1")
        #expect(answer.header("content-type") == "application/vnd.kubernetes.protobuf")
        let envelope = try ProtobufMessage(parsing: answer.body.dropFirst(4))
        #expect(envelope.string(1, 2) == "APIResourceList")
        let resources = envelope.message(2)?.messages(2) ?? []
        #expect(resources.compactMap { $0.string(1) }.contains("deployments"))
        #expect(resources.first?.messages(4).first?.fields.count == 3)
        let groups = try await cluster.get("/apis")
        let first = try ProtobufMessage(parsing: groups.body.dropFirst(4)).message(2)?.messages(1).first
        #expect(first?.string(3, 1) == "admissionregistration.k8s.io/v1")
        #expect(try await cluster.get("/api", accept: json).status == 200)
        #expect(try await cluster.get("/apis/apps", accept: json).status == 200)
        #expect(try await cluster.get("/apis/apps/v1beta1", accept: json).status == 404)
        #expect(try await cluster.get("/apis/nothing.example.com/v1", accept: json).status == 404)
    }

    @Test func pluralsAreThoseOfTheRecordedFiles() {
        #expect(RecordedTemplates.fileNames.contains("networking.k8s.io_v1_networkpolicies.pb"))
        #expect(RecordedTemplates.fileNames.contains("networking.k8s.io_v1_ingressclasses.pb"))
        #expect(RecordedTemplates.fileNames.contains("gateway.networking.k8s.io_v1_gateways.json"))
        #expect(SimulatedResource(name: "deployments.apps") == .deployments)
        #expect(SimulatedResource(name: "pods") == .pods)
        #expect(SimulatedResource(name: "secrets") == nil)
    }

    @Test func versionHasTheRecordedMembers() async throws {
        let cluster = try makeCluster()
        let answer = try JSONValue(parsing: try await cluster.get("/version", accept: json).body)
        #expect(answer["major"]?.text == "1")
        #expect(answer["minor"]?.text == "36")
        #expect(answer.objectMembers.count == 13)
    }

    @Test func protobufOnlyKindsRefuseJSON() async throws {
        let cluster = try makeCluster()
        let answer = try await cluster.get("/api/v1/pods", accept: json)
        #expect(answer.status == 406)
        #expect(try JSONValue(parsing: answer.body)["reason"]?.text == "NotAcceptable")
        let leases = try await cluster.get("/apis/coordination.k8s.io/v1/leases", accept: json)
        #expect(try JSONValue(parsing: leases.body)["items"]?.elements.count == 14)
    }
}

struct RecordedTemplatesTests {
    @Test func saysWhichFileIsWrong() throws {
        #expect(throws: RecordedTemplatesError.notRecorded(file: "core_v1_pods.pb", reason: "no envelope")) {
            try RecordedTemplates(files: ["core_v1_pods.pb": [1, 2, 3]])
        }
        let recorded = try Recorded.bytes("core_v1_pods.pb")
        for count in stride(from: 4, to: recorded.count, by: 997) {
            #expect(throws: RecordedTemplatesError.self) {
                try RecordedTemplates(files: ["core_v1_pods.pb": Array(recorded.prefix(count))])
            }
        }
        let empty = try RecordedTemplates(files: [:])
        #expect(throws: RecordedTemplatesError.self) {
            try SimulatedCluster(plan: ClusterPlan(nodes: 4, pods: 10, zones: 1), templates: empty)
        }
    }
}
