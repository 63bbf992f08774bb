/// A resource that the simulated API server serves.
package enum SimulatedResource: Int, CaseIterable, Sendable, Hashable {
    case namespaces, nodes, persistentVolumeClaims, persistentVolumes, pods, replicationControllers, services
    case mutatingWebhookConfigurations, validatingWebhookConfigurations
    case customResourceDefinitions
    case apiServices
    case controllerRevisions, daemonSets, deployments, replicaSets, statefulSets
    case horizontalPodAutoscalers
    case leases
    case endpointSlices
    case gatewayClasses, gateways, httpRoutes
    case ingressClasses, ingresses, networkPolicies
    case podDisruptionBudgets
    case clusterRoleBindings, clusterRoles, roleBindings, roles
    case storageClasses, volumeAttachments

    /// The API group; empty for core.
    package var group: String { description.group }
    /// The version within the group.
    package var version: String { description.version }
    /// The kind of one object.
    package var kind: String { description.kind }
    /// Whether its objects live in namespaces.
    package var isNamespaced: Bool { description.isNamespaced }
    /// What kubectl takes as well as the name.
    package var shortNames: [String] { description.shortNames }
    /// The name in paths: the kind in lower case, in the plural.
    package var plural: String { Self.plurals[rawValue] }
    /// `group/version`, or the version alone for core.
    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
    /// Whether it is defined by a CustomResourceDefinition: such objects are served as JSON only.
    package var isCustom: Bool { group == "gateway.networking.k8s.io" }
    /// The name of the file without extension under which its list was recorded: `apps_v1_deployments`.
    package var recordedName: String { "\(group.isEmpty ? "core" : group)_\(version)_\(plural)" }

    /// Finds a resource by its plural name, with or without the group: `pods`, `deployments.apps`.
    package init?(name: String) {
        let found = Self.allCases.first { $0.plural == name || "\($0.plural).\($0.group)" == name }
        guard let found else { return nil }
        self = found
    }

    /// Finds a resource by the parts of its path.
    init?(group: String, version: String, plural: String) {
        let found = Self.allCases.first { $0.plural == plural && $0.group == group && $0.version == version }
        guard let found else { return nil }
        self = found
    }

    private static let plurals: [String] = allCases.map { resource in
        let name = resource.kind.lowercased()
        if name.hasSuffix("y"), !name.hasSuffix("ay") { return name.dropLast() + "ies" }
        return name.hasSuffix("s") ? name + "es" : name + "s"
    }

    private struct Description {
        var group: String
        var version = "v1"
        var kind: String
        var isNamespaced = true
        var shortNames: [String] = []
    }

    private var description: Description { Self.descriptions[rawValue] }

    /// In the order of the cases.
    private static let descriptions: [Description] = allCases.map { resource in
        switch resource {
        case .namespaces: Description(group: "", kind: "Namespace", isNamespaced: false, shortNames: ["ns"])
        case .nodes: Description(group: "", kind: "Node", isNamespaced: false, shortNames: ["no"])
        case .persistentVolumeClaims: Description(group: "", kind: "PersistentVolumeClaim", shortNames: ["pvc"])
        case .persistentVolumes:
            Description(group: "", kind: "PersistentVolume", isNamespaced: false, shortNames: ["pv"])
        case .pods: Description(group: "", kind: "Pod", shortNames: ["po"])
        case .replicationControllers: Description(group: "", kind: "ReplicationController", shortNames: ["rc"])
        case .services: Description(group: "", kind: "Service", shortNames: ["svc"])
        case .mutatingWebhookConfigurations:
            Description(
                group: "admissionregistration.k8s.io",
                kind: "MutatingWebhookConfiguration",
                isNamespaced: false
            )
        case .validatingWebhookConfigurations:
            Description(
                group: "admissionregistration.k8s.io",
                kind: "ValidatingWebhookConfiguration",
                isNamespaced: false
            )
        case .customResourceDefinitions:
            Description(
                group: "apiextensions.k8s.io",
                kind: "CustomResourceDefinition",
                isNamespaced: false,
                shortNames: ["crd", "crds"]
            )
        case .apiServices: Description(group: "apiregistration.k8s.io", kind: "APIService", isNamespaced: false)
        case .controllerRevisions: Description(group: "apps", kind: "ControllerRevision")
        case .daemonSets: Description(group: "apps", kind: "DaemonSet", shortNames: ["ds"])
        case .deployments: Description(group: "apps", kind: "Deployment", shortNames: ["deploy"])
        case .replicaSets: Description(group: "apps", kind: "ReplicaSet", shortNames: ["rs"])
        case .statefulSets: Description(group: "apps", kind: "StatefulSet", shortNames: ["sts"])
        case .horizontalPodAutoscalers:
            Description(group: "autoscaling", version: "v2", kind: "HorizontalPodAutoscaler", shortNames: ["hpa"])
        case .leases: Description(group: "coordination.k8s.io", kind: "Lease")
        case .endpointSlices: Description(group: "discovery.k8s.io", kind: "EndpointSlice")
        case .gatewayClasses:
            Description(
                group: "gateway.networking.k8s.io",
                kind: "GatewayClass",
                isNamespaced: false,
                shortNames: ["gc"]
            )
        case .gateways: Description(group: "gateway.networking.k8s.io", kind: "Gateway", shortNames: ["gtw"])
        case .httpRoutes: Description(group: "gateway.networking.k8s.io", kind: "HTTPRoute")
        case .ingressClasses: Description(group: "networking.k8s.io", kind: "IngressClass", isNamespaced: false)
        case .ingresses: Description(group: "networking.k8s.io", kind: "Ingress", shortNames: ["ing"])
        case .networkPolicies: Description(group: "networking.k8s.io", kind: "NetworkPolicy", shortNames: ["netpol"])
        case .podDisruptionBudgets: Description(group: "policy", kind: "PodDisruptionBudget", shortNames: ["pdb"])
        case .clusterRoleBindings:
            Description(group: "rbac.authorization.k8s.io", kind: "ClusterRoleBinding", isNamespaced: false)
        case .clusterRoles:
            Description(group: "rbac.authorization.k8s.io", kind: "ClusterRole", isNamespaced: false)
        case .roleBindings: Description(group: "rbac.authorization.k8s.io", kind: "RoleBinding")
        case .roles: Description(group: "rbac.authorization.k8s.io", kind: "Role")
        case .storageClasses:
            Description(group: "storage.k8s.io", kind: "StorageClass", isNamespaced: false, shortNames: ["sc"])
        case .volumeAttachments: Description(group: "storage.k8s.io", kind: "VolumeAttachment", isNamespaced: false)
        }
    }
}
