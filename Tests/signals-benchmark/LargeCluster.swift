import ClusterState

/// The cluster that the limits are promised for, built in code: rows as the wire reader would leave them.
struct LargeCluster {
    var nodes = 5_000
    var deployments = 7_000
    var statefulSets = 3_000
    var podsPerWorkload = 15
    var oldReplicaSets = 10
    var budgets = 5_000
    var services = 5_000
    var endpointsPerService = 30
    var namespaces = 200
    var ingresses = 2_000
    var routes = 1_000
    /// Pods of each StatefulSet that have a claim.
    var claimsPerStatefulSet = 3
    var autoscalers = 2_000
    var webhooks = 20
    var roles = 4_000
    var clusterRoles = 200
    /// Workloads of each application.
    var workloadsPerApplication = 10

    var state = ClusterState()
    private var counter: UInt64 = 0

    /// A UID as random as a real one, and the same in every run.
    private mutating func uid() -> UID {
        counter += 1
        func mix(_ value: UInt64) -> UInt64 {
            var mixed = value &* 0x9e37_79b9_7f4a_7c15
            mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
            return mixed ^ mixed >> 31
        }
        return UID(high: mix(counter), low: mix(counter ^ 0xffff_0000_ffff_0000))
    }

    private mutating func labels(_ namespace: StringID, _ pairs: [(String, String)]) -> LabelsID {
        var words = [namespace.value]
        for (key, value) in pairs {
            words.append(state.interner.intern(key).value)
            words.append(state.interner.intern(value).value)
        }
        return state.interner.intern(words, as: LabelsID.self)
    }

    mutating func meta(
        _ namespace: String,
        _ name: String,
        _ pairs: [(String, String)] = [],
        owner: Owner? = nil
    ) -> ObjectMeta {
        let space = state.interner.intern(namespace)
        return ObjectMeta(
            uid: uid(),
            namespace: space,
            name: state.interner.intern(name),
            labels: labels(space, pairs),
            owner: owner.map { state.interner.intern($0) } ?? .none,
            created: Seconds(value: 1_795_000_000),
            generation: 1
        )
    }

    private func selector(_ app: String) -> LabelSelector {
        var interner = state.interner
        return LabelSelector(requirements: [
            LabelRequirement(
                key: interner.intern("app.kubernetes.io/name"),
                op: .in,
                values: [interner.intern(app)]
            )
        ])
    }

    /// Adds everything.
    mutating func build() {
        for source in Source.allCases where source != .etcd && source != .apiserver {
            state.sources[source] = SourceStatus(state: .ok)
        }
        addNodes()
        for number in 0..<namespaces { state.namespaces.upsert(Namespace(meta: meta("", "team-\(number)"))) }
        for number in 0..<deployments { addDeployment(number) }
        for number in 0..<statefulSets { addStatefulSet(number) }
        for number in 0..<budgets { addBudget(number) }
        for number in 0..<services { addService(number) }
        addSurroundings()
    }

    private mutating func addNodes() {
        for number in 0..<nodes {
            var node = Node(
                meta: meta(
                    "",
                    "node-\(number)",
                    [
                        ("kubernetes.io/hostname", "node-\(number)"),
                        ("topology.kubernetes.io/region", "region-1"),
                        ("topology.kubernetes.io/zone", "zone-\(number % 3)"),
                    ]
                )
            )
            node.readLabels(state.interner)
            node.ready = .isTrue
            node.readySince = Seconds(value: 1_795_000_000)
            node.allocatable = Resources(milliCPU: 32_000, memoryBytes: 128 << 30)
            node.allocatablePods = 110
            node.kubeletVersion = state.interner.intern("v1.36.2")
            state.nodes.upsert(node)
        }
    }

    private mutating func template(_ space: StringID, _ app: String) -> TemplateID {
        state.interner.intern(PodTemplate(labels: labels(space, [("app.kubernetes.io/name", app)])))
    }

    private mutating func addPod(
        _ namespace: String,
        _ name: String,
        _ owner: Owner,
        _ labels: LabelsID,
        _ node: Int,
        claim: StringID? = nil
    ) {
        var pod = Pod(uid: uid())
        pod.owner = state.interner.intern(owner)
        pod.labels = labels
        pod.node = state.interner.intern("node-\(node % nodes)")
        let requests = state.interner.intern(Resources(milliCPU: 500, memoryBytes: 1 << 30))
        pod.setShape(requests: requests, &state.interner)
        pod.created = Seconds(value: 1_795_000_000)
        pod.readySince = Seconds(value: 1_795_000_030)
        pod.flags = [.running, .ready, .restartsAlways]
        if let claim { pod.claims = state.interner.intern([claim.value], as: StringsID.self) }
        var text = name
        text.withUTF8 { pod.setName($0, &state.interner) }
        state.pods.upsert(pod)
    }

