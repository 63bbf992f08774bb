extension ScriptedCluster {
    /// Digits with leading zeros.
    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    mutating func buildNodes() throws(RecordedTemplatesError) {
        workers = Array(repeating: [], count: plan.zones)
        nextWorker = Array(repeating: 0, count: plan.zones)
        for index in 0..<plan.masters {
            nodes.append(
                NodeRecord(
                    name: "cp-\(index + 1)",
                    uid: random.uid(),
                    zone: index % plan.zones,
                    master: index,
                    address: plan.masterAddress(index)
                )
            )
        }
        for index in 0..<(plan.nodes - plan.masters) {
            let zone = index % plan.zones
            workers[zone].append(nodes.count)
            nodes.append(
                NodeRecord(
                    name: "worker-\(Self.padded(index + 1, 5))",
                    uid: random.uid(),
                    zone: zone,
                    master: nil,
                    address: "172.\(20 + index / 65_536).\(index / 256 % 256).\(index % 256)"
                )
            )
        }
        for node in nodes {
            store.load(.nodes, try factory.node(node))
            store.load(
                .leases,
                try factory.lease(
                    like: "worker-00001",
                    namespace: "kube-node-lease",
                    name: node.name,
                    holder: node.name,
                    uid: random.uid()
                )
            )
        }
    }

    /// What every cluster has: static pods, the agent on each node, DNS, the ingress controller.
    mutating func buildSystem() throws(RecordedTemplatesError) {
        for component in ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] {
            let workload = WorkloadRecord(
                kind: .staticPods,
                namespace: "kube-system",
                name: component,
                uid: "",
                replicas: plan.masters,
                hash: random.nameSuffix(length: 32)
            )
            try add(workload, like: "\(component)-cp-1", nodes: Array(0..<plan.masters))
        }
        let agent = WorkloadRecord(
            kind: .daemonSet,
            namespace: "kube-system",
            name: "agent",
            uid: random.uid(),
            replicas: nodes.count,
            hash: random.nameSuffix(length: 10)
        )
        store.load(.daemonSets, try factory.daemonSet(agent))
        store.load(.controllerRevisions, try factory.controllerRevision(agent, like: "agent", uid: random.uid()))
        try add(agent, like: "agent-", nodes: Array(nodes.indices))
        let replicas = max(2, plan.zones)
        try addDeployment("kube-system", "coredns", replicas: replicas, like: "coredns", service: "kube-dns")
        store.load(.namespaces, try factory.namespace("edge", uid: random.uid()))
        try addDeployment("edge", "ingress-nginx", replicas: replicas, like: "web", service: "ingress-nginx")
    }

    /// Namespaces of twenty workloads each, until the planned number of pods is reached.
    mutating func buildApplications() throws(RecordedTemplatesError) {
        var rest = plan.pods - pods.count
        // Large clusters get large workloads, so that the number of Services stays that of a real one.
        let sizes =
            switch plan.pods {
            case ..<2000: [2, 3, 3, 3, 4, 6, 6, 9]
            case ..<50_000: [2, 3, 3, 3, 4, 6, 6, 9, 12, 24, 60]
            default: [3, 6, 12, 24, 30, 48, 60, 90]
            }
        var number = 0
        while rest > 0 {
            let namespace = "team-\(Self.padded(number / 20 + 1, 3))"
            if number % 20 == 0 {
                store.load(.namespaces, try factory.namespace(namespace, uid: random.uid()))
                store.load(
                    .networkPolicies,
                    try factory.object(
                        .networkPolicies,
                        like: "default-deny",
                        namespace: namespace,
                        name: "default-deny",
                        uid: random.uid()
                    )
                )
            }
            var replicas = sizes[random.below(sizes.count)]
            if rest - replicas < 2 { replicas = rest }
            if number % 8 == 5, rest >= 5 {
                replicas = 3
                try addStatefulSet(namespace, "db-\(Self.padded(number, 4))", replicas: replicas)
            } else {
                try addDeployment(
                    namespace,
                    "app-\(Self.padded(number, 4))",
                    replicas: replicas,
                    like: "web",
                    service: "app-\(Self.padded(number, 4))"
                )
            }
            rest -= replicas
            number += 1
        }
    }

    /// A Deployment with its Service, its pods on the nodes given, else spread over zones.
    mutating func addDeployment(
        _ namespace: String,
        _ name: String,
        replicas: Int,
        like template: String,
        service: String,
        labels: [String: String] = [:],
        hasBudget: Bool = true,
        nodes: [Int]? = nil
    ) throws(RecordedTemplatesError) {
        var workload = WorkloadRecord(
            kind: .deployment,
            namespace: namespace,
            name: name,
            uid: random.uid(),
            replicas: replicas
        )
        workload.labels = labels
        workload.hasBudget = hasBudget
        workload.hash = random.nameSuffix(length: 10)
        workload.replicaSetUID = random.uid()
        store.load(.deployments, try factory.deployment(workload, like: template))
        store.load(.replicaSets, try factory.replicaSet(workload, like: template))
        try addService(&workload, named: service, like: template == "coredns" ? "kube-dns" : "web", isHeadless: false)
        try add(workload, like: template + "-", nodes: nodes ?? placement(replicas))
    }

    /// A StatefulSet with its headless Service, likewise, and for each pod a claim bound to a volume of its zone.
    mutating func addStatefulSet(
        _ namespace: String,
        _ name: String,
        replicas: Int,
        labels: [String: String] = [:],
        hasBudget: Bool = true,
        nodes given: [Int]? = nil
    ) throws(RecordedTemplatesError) {
        var workload = WorkloadRecord(
            kind: .statefulSet,
            namespace: namespace,
            name: name,
            uid: random.uid(),
            replicas: replicas
        )
        workload.labels = labels
        workload.hasBudget = hasBudget
        workload.hash = random.nameSuffix(length: 10)
        workload.service = name
        store.load(.statefulSets, try factory.statefulSet(workload))
        store.load(
            .controllerRevisions,
            try factory.controllerRevision(workload, like: "postgres", uid: random.uid())
        )
        try addService(&workload, named: name, like: "postgres", isHeadless: true)
        let places = given ?? placement(replicas)
        for (ordinal, place) in places.enumerated() {
            let claim = "data-\(name)-\(ordinal)"
            let claimUID = random.uid()
            let volume = "pvc-\(claimUID)"
            store.load(
                .persistentVolumeClaims,
                try factory.claim(claim, workload: workload, volume: volume, uid: claimUID)
            )
            store.load(
                .persistentVolumes,
                try factory.volume(
                    volume,
                    claim: (namespace, claim, claimUID),
                    zone: nodes[place].zone,
                    uid: random.uid()
                )
            )
        }
        try add(workload, like: "postgres-0", nodes: places)
    }

    private mutating func addService(
        _ workload: inout WorkloadRecord,
        named service: String,
        like template: String,
        isHeadless: Bool
    ) throws(RecordedTemplatesError) {
        workload.service = service
        workload.endpointSlice = "\(service)-\(random.nameSuffix())"
        let uid = random.uid()
        let number = workloads.count
        let address = isHeadless ? "None" : "10.\(96 + number / 65_536).\(number / 256 % 256).\(number % 256)"
        store.load(.services, try factory.service(workload, like: template, clusterIP: address, uid: uid))
        store.load(.endpointSlices, try factory.endpointSlice(workload, serviceUID: uid, uid: random.uid()))
        if workload.hasBudget {
            store.load(.podDisruptionBudgets, try factory.disruptionBudget(workload, uid: random.uid()))
        }
    }

    /// Workers for a workload's pods, zone by zone in turn.
    private mutating func placement(_ count: Int) -> [Int] {
        let first = random.below(plan.zones)
        return (0..<count).map { index in nextNode(inZone: (first + index) % plan.zones) }
    }

    /// The next worker of a zone, or of any where it has none.
    mutating func nextNode(inZone zone: Int) -> Int {
        let candidates = workers[zone].isEmpty ? workers.flatMap { $0 } : workers[zone]
        defer { nextWorker[zone] += 1 }
        return candidates[nextWorker[zone] % candidates.count]
    }

    private mutating func add(
        _ workload: WorkloadRecord,
        like template: String,
        nodes places: [Int]
    ) throws(RecordedTemplatesError) {
        var workload = workload
        workload.podTemplate = try factory.podTemplate(workload, like: template)
        for (ordinal, place) in places.enumerated() {
            workload.pods.append(pods.count)
            nodes[place].pods.insert(pods.count)
            pods.append(
                PodRecord(
                    namespace: workload.namespace,
                    name: podName(workload, ordinal: ordinal, node: place),
                    uid: random.uid(),
                    workload: workloads.count,
                    node: place,
                    zone: nodes[place].zone,
                    ordinal: ordinal,
                    address: workload.kind == .staticPods ? nodes[place].address : takeAddress(),
                    created: factory.created,
                    isReady: true
                )
            )
        }
        workloads.append(workload)
    }

    /// A pod's name as its controller makes it.
    mutating func podName(_ workload: WorkloadRecord, ordinal: Int, node: Int) -> String {
        switch workload.kind {
        case .deployment: "\(workload.replicaSet)-\(random.nameSuffix())"
        case .statefulSet: "\(workload.name)-\(ordinal)"
        case .daemonSet: "\(workload.name)-\(random.nameSuffix())"
        case .staticPods: "\(workload.name)-\(nodes[node].name)"
        }
    }

}
