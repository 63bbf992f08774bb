import ClusterState

extension ClusterBuilder {
    mutating func namespace(_ name: String, ignore: String = "") {
        let labels = ["kubernetes.io/metadata.name": name]
        state.namespaces.upsert(Namespace(meta: meta("Namespace", "", name, labels: labels, ignore: ignore)))
    }

    /// A budget whose status is up to date. Without pairs to select by, its selector is missing.
    mutating func budget(
        _ namespace: String,
        _ name: String,
        selecting pairs: [String: String]?,
        minAvailable: IntOrPercent? = nil,
        maxUnavailable: IntOrPercent? = nil,
        expected: Int32 = 0,
        healthy: Int32? = nil,
        desired: Int32 = 0,
        allowed: Int32 = 0,
        ignore: String = "",
        _ change: (inout PodDisruptionBudget) -> Void = { _ in }
    ) {
        var row = PodDisruptionBudget(meta: meta("PodDisruptionBudget", namespace, name, ignore: ignore))
        row.selector = pairs.map { selector($0) }
        row.minAvailable = minAvailable
        row.maxUnavailable = maxUnavailable
        row.observedGeneration = 1
        row.expectedPods = expected
        row.currentHealthy = healthy ?? expected
        row.desiredHealthy = desired
        row.disruptionsAllowed = allowed
        change(&row)
        state.podDisruptionBudgets.upsert(row)
    }

    /// A budget in namespace `shop` over the pods of the workload of its name.
    mutating func budget(
        _ name: String,
        minAvailable: IntOrPercent? = nil,
        maxUnavailable: IntOrPercent? = nil,
        expected: Int32 = 0,
        healthy: Int32? = nil,
        desired: Int32 = 0,
        allowed: Int32 = 0,
        ignore: String = "",
        _ change: (inout PodDisruptionBudget) -> Void = { _ in }
    ) {
        budget(
            "shop",
            name,
            selecting: ["app": name],
            minAvailable: minAvailable,
            maxUnavailable: maxUnavailable,
            expected: expected,
            healthy: healthy,
            desired: desired,
            allowed: allowed,
            ignore: ignore,
            change
        )
    }

    /// A claim bound to a volume that nodes of those zones alone can attach.
    mutating func boundClaim(_ namespace: String, _ name: String, zones: [String]) {
        var volume = PersistentVolume(meta: meta("PersistentVolume", "", "pv-\(name)"))
        volume.phase = .bound
        volume.claim = UID("PersistentVolumeClaim/\(namespace)/\(name)")
        let values = zones.map { id($0) }
        volume.nodeAffinity = [
            NodeSelectorTerm(expressions: [
                LabelRequirement(key: id("topology.kubernetes.io/zone"), op: .in, values: values)
            ])
        ]
        state.persistentVolumes.upsert(volume)
        var claim = PersistentVolumeClaim(meta: meta("PersistentVolumeClaim", namespace, name))
        claim.phase = .bound
        claim.volume = id("pv-\(name)")
        state.persistentVolumeClaims.upsert(claim)
    }

    // MARK: Leases

    /// A lease that lasts 15 s; `renewedAgo` nil was never renewed, below 0 lies in the future.
    mutating func lease(
        _ name: String,
        in namespace: String = "kube-system",
        holder: String = "cp-a",
        renewedAgo: Double?,
        labels: [String: String] = [:],
        _ change: (inout Lease) -> Void = { _ in }
    ) {
        var row = Lease(meta: meta("Lease", namespace, name, labels: labels))
        row.spec.holder = id(holder)
        row.spec.durationSeconds = 15
        row.spec.renewed = renewedAgo.map { Timestamp(seconds: now.seconds - $0) }
        row.spec.transitions = 1
        change(&row)
        state.leases.upsert(row)
    }

    /// The identity lease of an API server.
    mutating func identity(
        _ name: String,
        in namespace: String = "kube-system",
        renewedAgo: Double?,
        address: String = "",
        host: String = ""
    ) {
        let advertised = id(address)
        lease(
            name,
            in: namespace,
            holder: name,
            renewedAgo: renewedAgo,
            labels: ["apiserver.kubernetes.io/identity": "kube-apiserver", "kubernetes.io/hostname": host]
        ) {
            $0.advertisedAddress = advertised
        }
    }

