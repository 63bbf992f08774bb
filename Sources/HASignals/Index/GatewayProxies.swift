import ClusterState

/// Finds the workloads that are the proxies of each Gateway, by the labels that controllers put on what they create for
/// one; empty where the proxies are shared or outside the cluster.
struct GatewayProxies {
    private var workloads: [ServiceKey: [Int]] = [:]

    init(_ context: CollectionContext) {
        let interner = context.state.interner
        // GEP-1762 of the Gateway API (in-cluster Gateway deployments): in the Gateway's own namespace. Envoy Gateway has
        // labels of its own, since its proxies run in a namespace of theirs (its task «Customize EnvoyProxy»).
        let ownName = interner.find(.gatewayName)
        let envoyName = interner.find(.envoyGatewayName)
        guard ownName != nil || envoyName != nil else { return }
        for workload in context.index.workloads {
            guard let labels = workload.templateLabels else { continue }
            func value(_ key: StringID?) -> StringID? { key.flatMap { interner.label($0, in: labels) } }
            if let name = value(ownName) {
                workloads[ServiceKey(namespace: workload.namespace, name: name), default: []].append(workload.position)
            } else if let name = value(envoyName), let namespace = value(interner.find(.envoyGatewayNamespace)) {
                workloads[ServiceKey(namespace: namespace, name: name), default: []].append(workload.position)
            }
        }
    }

    /// Positions of the workloads that are the Gateway's proxies; empty where that is not known.
    func workloads(of row: Gateway) -> [Int] {
        workloads[ServiceKey(namespace: row.meta.namespace, name: row.meta.name)] ?? []
    }
}
