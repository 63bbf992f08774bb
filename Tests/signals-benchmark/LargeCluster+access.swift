import ClusterState
import HASignals

extension LargeCluster {
    /// The ways in and the rights: Ingresses and routes with their hosts, claims with zonal volumes, autoscalers, webhooks,
    /// roles and bindings.
    mutating func addSurroundings() {
        for number in 0..<ingresses { addIngress(number) }
        for number in 0..<routes { addRoute(number) }
        for number in 0..<autoscalers { addAutoscaler(number) }
        for number in 0..<webhooks { addWebhooks(number) }
        addRoles()
    }

    private mutating func addIngress(_ number: Int) {
        var row = Ingress(meta: meta("team-\(number % namespaces)", "ingress-\(number)"))
        row.ingressClass = state.interner.intern("nginx")
        row.rules = [
            Ingress.Backends(
                host: state.interner.intern("host-\(number).example.com"),
                services: [state.interner.intern("service-\(number)")]
            )
        ]
        row.hasLoadBalancerAddress = true
        state.ingresses.upsert(row)
    }

    private mutating func addRoute(_ number: Int) {
        let namespace = "team-\(number % namespaces)"
        var row = HTTPRoute(meta: meta(namespace, "route-\(number)"))
        row.hostnames = [state.interner.intern("route-\(number).example.com")]
        row.backends = [0, namespaces]
            .map {
                HTTPRoute.Backend(
                    namespace: row.meta.namespace,
                    name: state.interner.intern("service-\(number % namespaces + $0)")
                )
            }
        state.httpRoutes.upsert(row)
    }

    /// A bound claim for a pod of a StatefulSet, with a volume in the zone of its node.
    mutating func addClaim(_ namespace: String, _ name: String, node: Int) -> StringID {
        var volume = PersistentVolume(meta: meta("", "volume-\(namespace)-\(name)"))
        volume.phase = .bound
        volume.nodeAffinity = [
            NodeSelectorTerm(expressions: [
                LabelRequirement(
                    key: state.interner.intern("topology.kubernetes.io/zone"),
                    op: .in,
                    values: [state.interner.intern("zone-\(node % nodes % 3)")]
                )
            ])
        ]
        state.persistentVolumes.upsert(volume)
        var claim = PersistentVolumeClaim(meta: meta(namespace, name))
        claim.phase = .bound
        claim.volume = volume.meta.name
        claim.sharing = .oneNode
        state.persistentVolumeClaims.upsert(claim)
        return claim.meta.name
    }

    private mutating func addAutoscaler(_ number: Int) {
        var row = HorizontalPodAutoscaler(meta: meta("team-\(number % namespaces)", "service-\(number)"))
        row.minReplicas = 3
        row.maxReplicas = 30
        row.currentReplicas = Int32(podsPerWorkload)
        row.targetKind = state.interner.intern("Deployment")
        row.targetName = row.meta.name
        row.scalingActive = .isTrue
        state.horizontalPodAutoscalers.upsert(row)
    }

    private mutating func addWebhooks(_ number: Int) {
        let webhooks = (0..<5)
            .map { part in
                var webhook = AdmissionWebhook(name: state.interner.intern("judge-\(part).example.com"))
                webhook.service = WebhookService(
                    namespace: state.interner.intern("team-\(number % namespaces)"),
                    name: state.interner.intern("service-\(number)")
                )
                webhook.matchesPodCreation = part == 0
                return webhook
            }
        state.validatingWebhookConfigurations.upsert(
            ValidatingWebhookConfiguration(meta: meta("", "webhooks-\(number)"), webhooks: webhooks)
        )
    }

    private mutating func addRoles() {
        let readers = PolicyRule(verbs: ["get", "list", "watch"], apiGroups: [""], resources: ["pods", "services"])
        let editors = PolicyRule(verbs: ["*"], apiGroups: ["apps"], resources: ["deployments", "statefulsets"])
        for number in 0..<clusterRoles {
            state.clusterRoles.upsert(ClusterRole(meta: meta("", "cluster-role-\(number)"), rules: [readers]))
        }
        for number in 0..<roles {
            let namespace = "team-\(number % namespaces)"
            let name = "role-\(number)"
            state.roles.upsert(
                Role(meta: meta(namespace, name), rules: number % 4 == 0 ? [readers, editors] : [readers])
            )
            let subjects = (0..<3)
                .map { subject in
                    Subject(
                        kind: state.interner.intern("ServiceAccount"),
                        namespace: state.interner.intern(namespace),
                        name: state.interner.intern("account-\(number)-\(subject)")
                    )
                }
            let role = RoleReference(name: state.interner.intern(name), isClusterRole: false)
            state.roleBindings.upsert(RoleBinding(meta: meta(namespace, name), role: role, subjects: subjects))
        }
    }
}
