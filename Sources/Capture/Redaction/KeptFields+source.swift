import ClusterState

extension KeptFields {
    /// What is kept of the objects of a source; nil for those that are no objects in protobuf.
    static func of(_ source: Source) -> KeptFields? {
        switch source {
        case .namespaces: namespace
        case .nodes: node
        case .pods: pod
        case .replicationcontrollers, .replicasets: replicaSet
        case .deployments: deployment
        case .statefulsets: statefulSet
        case .daemonsets: daemonSet
        case .controllerrevisions: controllerRevision
        case .poddisruptionbudgets: disruptionBudget
        case .services: service
        case .endpointslices: endpointSlice
        case .persistentvolumes: persistentVolume
        case .persistentvolumeclaims: persistentVolumeClaim
        case .leases, .nodeleases: lease
        case .ingresses: ingress
        case .ingressclasses: ingressClass
        case .networkpolicies: networkPolicy
        case .storageclasses: storageClass
        case .volumeattachments: volumeAttachment
        case .clusterroles, .roles: role
        case .clusterrolebindings, .rolebindings: roleBinding
        case .apiservices: apiService
        case .horizontalpodautoscalers: autoscaler
        case .validatingwebhookconfigurations: webhookConfiguration(objectSelector: 10)
        case .mutatingwebhookconfigurations: webhookConfiguration(objectSelector: 11)
        case .gateways, .httproutes, .version, .apiserver, .apiservermetrics, .etcd: nil
        }
    }
}