    private func workloadLabels(_ app: String, _ number: Int) -> [(String, String)] {
        [
            ("app.kubernetes.io/name", app), ("app.kubernetes.io/component", "server"),
            ("app.kubernetes.io/part-of", "suite-\(number / namespaces / workloadsPerApplication)"),
        ]
    }

    private mutating func addDeployment(_ number: Int) {
        let namespace = "team-\(number % namespaces)"
        let app = "service-\(number)"
        let space = state.interner.intern(namespace)
        var row = Deployment(meta: meta(namespace, app, workloadLabels(app, number)))
        row.replicas = Int32(podsPerWorkload)
        row.statusReplicas = row.replicas
        row.updatedReplicas = row.replicas
        row.readyReplicas = row.replicas
        row.availableReplicas = row.replicas
        row.observedGeneration = 1
        row.template = template(space, app)
        state.deployments.upsert(row)
        let owner = Owner(kind: state.interner.intern("Deployment"), name: row.meta.name, uid: row.uid)
        for revision in 0...oldReplicaSets {
            let hash = String(UInt32(truncatingIfNeeded: number &* 31 &+ revision &* 7_919), radix: 36)
            let labelPairs = [("app.kubernetes.io/name", app), ("pod-template-hash", hash)]
            var set = ReplicaSet(meta: meta(namespace, "\(app)-\(hash)", labelPairs, owner: owner))
            set.replicas = revision == oldReplicaSets ? row.replicas : 0
            state.replicaSets.upsert(set)
            guard revision == oldReplicaSets else { continue }
            let setOwner = Owner(kind: state.interner.intern("ReplicaSet"), name: set.meta.name, uid: set.uid)
            for pod in 0..<podsPerWorkload {
                let suffix = String(UInt32(truncatingIfNeeded: number &* 131 &+ pod &* 104_729), radix: 36).suffix(5)
                addPod(namespace, "\(app)-\(hash)-\(suffix)", setOwner, set.meta.labels, number &* 7 &+ pod)
            }
        }
    }

    private mutating func addStatefulSet(_ number: Int) {
        let namespace = "team-\(number % namespaces)"
        let app = "store-\(number)"
        let space = state.interner.intern(namespace)
        var row = StatefulSet(meta: meta(namespace, app, workloadLabels(app, number)))
        row.replicas = Int32(podsPerWorkload)
        row.readyReplicas = row.replicas
        row.availableReplicas = row.replicas
        row.updatedReplicas = row.replicas
        row.observedGeneration = 1
        row.currentRevision = state.interner.intern("\(app)-84f6b58d8c")
        row.updateRevision = row.currentRevision
        row.template = template(space, app)
        state.statefulSets.upsert(row)
        let owner = Owner(kind: state.interner.intern("StatefulSet"), name: row.meta.name, uid: row.uid)
        for pod in 0..<podsPerWorkload {
            // What Kubernetes puts on each pod of a StatefulSet: a label set of its own.
            let own = labels(
                space,
                [
                    ("app.kubernetes.io/name", app), ("apps.kubernetes.io/pod-index", "\(pod)"),
                    ("controller-revision-hash", "\(app)-84f6b58d8c"),
                    ("statefulset.kubernetes.io/pod-name", "\(app)-\(pod)"),
                ]
            )
            let node = number &* 11 &+ pod
            let claim =
                pod < claimsPerStatefulSet ? addClaim(namespace, "data-\(app)-\(pod)", node: node) : nil
            addPod(namespace, "\(app)-\(pod)", owner, own, node, claim: claim)
        }
    }

    private mutating func addBudget(_ number: Int) {
        let app = number < deployments ? "service-\(number)" : "store-\(number - deployments)"
        var row = PodDisruptionBudget(meta: meta("team-\(number % namespaces)", app))
        row.selector = selector(app)
        row.maxUnavailable = .number(1)
        row.observedGeneration = 1
        row.disruptionsAllowed = 1
        row.currentHealthy = Int32(podsPerWorkload)
        row.desiredHealthy = row.currentHealthy - 1
        row.expectedPods = row.currentHealthy
        state.podDisruptionBudgets.upsert(row)
    }

    private mutating func addService(_ number: Int) {
        let namespace = "team-\(number % namespaces)"
        var row = Service(meta: meta(namespace, "service-\(number)"))
        row.selector = selector("service-\(number)")
        state.services.upsert(row)
        var slice = EndpointSlice(
            meta: meta(namespace, "service-\(number)-x", [("kubernetes.io/service-name", "service-\(number)")])
        )
        slice.service = row.meta.name
        slice.endpoints = (0..<endpointsPerService)
            .map { endpoint in
                let node = (number &* 7 &+ endpoint) % nodes
                return Endpoint(
                    target: uid(),
                    node: state.interner.intern("node-\(node)"),
                    zone: state.interner.intern("zone-\(node % 3)")
                )
            }
        state.endpointSlices.upsert(slice)
    }
}