    static func leaseUID(_ name: String, in namespace: String = "kube-system") -> UID {
        UID("Lease/\(namespace)/\(name)")
    }

    /// The heartbeat of a node. That it was listed is said by ``listNodeLeases()``.
    mutating func nodeLease(_ node: String, renewedAgo: Double?) {
        var row = NodeLease(meta: meta("NodeLease", "kube-node-lease", node))
        row.spec.holder = id(node)
        row.spec.durationSeconds = 40
        row.spec.renewed = renewedAgo.map { Timestamp(seconds: now.seconds - $0) }
        state.nodeLeases.upsert(row)
    }

    static func nodeLeaseUID(_ node: String) -> UID { UID("NodeLease/kube-node-lease/\(node)") }

    /// A list of the node leases ended.
    mutating func listNodeLeases() {
        state.sources[.nodeleases]?.relists += 1
    }

    // MARK: Control plane

    /// The slice of default/kubernetes, in which the API servers publish their addresses.
    mutating func apiServerAddresses(_ addresses: String...) {
        var row = EndpointSlice(meta: meta("EndpointSlice", "default", "kubernetes"))
        row.service = id("kubernetes")
        row.endpoints = addresses.map { Endpoint(address: id($0)) }
        row.ports = [6_443]
        row.hasPorts = true
        state.endpointSlices.upsert(row)
    }

    /// A static pod of the control plane.
    mutating func staticPod(
        _ component: String,
        on node: String,
        requests: RequestsID = .none,
        annotation: String = "",
        _ change: (inout Pod) -> Void = { _ in }
    ) {
        pod(
            "kube-system",
            "\(component)-\(node)",
            of: controller("Node", "", node, labels: [:]),
            on: node,
            labels: ["component": component, "tier": "control-plane"],
            requests: requests,
            annotation: annotation
        ) {
            $0.flags.insert(.mirror)
            change(&$0)
        }
    }

    /// An API server that was asked, and by default serves.
    mutating func apiServer(
        _ name: String,
        isReachable: Bool = true,
        isReady: Bool = true,
        isEtcdReady: Bool? = true,
        certificateHours: Double? = nil,
        _ change: (inout APIServerProbe) -> Void = { _ in }
    ) {
        var probe = APIServerProbe(name: name)
        probe.isReachable = isReachable
        probe.isReady = isReachable && isReady
        probe.isEtcdReady = isReachable ? isEtcdReady : nil
        probe.certificateExpiry = certificateHours.map { Timestamp(seconds: now.seconds + $0 * 3_600) }
        change(&probe)
        probes.apiServers.removeAll { $0.name == name }
        probes.apiServers.append(probe)
    }

    /// An etcd cluster of these members; one of that name is replaced.
    mutating func etcd(_ members: [EtcdMemberProbe], name: String = "main") {
        var cluster = EtcdClusterProbe(name: name)
        cluster.members = members
        probes.etcdClusters.removeAll { $0.name == name }
        probes.etcdClusters.append(cluster)
    }

    /// Masters a, b and c each with a serving API server and a healthy member, that of a leading.
    mutating func servingMasters() {
        for number in 1...3 { apiServer("10.0.0.\(number):6443") }
        apiServerAddresses("10.0.0.1", "10.0.0.2", "10.0.0.3")
        etcd([.up(1, "cp-a"), .up(2, "cp-b"), .up(3, "cp-c")])
    }
}

extension EtcdMemberProbe {
    /// A healthy member that names member 1 as leader.
    static func up(
        _ id: UInt64,
        _ name: String,
        leader: UInt64? = 1,
        isLearner: Bool = false,
        urls: [String]? = nil,
        _ change: (inout EtcdMemberProbe) -> Void = { _ in }
    ) -> EtcdMemberProbe {
        var member = EtcdMemberProbe(
            id: id,
            name: name,
            isLearner: isLearner,
            clientURLs: urls ?? ["https://\(name):2379"]
        )
        member.isReachable = true
        member.isAlive = true
        member.isHealthy = true
        member.leader = leader
        change(&member)
        return member
    }

    /// A member that does not answer.
    static func silent(_ id: UInt64, _ name: String, isLearner: Bool = false, urls: [String]? = nil) -> EtcdMemberProbe
    {
        EtcdMemberProbe(id: id, name: name, isLearner: isLearner, clientURLs: urls ?? ["https://\(name):2379"])
    }
}
