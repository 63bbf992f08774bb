import ClusterState
import FoundationEssentials
import KubernetesWire
import Testing

/// Every recorded `.pb` of areas 13 to 16 decodes to what its `.json` twin says, over every field that is kept.
struct AccessRecordingTests {
    static let recordings = ["three-zone-healthy", "three-zone-degraded", "reported-cases"]

    @Test(arguments: recordings)
    func networkPolicies(recording: String) throws {
        try compare(recording, "networking.k8s.io_v1_networkpolicies", NetworkPolicy.self, \.networkPolicy)
    }

    @Test(arguments: recordings)
    func rolesAndBindings(recording: String) throws {
        let group = "rbac.authorization.k8s.io_v1"
        try compare(recording, "\(group)_clusterroles", ClusterRole.self, \.role)
        try compare(recording, "\(group)_roles", Role.self, \.role)
        try compare(recording, "\(group)_clusterrolebindings", ClusterRoleBinding.self, \.binding)
        try compare(recording, "\(group)_rolebindings", RoleBinding.self, \.binding)
    }

    @Test(arguments: recordings)
    func apiServices(recording: String) throws {
        try compare(recording, "apiregistration.k8s.io_v1_apiservices", APIService.self, \.apiService)
    }

    @Test(arguments: recordings)
    func autoscalers(recording: String) throws {
        try compare(
            recording,
            "autoscaling_v2_horizontalpodautoscalers",
            HorizontalPodAutoscaler.self,
            \.horizontalPodAutoscaler
        )
    }

    @Test(arguments: recordings)
    func webhookConfigurations(recording: String) throws {
        let group = "admissionregistration.k8s.io_v1"
        try compare(
            recording,
            "\(group)_validatingwebhookconfigurations",
            ValidatingWebhookConfiguration.self,
            \.webhookConfiguration
        )
        try compare(
            recording,
            "\(group)_mutatingwebhookconfigurations",
            MutatingWebhookConfiguration.self,
            \.webhookConfiguration
        )
    }

    private func compare<Row: WireRow>(
        _ recording: String,
        _ file: String,
        _: Row.Type,
        _ expected: KeyPath<Expectation, [String: String]>
    ) throws {
        var interner = Interner()
        var actual: [[String: String]] = []
        for item in try Fixture.items("\(recording)/\(file).pb") {
            let row = try item.decode(Row.self, &interner)
            actual.append(Description(interner: interner).fields(row))
        }
        let json = try JSONDecoder()
            .decode(JSON.self, from: Data(contentsOf: Fixture.folder.appending(path: "\(recording)/\(file).json")))
        let wanted = json["items"].array.map { Expectation(json: $0)[keyPath: expected] }
        // The reported cases have not every kind.
        #expect(!wanted.isEmpty || recording == "reported-cases")
        #expect(actual.count == wanted.count)
        for (row, want) in zip(actual, wanted) {
            for key in Set(row.keys).union(want.keys).sorted() {
                #expect(row[key] == want[key], "\(want["meta.name"] ?? "") \(key)")
            }
        }
    }
}
