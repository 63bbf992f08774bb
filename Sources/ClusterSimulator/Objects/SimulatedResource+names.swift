// The resources that something is done to by name: objects are made of them, controllers and faults change them.
extension SimulatedResource {
    package static let apiServices = named("apiservices")
    package static let clusterRoleBindings = named("clusterrolebindings")
    package static let clusterRoles = named("clusterroles")
    package static let controllerRevisions = named("controllerrevisions")
    package static let daemonSets = named("daemonsets")
    package static let deployments = named("deployments")
    package static let endpointSlices = named("endpointslices")
    package static let gatewayClasses = named("gatewayclasses")
    package static let gateways = named("gateways")
    package static let horizontalPodAutoscalers = named("horizontalpodautoscalers")
    package static let httpRoutes = named("httproutes")
    package static let ingressClasses = named("ingressclasses")
    package static let ingresses = named("ingresses")
    package static let leases = named("leases")
    package static let namespaces = named("namespaces")
    package static let networkPolicies = named("networkpolicies")
    package static let nodes = named("nodes")
    package static let persistentVolumeClaims = named("persistentvolumeclaims")
    package static let persistentVolumes = named("persistentvolumes")
    package static let podDisruptionBudgets = named("poddisruptionbudgets")
    package static let pods = named("pods")
    package static let replicaSets = named("replicasets")
    package static let roleBindings = named("rolebindings")
    package static let roles = named("roles")
    package static let services = named("services")
    package static let statefulSets = named("statefulsets")
    package static let storageClasses = named("storageclasses")
    package static let validatingWebhookConfigurations = named("validatingwebhookconfigurations")

    /// A resource that is served; a name that is not is a fault of this file.
    private static func named(_ plural: String) -> SimulatedResource {
        guard let resource = SimulatedResource(name: plural) else { preconditionFailure("no resource \(plural)") }
        return resource
    }
}
