extension ScriptedCluster {
    /// Something that runs as one workload of an application.
    private struct Part {
        var name: String
        var component: String
        var isStateful = false
        /// The host whose requests it takes; nil where nobody outside asks it.
        var host: String?
    }

    /// Two applications by name: a shop of which everything is there three times, spread over zones, with budgets; and a
    /// chat suite as its chart lays it out by default, every part with one replica and without a budget, most of them on
    /// one node.
    mutating func buildSuites() throws(RecordedTemplatesError) {
        let shop = [
            Part(name: "storefront", component: "web", host: "shop.example.com"),
            Part(name: "orders", component: "api", host: "api.shop.example.com"),
            Part(name: "ledger", component: "database", isStateful: true),
        ]
        try buildNamespace("shop")
        for part in shop {
            try add(part, of: "shop", namespace: "shop", replicas: max(3, plan.zones), hasBudget: true)
        }
        let chat = [
            Part(name: "synapse-main", component: "matrix-server", isStateful: true),
            Part(name: "postgres", component: "matrix-stack-db", isStateful: true),
            Part(name: "redis", component: "matrix-pubsub-small-cache"),
            Part(name: "haproxy", component: "matrix-stack-ingress", host: "matrix.example.com"),
            Part(name: "synapse-event-persister", component: "matrix-server", isStateful: true),
            Part(name: "synapse-federation-sender", component: "matrix-server", isStateful: true),
            Part(
                name: "matrix-authentication-service",
                component: "matrix-authentication",
                host: "account.example.com"
            ),
            Part(name: "matrix-rtc-sfu", component: "matrix-rtc-voip-server", host: "rtc.example.com"),
            Part(name: "element-web", component: "matrix-client", host: "chat.example.com"),
        ]
        try buildNamespace("chat")
        let heart = nextNode(inZone: 0)
        for (number, part) in chat.enumerated() {
            let node = number < 5 ? heart : nextNode(inZone: number % plan.zones)
            try add(part, of: "matrix-stack", namespace: "chat", replicas: 1, hasBudget: false, nodes: [node])
        }
    }

    private mutating func buildNamespace(_ name: String) throws(RecordedTemplatesError) {
        store.load(.namespaces, try factory.namespace(name, uid: random.uid()))
    }

    private mutating func add(
        _ part: Part,
        of application: String,
        namespace: String,
        replicas: Int,
        hasBudget: Bool,
        nodes: [Int]? = nil
    ) throws(RecordedTemplatesError) {
        let labels = ["app.kubernetes.io/part-of": application, "app.kubernetes.io/component": part.component]
        if part.isStateful {
            try addStatefulSet(
                namespace,
                part.name,
                replicas: replicas,
                labels: labels,
                hasBudget: hasBudget,
                nodes: nodes
            )
        } else {
            try addDeployment(
                namespace,
                part.name,
                replicas: replicas,
                like: "web",
                service: part.name,
                labels: labels,
                hasBudget: hasBudget,
                nodes: nodes
            )
        }
        guard let host = part.host else { return }
        var ingress = try factory.object(
            .ingresses,
            like: "shop",
            namespace: namespace,
            name: part.name,
            uid: random.uid()
        )
        ingress.edit(2) { spec in
            spec.editAll(2) { $0.set(1, host) }
            spec.edit(3) { rule in
                rule.set(1, host)
                rule.edit(2) { value in
                    value.edit(1) { http in
                        var path = http.messages(1).first ?? ProtobufMessage()
                        path.edit(2) { $0.edit(4) { $0.set(1, part.name) } }
                        http.replaceAll(1, with: [path])
                    }
                }
            }
        }
        store.load(.ingresses, ingress)
    }
}
