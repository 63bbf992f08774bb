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

    /// A sweep frees what no row holds, and nothing that one does.
    @Test func sweepKeepsWhatRowsHold() throws {
        var state = ClusterState()
        for file in try Fixture.lists("three-zone-degraded") {
            let items = try Fixture.items("three-zone-degraded/\(file)")
            let name = file.split(separator: "_").last?.split(separator: ".").first.map(String.init) ?? ""
            guard let resource = WireResource.all.first(where: { $0.source.rawValue == name }) else { continue }
            for item in items {
                try item.withRawBytes { bytes throws(WireError) in try resource.upsert(&state, bytes, 0) }
            }
        }
        func rows(_ state: ClusterState) -> [[String: String]] {
            let description = Description(interner: state.interner)
            var rows: [Any] = state.networkPolicies.all
            rows += state.clusterRoles.all as [Any] + state.roles.all
            rows += state.clusterRoleBindings.all as [Any] + state.roleBindings.all + state.apiServices.all
            rows += state.horizontalPodAutoscalers.all as [Any] + state.validatingWebhookConfigurations.all
            rows += state.mutatingWebhookConfigurations.all as [Any]
            return rows.map(description.fields)
        }
        let before = rows(state)
        #expect(before.count > 100)
        _ = state.interner.intern("nobody holds this")
        state.sweepIfDue(force: true)
        #expect(state.interner.find("nobody holds this") == nil)
        // What was freed is given out anew: an id that a row still held would now have another text.
        for number in 0..<1_000 { _ = state.interner.intern("new \(number)") }
        #expect(rows(state) == before)
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
