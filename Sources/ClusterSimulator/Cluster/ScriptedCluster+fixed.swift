import KubernetesWire

extension ScriptedCluster {
    /// Writes the pods that the plan's workloads have.
    mutating func loadPods() {
        for pod in pods {
            let node = pod.node.map { nodes[$0] }
            store.load(.pods, factory.pod(pod, of: workloads[pod.workload], on: node, now: factory.created))
        }
    }

    /// The Service `kubernetes` with its slice, and the leases of the control plane.
    mutating func buildControlPlaneObjects() throws(RecordedTemplatesError) {
        store.load(.services, try recorded("kubernetes", .services))
        var slice = try recorded("kubernetes", .endpointSlices)
        patchAPIServerEndpoints(&slice)
        store.load(.endpointSlices, slice)
        for component in ["kube-controller-manager", "kube-scheduler"] {
            store.load(
                .leases,
                try factory.lease(
                    like: component,
                    namespace: "kube-system",
                    name: component,
                    holder: "cp-1_\(random.uid())",
                    uid: random.uid()
                )
            )
        }
        for master in 0..<plan.masters {
            let name = identityLease(master)
            var lease = try factory.lease(
                like: "apiserver-",
                namespace: "kube-system",
                name: name,
                holder: "\(name)_\(random.uid())",
                uid: random.uid()
            )
            lease.edit(1) { metadata in
                metadata.setEntry(11, "kubernetes.io/hostname", nodes[master].name)
                metadata.setEntry(12, "kubernetes.io/peer-advertise-address", plan.apiServerAuthority(master))
            }
            store.load(.leases, lease)
        }
    }

    /// The name of an API server's identity lease.
    func identityLease(_ master: Int) -> String {
        var names = SplitMix64(seed: plan.seed &+ UInt64(master))
        return "apiserver-\(names.nameSuffix(length: 26))"
    }

    /// The addresses of the API servers that run.
    func patchAPIServerEndpoints(_ slice: inout ProtobufMessage) {
        let template = slice.messages(2).first ?? ProtobufMessage()
        let endpoints = (0..<plan.masters).filter { isAPIServerUp($0) }
            .map { master in
                var endpoint = template
                endpoint.set(1, plan.masterAddress(master))
                endpoint.edit(2) { $0.set(1, true) }
                return endpoint
            }
        slice.replaceAll(2, with: endpoints)
        slice.edit(3) { $0.set(3, Int64(plan.apiServerPort)) }
    }

    /// What a healthy cluster has besides its workloads, mostly as recorded.
    mutating func buildFixedObjects() throws(RecordedTemplatesError) {
        for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
            store.load(.namespaces, try recorded(name, .namespaces))
        }
        store.load(.storageClasses, try recorded("zonal", .storageClasses))
        store.load(.ingressClasses, try recorded("nginx", .ingressClasses))
        let builtIn: Set = ["admin", "cluster-admin", "edit", "view"]
        for resource in [SimulatedResource.clusterRoles, .clusterRoleBindings, .roles, .roleBindings, .apiServices] {
            for message in factory.templates.all(resource) {
                let name = message.string(1, 1) ?? ""
                let isSystem =
                    switch resource {
                    case .clusterRoles, .clusterRoleBindings: name.hasPrefix("system:") || builtIn.contains(name)
                    case .roles, .roleBindings: message.string(1, 3)?.hasPrefix("kube-") == true
                    // An APIService of an extension server needs that server.
                    default: message.message(2, 1) == nil
                    }
                if isSystem { store.load(resource, message) }
            }
        }
        try buildEntrances()
    }

    private func recorded(
        _ name: String,
        _ resource: SimulatedResource
    ) throws(RecordedTemplatesError) -> ProtobufMessage {
        try factory.templates.named(name, resource)
    }

    /// What points at the first application: an Ingress, an autoscaler, a webhook, a Gateway with its route.
    private mutating func buildEntrances() throws(RecordedTemplatesError) {
        guard let app = workloads.first(where: { $0.kind == .deployment && $0.namespace.hasPrefix("team-") }) else {
            return
        }
        var ingress = try factory.object(
            .ingresses,
            like: "shop",
            namespace: app.namespace,
            name: app.name,
            uid: random.uid()
        )
        ingress.edit(2) { spec in
            spec.editAll(3) { rule in
                rule.edit(2) { value in
                    value.edit(1) { http in
                        http.editAll(1) { path in
                            path.edit(2) { $0.edit(4) { $0.set(1, app.service) } }
                        }
                    }
                }
            }
        }
        store.load(.ingresses, ingress)
        store.load(.horizontalPodAutoscalers, try autoscaler(app))
        var webhook = try factory.object(
            .validatingWebhookConfigurations,
            like: "fail-closed",
            name: "policy",
            uid: random.uid()
        )
        webhook.editAll(2) { hook in
            hook.edit(2) { client in
                client.edit(1) { service in
                    service.set(1, app.namespace)
                    service.set(2, app.service)
                }
            }
        }
        store.load(.validatingWebhookConfigurations, webhook)
        buildGateway(app)
    }

    private mutating func autoscaler(_ app: WorkloadRecord) throws(RecordedTemplatesError) -> ProtobufMessage {
        var message = try factory.object(
            .horizontalPodAutoscalers,
            like: "web",
            namespace: app.namespace,
            name: app.name,
            uid: random.uid()
        )
        message.edit(2) { spec in
            spec.edit(1) { $0.set(2, app.name) }
            spec.set(2, Int64(min(2, app.replicas)))
            spec.set(3, Int64(app.replicas * 2))
        }
        message.edit(3) { status in
            status.set(3, Int64(app.replicas))
            status.set(4, Int64(app.replicas))
            status.editAll(6) { condition in
                guard condition.string(1) == "ScalingActive" else { return }
                condition.set(2, "True")
                condition.set(4, "ValidMetricFound")
                condition.set(5, "the HPA was able to successfully calculate a replica count")
            }
        }
        return message
    }

    private mutating func buildGateway(_ app: WorkloadRecord) {
        for document in factory.templates.documents(.gatewayClasses) {
            store.put(.gatewayClasses, document, at: .zero)
        }
        for document in factory.templates.documents(.gateways) where document["metadata"]?["name"]?.text == "public" {
            store.put(.gateways, document, at: .zero)
        }
        for var document in factory.templates.documents(.httpRoutes)
        where document["metadata"]?["name"]?.text == "store" {
            let rules = (document["spec"]?["rules"]?.elements ?? [])
                .map { rule in
                    var rule = rule
                    let backends = (rule["backendRefs"]?.elements ?? [])
                        .map { reference in
                            var reference = reference
                            reference["name"] = .string(app.service)
                            return reference
                        }
                    rule["backendRefs"] = .array(backends)
                    return rule
                }
            document["metadata"]?["namespace"] = .string(app.namespace)
            document["spec"]?["rules"] = .array(rules)
            store.put(.httpRoutes, document, at: .zero)
        }
    }
}
