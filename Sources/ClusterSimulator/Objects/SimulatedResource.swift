import KubernetesWire

/// A resource that the simulated API server serves: all that the exporter reads, and some that come with them.
package struct SimulatedResource: Sendable, Hashable {
    /// Where it stands in ``allCases``.
    let number: Int

    /// Every resource, by group and name in paths.
    package static let allCases: [SimulatedResource] = descriptions.indices.map(SimulatedResource.init(number:))

    /// The API group; empty for core.
    package var group: String { description.group }
    /// The version within the group.
    package var version: String { description.version }
    /// The kind of one object.
    package var kind: String { description.kind }
    /// Whether its objects live in namespaces.
    package var isNamespaced: Bool { description.isNamespaced }
    /// What kubectl takes as well as the name.
    package var shortNames: [String] { Self.shortNames[plural] ?? [] }
    /// The name in paths.
    package var plural: String { description.plural }
    /// `group/version`, or the version alone for core.
    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
    /// Whether it is defined by a CustomResourceDefinition: such objects are served as JSON only.
    package var isCustom: Bool { description.isCustom }
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

    private init(number: Int) {
        self.number = number
    }

    private struct Description {
        var group: String
        var version = "v1"
        var plural: String
        var kind: String
        var isNamespaced = false
        var isCustom = false
    }

    private var description: Description { Self.descriptions[number] }

    private static let descriptions: [Description] = {
        var descriptions = [
            Description(
                group: "apiextensions.k8s.io",
                plural: "customresourcedefinitions",
                kind: "CustomResourceDefinition"
            ),
            Description(
                group: "gateway.networking.k8s.io",
                plural: "gatewayclasses",
                kind: "GatewayClass",
                isCustom: true
            ),
        ]
        // Leases are two entries of one resource.
        for resource in APIResource.all
        where !descriptions.contains(where: { $0.group == resource.group && $0.plural == resource.plural }) {
            descriptions.append(
                Description(
                    group: resource.group,
                    version: resource.version,
                    plural: resource.plural,
                    kind: resource.kind,
                    isNamespaced: resource.isNamespaced,
                    isCustom: resource.isCustom
                )
            )
        }
        return descriptions.sorted { ($0.group, $0.plural) < ($1.group, $1.plural) }
    }()

    private static let shortNames: [String: [String]] = [
        "namespaces": ["ns"], "nodes": ["no"], "persistentvolumeclaims": ["pvc"], "persistentvolumes": ["pv"],
        "pods": ["po"], "replicationcontrollers": ["rc"], "services": ["svc"],
        "customresourcedefinitions": ["crd", "crds"], "daemonsets": ["ds"], "deployments": ["deploy"],
        "replicasets": ["rs"], "statefulsets": ["sts"], "horizontalpodautoscalers": ["hpa"], "gatewayclasses": ["gc"],
        "gateways": ["gtw"], "ingresses": ["ing"], "networkpolicies": ["netpol"], "poddisruptionbudgets": ["pdb"],
        "storageclasses": ["sc"],
    ]
}
