/// What is known of a cluster: the rows of each kind, what they share, and how far each source can be trusted.
///
/// One value, owned by one actor. Decoding writes into it, a collection borrows it; nobody copies it.
package struct ClusterState: Sendable {
    package var interner = Interner()
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
    /// How each source stands. A source that is not named is not synced.
    package var sources: [Source: SourceStatus] = [:]
    /// What has come of lists and watches begun since one last succeeded.
    package var failingRequests = FailingRequests()
    /// What /version of the API server asked says; nil while nobody has told.
    package var version: ServerVersion?
    /// The API groups that discovery showed; nil where it was not asked. See ``discoveredGroups``.
    package var apiGroups: Set<String>?

    /// Creates the state of a cluster of which nothing is known.
    package init() {}

    /// How a source stands.
    package func status(of source: Source) -> SourceStatus {
        sources[source] ?? SourceStatus()
    }

    /// Adds or replaces the object's row.
    package mutating func apply<Row: ClusterRow>(_ row: Row) {
        self[keyPath: Row.table].upsert(row)
    }

    /// Removes the object's row.
    package mutating func remove<Row: ClusterRow>(_: Row.Type, _ uid: UID) {
        self[keyPath: Row.table].remove(uid)
    }

    /// Frees interned values that no row holds any more, if enough were added to make it worthwhile.
    ///
    /// - Parameter force: Whether to sweep however little was added.
    package mutating func sweepIfDue(force: Bool = false) {
        guard force || interner.isSweepDue else { return }
        var marker = Marker(interner)
        namespaces.mark(&marker)
        nodes.mark(&marker)
        pods.mark(&marker)
        replicationControllers.mark(&marker)
        deployments.mark(&marker)
        replicaSets.mark(&marker)
        statefulSets.mark(&marker)
        daemonSets.mark(&marker)
        controllerRevisions.mark(&marker)
        podDisruptionBudgets.mark(&marker)
        services.mark(&marker)
        endpointSlices.mark(&marker)
        persistentVolumes.mark(&marker)
        persistentVolumeClaims.mark(&marker)
        ingresses.mark(&marker)
        ingressClasses.mark(&marker)
        gateways.mark(&marker)
        httpRoutes.mark(&marker)
        storageClasses.mark(&marker)
        volumeAttachments.mark(&marker)
        leases.mark(&marker)
        nodeLeases.mark(&marker)
        networkPolicies.mark(&marker)
        clusterRoles.mark(&marker)
        clusterRoleBindings.mark(&marker)
        roles.mark(&marker)
        roleBindings.mark(&marker)
        apiServices.mark(&marker)
        horizontalPodAutoscalers.mark(&marker)
        validatingWebhookConfigurations.mark(&marker)
        mutatingWebhookConfigurations.mark(&marker)
        interner.sweep(keeping: marker)
    }
}

/// What the API server's /version says.
package struct ServerVersion: Hashable, Sendable {
    /// `major`, as written.
    package var major: String
    /// `minor`, as written: vendors append to it (`27+`).
    package var minor: String
    /// `gitVersion`, which may be anything.
    package var gitVersion: String

    /// Creates a version.
    package init(major: String, minor: String, gitVersion: String) {
        self.major = major
        self.minor = minor
        self.gitVersion = gitVersion
    }

    /// The leading digits of `minor`; nil where there are none.
    package var minorNumber: Int? {
        Int(minor.prefix { $0.isASCII && $0.isNumber })
    }
}
