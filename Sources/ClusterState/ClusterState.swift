/// What is known of a cluster: the rows of each kind, the strings and lists that they share, and the status of each source.
///
/// Readers of the API's answers (`KubernetesWire`) put rows in, and collections (`HASignals`) borrow the state to compute
/// samples and findings. It is one value that one actor owns: nothing copies it.
package struct ClusterState: Sendable {
    package var interner = Interner()
    // One table a resource: the registry (`APIResource.all` in KubernetesWire) names each by its key path.
    package var namespaces = Table<Namespace>()
    package var nodes = Table<Node>()
    package var pods = Table<Pod>()
    package var replicationControllers = Table<ReplicationController>()
    package var deployments = Table<Deployment>()
    package var replicaSets = Table<ReplicaSet>()
    package var statefulSets = Table<StatefulSet>()
    package var daemonSets = Table<DaemonSet>()
    package var controllerRevisions = Table<ControllerRevision>()
    package var podDisruptionBudgets = Table<PodDisruptionBudget>()
    package var services = Table<Service>()
    package var endpointSlices = Table<EndpointSlice>()
    package var persistentVolumes = Table<PersistentVolume>()
    package var persistentVolumeClaims = Table<PersistentVolumeClaim>()
    package var ingresses = Table<Ingress>()
    package var ingressClasses = Table<IngressClass>()
    package var gateways = Table<Gateway>()
    package var httpRoutes = Table<HTTPRoute>()
    package var storageClasses = Table<StorageClass>()
    package var volumeAttachments = Table<VolumeAttachment>()
    package var leases = Table<Lease>()
    package var nodeLeases = Table<NodeLease>()
    package var networkPolicies = Table<NetworkPolicy>()
    package var clusterRoles = Table<ClusterRole>()
    package var clusterRoleBindings = Table<ClusterRoleBinding>()
    package var roles = Table<Role>()
    package var roleBindings = Table<RoleBinding>()
    package var apiServices = Table<APIService>()
    package var horizontalPodAutoscalers = Table<HorizontalPodAutoscaler>()
    package var validatingWebhookConfigurations = Table<ValidatingWebhookConfiguration>()
    package var mutatingWebhookConfigurations = Table<MutatingWebhookConfiguration>()
    /// The state of each source. A source that is not named is not synced.
    package var sources: [Source: SourceStatus] = [:]
    /// What has come of lists and watches begun since one last succeeded.
    package var failingRequests = FailingRequests()
    /// The version of the API server; nil while it is not known.
    package var version: ServerVersion?
    /// The deprecated APIs that were requested, of the API servers whose metrics were read.
    package var deprecatedAPIs = DeprecatedAPIRequests()
    /// The API groups that discovery showed; nil where it was not asked. See ``discoveredGroups``.
    package var apiGroups: Set<String>?

    /// Creates the state of a cluster of which nothing is known.
    package init() {}

    /// The state of a source.
    package func status(of source: Source) -> SourceStatus {
        sources[source] ?? SourceStatus()
    }
}

/// Where knowledge of the cluster comes from: a resource that is listed, or an endpoint that is asked. The sources that are
/// resources are named as in paths of the API, and stand in the order of the registry.
package enum Source: String, CaseIterable, Hashable, Sendable {
    case namespaces, nodes, pods, replicationcontrollers, deployments, replicasets, statefulsets, daemonsets
    case controllerrevisions, poddisruptionbudgets, services, endpointslices, persistentvolumes
    case persistentvolumeclaims
    /// Leases of kube-system and of further leader elections.
    case leases
    /// Leases of kube-node-lease, one a node.
    case nodeleases
    case ingresses, ingressclasses, gateways, httproutes, networkpolicies, storageclasses, volumeattachments
    case clusterroles, clusterrolebindings, roles, rolebindings, apiservices, horizontalpodautoscalers
    case validatingwebhookconfigurations, mutatingwebhookconfigurations
    /// The API server's /version.
    case version
    /// Probes of every API server instance.
    case apiserver
    /// The metrics of every API server instance, read once an hour.
    case apiservermetrics
    /// Probes of every etcd member.
    case etcd
}
