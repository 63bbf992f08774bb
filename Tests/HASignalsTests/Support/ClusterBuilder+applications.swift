import ClusterState

@testable import HASignals

extension ClusterBuilder {
    /// Gives a workload labels of its own.
    mutating func label(_ controller: Controller, _ labels: [String: String]) {
        let labels = self.labels(controller.namespace, labels)
        switch controller.kind {
        case "Deployment":
            guard var row = state.deployments[controller.uid] else { return }
            row.meta.labels = labels
            state.deployments.upsert(row)
        case "StatefulSet":
            guard var row = state.statefulSets[controller.uid] else { return }
            row.meta.labels = labels
            state.statefulSets.upsert(row)
        case "DaemonSet":
            guard var row = state.daemonSets[controller.uid] else { return }
            row.meta.labels = labels
            state.daemonSets.upsert(row)
        default: return
        }
    }

    /// Gives an HTTPRoute hostnames.
    mutating func hostnames(of route: String, _ names: [String]) {
        guard let name = state.interner.find(route),
            var row = state.httpRoutes.all.first(where: { $0.meta.name == name })
        else { return }
        row.hostnames = names.map { id($0) }
        state.httpRoutes.upsert(row)
    }

    /// The situation of the chart of the chat suite that most users run: every part with one replica and one host for each
    /// way in, on five workers in three zones, the heart of it and all that it needs on `w-a`.
    static func chatSuite() -> ClusterBuilder {
        var cluster = ClusterBuilder.threeZones()
        cluster.state.version = ServerVersion(major: "1", minor: "34", gitVersion: "v1.34.1")
        for (name, zone) in [("w-a2", "a"), ("w-b2", "b")] { cluster.node(name, zone: zone) }
        for namespace in ["ess", "kube-system"] {
            cluster.state.namespaces.upsert(Namespace(meta: cluster.meta("Namespace", "", namespace)))
        }
        cluster.servingMasters()
        let parts: [(name: String, kind: String, component: String, node: String)] = [
            ("synapse-main", "StatefulSet", "matrix-server", "w-a"),
            ("postgres", "StatefulSet", "matrix-stack-db", "w-a"),
            ("redis", "Deployment", "matrix-pubsub-small-cache", "w-a"),
            ("haproxy", "Deployment", "matrix-stack-ingress", "w-a"),
            ("federation-sender", "StatefulSet", "matrix-server", "w-a"),
            ("event-persister", "StatefulSet", "matrix-server", "w-b"),
            ("sfu", "Deployment", "matrix-rtc-voip-server", "w-c"),
            ("element-web", "Deployment", "matrix-client", "w-b2"),
        ]
        for part in parts {
            let workload =
                part.kind == "Deployment"
                ? cluster.deployment("ess", part.name, replicas: 1) { _ in }
                : cluster.statefulSet("ess", part.name, replicas: 1) { _ in }
            cluster.label(
                workload,
                ["app.kubernetes.io/part-of": "matrix-stack", "app.kubernetes.io/component": part.component]
            )
            cluster.pods(of: workload, on: [part.node], milliCPU: 100)
            cluster.publish(workload, as: part.name, on: [part.node])
        }
        cluster.ingress("ess", "synapse", host: "matrix.example.com", services: ["haproxy"])
        cluster.ingress("ess", "element-web", host: "chat.example.com", services: ["element-web"])
        return cluster
    }
}
