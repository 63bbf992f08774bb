import ClusterState
import KubernetesWire
import Testing

/// Every recorded `.pb` of areas 13 to 16 decodes to what its `.json` twin says, over every field that is kept.
struct AccessRecordingTests {
    static let recordings = ["three-zone-healthy", "three-zone-degraded", "reported-cases"]

    @Test(arguments: recordings)
    func networkPolicies(recording: String) throws {
        try Fixture.compare(recording, "networking.k8s.io_v1_networkpolicies", NetworkPolicy.self, \.networkPolicy)
    }

    @Test(arguments: recordings)
    func rolesAndBindings(recording: String) throws {
        let group = "rbac.authorization.k8s.io_v1"
        try Fixture.compare(recording, "\(group)_clusterroles", ClusterRole.self, \.role)
        try Fixture.compare(recording, "\(group)_roles", Role.self, \.role)
        try Fixture.compare(recording, "\(group)_clusterrolebindings", ClusterRoleBinding.self, \.binding)
        try Fixture.compare(recording, "\(group)_rolebindings", RoleBinding.self, \.binding)
    }

    @Test(arguments: recordings)
    func apiServices(recording: String) throws {
        try Fixture.compare(recording, "apiregistration.k8s.io_v1_apiservices", APIService.self, \.apiService)
    }

    @Test(arguments: recordings)
    func autoscalers(recording: String) throws {
        try Fixture.compare(
            recording,
            "autoscaling_v2_horizontalpodautoscalers",
            HorizontalPodAutoscaler.self,
            \.horizontalPodAutoscaler
        )
    }

    @Test(arguments: recordings)
    func webhookConfigurations(recording: String) throws {
        let group = "admissionregistration.k8s.io_v1"
        try Fixture.compare(
            recording,
            "\(group)_validatingwebhookconfigurations",
            ValidatingWebhookConfiguration.self,
            \.webhookConfiguration
        )
        try Fixture.compare(
            recording,
            "\(group)_mutatingwebhookconfigurations",
            MutatingWebhookConfiguration.self,
            \.webhookConfiguration
        )
    }
}
