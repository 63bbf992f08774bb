import ClusterState

extension APIResource {
    /// Every resource that is read, in the order of the sources.
    package static let all: [APIResource] = [
        APIResource(.namespaces, "v1", \.namespaces, isNamespaced: false),
        // A node of a large cluster names all images that it holds: 50 KB each.
        APIResource(.nodes, "v1", \.nodes, isNamespaced: false, pageLimit: 100),
        APIResource(.pods, "v1", \.pods),
        APIResource(.replicationcontrollers, "v1", \.replicationControllers),
        APIResource(.deployments, "apps/v1", \.deployments),
        APIResource(.replicasets, "apps/v1", \.replicaSets),
        APIResource(.statefulsets, "apps/v1", \.statefulSets),
        APIResource(.daemonsets, "apps/v1", \.daemonSets),
        APIResource(.controllerrevisions, "apps/v1", \.controllerRevisions),
        APIResource(.poddisruptionbudgets, "policy/v1", \.podDisruptionBudgets),
        APIResource(.services, "v1", \.services),
        APIResource(.endpointslices, "discovery.k8s.io/v1", \.endpointSlices),
        APIResource(.persistentvolumes, "v1", \.persistentVolumes, isNamespaced: false),
        APIResource(.persistentvolumeclaims, "v1", \.persistentVolumeClaims),
        APIResource(.leases, "coordination.k8s.io/v1", \.leases, namespace: "kube-system"),
        // Each node renews its lease every 10 s: a watch would bring thousands of events for nothing.
        APIResource(
            .nodeleases,
            "coordination.k8s.io/v1",
            \.nodeLeases,
            plural: "leases",
            namespace: "kube-node-lease",
            mode: .poll(every: .seconds(60))
        ),
        APIResource(.ingresses, "networking.k8s.io/v1", \.ingresses),
        APIResource(.ingressclasses, "networking.k8s.io/v1", \.ingressClasses, isNamespaced: false),
        // Custom resources are few. A page is read as a whole: at 1.5 MiB an object, the most that etcd takes by default
        // (--max-request-bytes), one of 20 is within ``JSONReader/pageLimit``.
        APIResource(
            .gateways,
            "gateway.networking.k8s.io/v1",
            json: \.gateways,
            pageLimit: 20,
            mode: .poll(every: .seconds(60))
        ),
        APIResource(
            .httproutes,
            "gateway.networking.k8s.io/v1",
            json: \.httpRoutes,
            pageLimit: 20,
            mode: .poll(every: .seconds(60))
        ),
        APIResource(.networkpolicies, "networking.k8s.io/v1", \.networkPolicies),
        APIResource(.storageclasses, "storage.k8s.io/v1", \.storageClasses, isNamespaced: false),
        APIResource(.volumeattachments, "storage.k8s.io/v1", \.volumeAttachments, isNamespaced: false),
        APIResource(.clusterroles, "rbac.authorization.k8s.io/v1", \.clusterRoles, isNamespaced: false),
        APIResource(.clusterrolebindings, "rbac.authorization.k8s.io/v1", \.clusterRoleBindings, isNamespaced: false),
        APIResource(.roles, "rbac.authorization.k8s.io/v1", \.roles),
        APIResource(.rolebindings, "rbac.authorization.k8s.io/v1", \.roleBindings),
        APIResource(.apiservices, "apiregistration.k8s.io/v1", \.apiServices, isNamespaced: false),
        APIResource(.horizontalpodautoscalers, "autoscaling/v2", \.horizontalPodAutoscalers),
        APIResource(
            .validatingwebhookconfigurations,
            "admissionregistration.k8s.io/v1",
            \.validatingWebhookConfigurations,
            isNamespaced: false
        ),
        APIResource(
            .mutatingwebhookconfigurations,
            "admissionregistration.k8s.io/v1",
            \.mutatingWebhookConfigurations,
            isNamespaced: false
        ),
    ]
}
