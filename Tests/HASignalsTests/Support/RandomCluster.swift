import ClusterState

@testable import HASignals

/// A cluster of a few nodes on which everything that matters to a drain happens by chance, the same for the same seed.
struct RandomCluster {
    private(set) var cluster = ClusterBuilder()
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        addNodes()
        addVolumes()
        for number in 0..<14 { addWorkload(number) }
        for number in 0..<3 { addBudget(number) }
        addSinglePods()
    }

    /// A number from 0 up to the limit (xorshift64*).
    private mutating func random(_ limit: Int) -> Int {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return Int((state &* 0x2545_f491_4f6c_dd1d) >> 33) % limit
    }

    private mutating func chance(_ percent: Int) -> Bool { random(100) < percent }

    private mutating func addNodes() {
        for number in 0..<9 {
            let isTainted = chance(20)
            let isCordoned = chance(10)
            let ready: ConditionStatus = chance(85) ? .isTrue : chance(50) ? .isFalse : .unknown
            let cpu = Int64(random(4) + 1) * 1_000
            let pods = Int64(random(8) + 2)
            cluster.node(
                "n\(number)",
                zone: "z\(number % 3)",
                ready: ready,
                labels: ["pool": "p\(random(3))"],
                taints: isTainted ? ["dedicated"] : []
            ) {
                $0.isCordoned = isCordoned
                $0.allocatable = Resources(milliCPU: cpu, memoryBytes: cpu << 20)
                $0.allocatablePods = pods
            }
        }
    }

    private mutating func addVolumes() {
        for zone in 0..<3 {
            cluster.volume("zonal-\(zone)", affinity: [["topology.kubernetes.io/zone": ["z\(zone)"]]])
            cluster.claim("shop", "zonal-\(zone)", volume: "zonal-\(zone)")
        }
        cluster.volume("local", affinity: [["kubernetes.io/hostname": ["n0"]]])
        cluster.claim("shop", "local", volume: "local")
        cluster.claim("shop", "pending")
    }

    private mutating func shape() -> PodShape {
        var shape = PodShape()
        switch random(6) {
        case 0: shape.nodeSelector = ["pool": "p\(random(3))"]
        case 1: shape = .zones("z\(random(3))")
        case 2: shape.nodeSelector = ["kubernetes.io/hostname": "n\(random(9))"]
        default: break
        }
        if chance(30) { shape.tolerations = ["dedicated"] }
        return shape
    }

    private mutating func addWorkload(_ number: Int) {
        let name = "w\(number)"
        let shape = shape().named(name)
        let replicas = random(4)
        let isDaemon = chance(10)
        let controller =
            isDaemon
            ? cluster.daemonSet("shop", name, nodes: Int32(replicas))
            : chance(15)
                ? cluster.controller("Rollout", "shop", name)
                : cluster.statefulSet("shop", name, replicas: Int32(replicas), shape: shape)
        let isPlaceholder = chance(10)
        let requests = cluster.state.interner.intern(
            Resources(milliCPU: Int64(random(5)) * 300, memoryBytes: Int64(random(5)) * (300 << 20))
        )
        let placement = cluster.state.interner.intern(cluster.placement(shape))
        for pod in 0..<max(1, replicas) {
            let claim = chance(25) ? ["zonal-\(random(3))"] : chance(8) ? ["local"] : chance(10) ? ["pending"] : []
            let isUnready = chance(15)
            let isTerminating = chance(8)
            let isFinished = chance(8)
            cluster.pod(
                "shop",
                "\(name)-\(pod)",
                of: controller,
                on: chance(92) ? "n\(random(9))" : "",
                claims: claim,
                placement: isDaemon ? .none : placement,
                requests: requests
            ) {
                if isUnready { $0.flags.remove(.ready) }
                if isFinished { $0.flags = [.succeeded] }
                if isPlaceholder { $0.flags.insert(.placeholder) }
                if isTerminating { $0.deletion = Seconds(value: 1_795_271_000) }
            }
        }
    }

    private mutating func addBudget(_ number: Int) {
        let allowed = Int32(random(2))
        let isStale = chance(10)
        let evictsUnhealthy = chance(30)
        cluster.budget(
            "shop",
            "b\(number)",
            selecting: ["app": "w\(random(14))"],
            minAvailable: .number(1),
            expected: 2,
            desired: Int32(random(2)),
            allowed: allowed
        ) {
            if isStale { $0.observedGeneration = 0 }
            $0.evictsUnhealthyAlways = evictsUnhealthy
        }
    }

    private mutating func addSinglePods() {
        if chance(50) { cluster.pod("shop", "bare", on: "n\(random(9))") }
        if chance(50) { cluster.staticPod("etcd", on: "n\(random(9))") }
    }
}
