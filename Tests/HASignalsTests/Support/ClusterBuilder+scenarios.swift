import ClusterState

extension ClusterBuilder {
    /// A healthy, well-run cluster: three zones, everything in three, spread, with budgets and heartbeats; seen twice,
    /// 15 s apart, with every lease renewed in between.
    static func wellRun() -> ClusterBuilder {
        var cluster = ClusterBuilder()
        cluster.state.version = ServerVersion(major: "1", minor: "34", gitVersion: "v1.34.1")
        for namespace in ["default", "kube-system", "shop", "data"] {
            cluster.state.namespaces.upsert(Namespace(meta: cluster.meta("Namespace", "", namespace)))
        }
        cluster.addWellRunNodes()
        cluster.addWellRunControlPlane()
        cluster.addWellRunWorkloads()
        cluster.renewLeases(ago: 3)
        cluster.observe(uptime: 0)
        cluster.now.seconds += 15
        cluster.renewLeases(ago: 2)
        cluster.observe(uptime: 15)
        return cluster
    }

    private mutating func addWellRunNodes() {
        for (number, zone) in ["a", "b", "c"].enumerated() {
            let version = id("v1.34.1")
            node(
                "cp-\(zone)",
                zone: zone,
                region: "r",
                role: .controlPlane,
                ready: .isTrue,
                taints: [Self.controlPlaneTaint],
                addresses: ["10.0.0.\(number + 1)"]
            ) { $0.kubeletVersion = version }
            for name in ["w-\(zone)1", "w-\(zone)2"] {
                node(name, zone: zone, region: "r", ready: .isTrue) {
                    $0.kubeletVersion = version
                    $0.memoryPressure = .isFalse
                    $0.diskPressure = .isFalse
                    $0.pidPressure = .isFalse
                }
            }
        }
    }

    private mutating func addWellRunControlPlane() {
        servingMasters()
        for number in 1...3 {
            apiServer("10.0.0.\(number):6443", certificateHours: 24 * 300) {
                $0.seconds = 0.01
                $0.version = "v1.34.1"
            }
        }
        let expiry = Timestamp(seconds: now.seconds + 300 * 86_400)
        etcd(
            ["a", "b", "c"].enumerated()
                .map { number, zone in
                    .up(UInt64(number + 1), "cp-\(zone)") {
                        $0.version = "3.6.1"
                        $0.raftIndex = 90_000
                        $0.raftAppliedIndex = 90_000
                        $0.databaseBytes = 100e6
                        $0.databaseInUseBytes = 60e6
                        $0.databaseQuotaBytes = 2e9
                        $0.toldAlarms = true
                        $0.seconds = 0.01
                        $0.certificateExpiry = expiry
                    }
                }
        )
        for node in ["cp-a", "cp-b", "cp-c"] {
            for component in ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"] {
                staticPod(component, on: node)
            }
        }
        service("default", "kubernetes")
    }

    private mutating func addWellRunWorkloads() {
        let nodes = ["cp-a", "cp-b", "cp-c", "w-a1", "w-a2", "w-b1", "w-b2", "w-c1", "w-c2"]
        let everywhere = PodShape(tolerations: [""])
        let proxyTemplate = template("kube-system", everywhere.named("kube-proxy"))
        let proxy = daemonSet("kube-system", "kube-proxy", nodes: 9) { $0.template = proxyTemplate }
        pods(of: proxy, on: nodes, milliCPU: 100)
        revision(1, of: proxy, hash: "1")
        for (namespace, name, serviceName) in [("kube-system", "coredns", "kube-dns"), ("shop", "web", "web")] {
            let shape = PodShape(spread: [PodShape.Spread()])
            let workload = deployment(namespace, name, replicas: 3, shape: shape)
            pods(of: workload, on: ["w-a1", "w-b1", "w-c1"], shape: shape, milliCPU: 500)
            protect(workload, replicas: 3)
            publish(workload, as: serviceName, on: ["w-a1", "w-b1", "w-c1"])
        }
        let shape = PodShape(spread: [PodShape.Spread()])
        let database = statefulSet("data", "postgres", replicas: 3, shape: shape)
        for zone in ["a", "b", "c"] { boundClaim("data", "postgres-\(zone)", zones: [zone]) }
        pods(
            of: database,
            on: ["w-a2", "w-b2", "w-c2"],
            shape: shape,
            milliCPU: 1_000,
            claims: ["postgres-a", "postgres-b", "postgres-c"]
        )
        protect(database, replicas: 3)
        publish(database, as: "postgres", on: ["w-a2", "w-b2", "w-c2"])
    }

    mutating func protect(_ workload: Controller, replicas: Int32) {
        budget(
            workload.namespace,
            workload.name,
            selecting: workload.labels,
            maxUnavailable: .number(1),
            expected: replicas,
            desired: replicas - 1,
            allowed: 1
        )
    }

    mutating func publish(_ workload: Controller, as name: String, on nodes: [String]) {
        service(workload.namespace, name, selector: workload.labels)
        var endpoints: [Endpoint] = []
        for (number, node) in nodes.enumerated() {
            endpoints.append(
                Endpoint(
                    target: Self.podUID(workload.namespace, "\(workload.name)-\(number)"),
                    node: id(node)
                )
            )
        }
        slice(workload.namespace, name, endpoints)
    }

    private mutating func renewLeases(ago seconds: Double) {
        for name in ["kube-controller-manager", "kube-scheduler"] { lease(name, renewedAgo: seconds) }
        for (number, zone) in ["a", "b", "c"].enumerated() {
            identity(
                "apiserver-\(zone)",
                renewedAgo: seconds,
                address: "10.0.0.\(number + 1):6443",
                host: "cp-\(zone)"
            )
            for node in ["cp-\(zone)", "w-\(zone)1", "w-\(zone)2"] { nodeLease(node, renewedAgo: seconds) }
        }
        listNodeLeases()
    }

    /// A small cluster as people start with: k3s-like masters without zones or taints, etcd that is not seen, and
    /// workloads that nobody took care of. Seen once.
    static func noZones() -> ClusterBuilder {
        var cluster = ClusterBuilder()
        cluster.state.version = ServerVersion(major: "1", minor: "32", gitVersion: "v1.32.3+k3s1")
        cluster.state.sources[.etcd]?.state = .disabled
        for number in 1...3 {
            cluster.node(
                "server-\(number)",
                labels: ["node-role.kubernetes.io/master": "true"]
            ) {
                $0.allocatable = Resources(milliCPU: 2_000, memoryBytes: 4 << 30)
            }
            cluster.apiServer("10.0.0.\(number):6443")
        }
        cluster.node("server-3", labels: ["node-role.kubernetes.io/master": "true"]) { $0.ready = .unknown }
        cluster.apiServer("10.0.0.3:6443", isReachable: false)
        cluster.apiServerAddresses("10.0.0.1", "10.0.0.2")
        let web = cluster.deployment("shop", "web", replicas: 3) { $0.availableReplicas = 2 }
        cluster.pods(of: web, on: ["server-1", "server-1", "server-3"], milliCPU: 1_000)
        cluster.service("shop", "web", selector: ["app": "web"])
        cluster.slice(
            "shop",
            "web",
            ["server-1", "server-1"].map { cluster.endpoint(on: $0) }
        )
        cluster.statefulSet("shop", "db", replicas: 1)
        cluster.pods(of: cluster.controller("StatefulSet", "shop", "db"), on: ["server-2"], milliCPU: 500)
        cluster.budget("db", minAvailable: .number(1), expected: 1, desired: 1)
        cluster.pod("shop", "debug", on: "server-2")
        return cluster
    }
}
