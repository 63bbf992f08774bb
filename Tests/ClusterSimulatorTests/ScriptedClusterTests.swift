import ClusterSimulator
import Testing

/// Whether the scripted cluster is what a healthy, well-run one is.
struct ScriptedClusterTests {
    private func messages(_ cluster: SimulatedCluster, _ resource: SimulatedResource) throws -> [ProtobufMessage] {
        try cluster.objects(resource).map { try ProtobufMessage(parsing: $0.bytes) }
    }

    private func isReady(_ pod: ProtobufMessage) -> Bool {
        pod.message(3)?.messages(2).contains { $0.string(1) == "Ready" && $0.string(2) == "True" } == true
    }

    @Test(arguments: [(9, 80), (9, 81), (9, 82), (40, 1000), (4, 0)])
    func hasWhatWasPlanned(_ nodes: Int, _ pods: Int) throws {
        let cluster = try makeCluster(nodes: nodes, pods: pods, podBytes: 0)
        #expect(cluster.objects(.nodes).count == nodes)
        // Static pods, the agent on each node, three for DNS and three for the ingress controller.
        #expect(cluster.objects(.pods).count == max(pods, 12 + nodes + 6))
    }

    @Test func everyObjectHasItsOwnName() throws {
        let cluster = try makeCluster(nodes: 40, pods: 1000, podBytes: 0)
        var uids: Set<String> = []
        for (resource, objects) in cluster.contents() {
            var names: Set<String> = []
            for object in objects {
                #expect(!object.uid.isEmpty)
                #expect(names.insert("\(object.namespace)/\(object.name)").inserted)
                #expect(uids.insert(object.uid).inserted, "\(resource) \(object.name)")
                #expect(object.namespace.isEmpty == !resource.isNamespaced)
            }
        }
        let namespaces = Set(cluster.objects(.namespaces).map(\.name))
        #expect(
            cluster.contents().values.joined().allSatisfy { $0.namespace.isEmpty || namespaces.contains($0.namespace) }
        )
        let addresses = try messages(cluster, .pods).filter { $0.string(1, 13, 1) != "Node" }.map { $0.string(3, 6) }
        #expect(Set(addresses).count == addresses.count)
    }

    @Test func podsRunWhereTheirOwnersWantThem() throws {
        let cluster = try makeCluster(nodes: 40, pods: 1000, podBytes: 0)
        var owners: [String: ProtobufMessage] = [:]
        for resource in [SimulatedResource.replicaSets, .statefulSets, .daemonSets, .nodes] {
            for message in try messages(cluster, resource) { owners[message.string(1, 5) ?? ""] = message }
        }
        let zones = Dictionary(
            uniqueKeysWithValues: try messages(cluster, .nodes)
                .map { node in
                    (
                        node.string(1, 1) ?? "",
                        node.message(1)?.entries(11).first { $0.key == "topology.kubernetes.io/zone" }?.value
                    )
                }
        )
        var byOwner: [String: [String]] = [:]
        for pod in try messages(cluster, .pods) {
            #expect(isReady(pod))
            #expect(pod.string(3, 1) == "Running")
            let zone = try #require(zones[pod.string(2, 10) ?? ""])
            let label = pod.message(1)?.entries(11).first { $0.key == "topology.kubernetes.io/zone" }?.value
            #expect(label == zone)
            let owner = try #require(pod.string(1, 13, 4))
            #expect(owners[owner]?.string(1, 1) == pod.string(1, 13, 3))
            byOwner[owner, default: []].append(zone ?? "")
        }
        for set in try messages(cluster, .replicaSets) {
            let placed = byOwner[set.string(1, 5) ?? ""] ?? []
            #expect(Int64(placed.count) == set.integer(2, 1))
            for field in [1, 2, 4, 5] { #expect(set.integer(3, field) == Int64(placed.count)) }
            let counts = ["zone-a", "zone-b", "zone-c"].map { zone in placed.count { $0 == zone } }
            #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
        }
        for deployment in try messages(cluster, .deployments) {
            for field in [2, 3, 4, 7] { #expect(deployment.integer(3, field) == deployment.integer(2, 1)) }
        }
        for set in try messages(cluster, .daemonSets) {
            for field in [1, 3, 4, 6, 7] { #expect(set.integer(3, field) == 40) }
        }
    }

    @Test func servicesReachTheirPods() throws {
        let cluster = try makeCluster(nodes: 20, pods: 400, podBytes: 0)
        let pods = try messages(cluster, .pods)
        let slices = try messages(cluster, .endpointSlices)
        for service in try messages(cluster, .services) where service.string(1, 1) != "kubernetes" {
            let namespace = service.string(1, 3)
            let selector = try #require(service.message(2)?.entries(2).first)
            let selected = pods.filter { pod in
                pod.string(1, 3) == namespace
                    && pod.message(1)?.entries(11).contains { $0 == selector } == true
            }
            let own = slices.filter { slice in
                slice.string(1, 3) == namespace
                    && slice.message(1)?.entries(11)
                        .contains {
                            $0 == ("kubernetes.io/service-name", service.string(1, 1) ?? "")
                        } == true
            }
            let endpoints = own.flatMap { $0.messages(2) }
            #expect(!selected.isEmpty)
            #expect(Set(endpoints.map { $0.string(4, 4) }) == Set(selected.map { $0.string(1, 5) }))
            #expect(endpoints.allSatisfy { $0.integer(2, 1) == 1 && $0.integer(2, 3) == 0 })
        }
        for budget in try messages(cluster, .podDisruptionBudgets) {
            #expect(budget.integer(3, 3) == 1)
            #expect(budget.integer(3, 4) == budget.integer(3, 6))
            #expect(budget.string(3, 7, 2) == "True")
        }
    }

    @Test func volumesAreBoundInThePodsZone() throws {
        let cluster = try makeCluster(nodes: 20, pods: 400, podBytes: 0)
        let pods = try messages(cluster, .pods)
        let volumes = try messages(cluster, .persistentVolumes)
        let claims = try messages(cluster, .persistentVolumeClaims)
        #expect(claims.count == volumes.count)
        #expect(claims.count >= 3)
        for claim in claims {
            let volume = try #require(volumes.first { $0.string(1, 1) == claim.string(2, 3) })
            #expect(volume.string(2, 4, 4) == claim.string(1, 5))
            #expect(claim.string(3, 1) == "Bound")
            let pod = try #require(
                pods.first { pod in
                    pod.message(2)?.messages(1).contains { $0.string(2, 10, 1) == claim.string(1, 1) } == true
                }
            )
            let zone = pod.message(1)?.entries(11).first { $0.key == "topology.kubernetes.io/zone" }?.value
            #expect(volume.string(2, 9, 1, 1, 1, 3) == zone)
        }
    }

    @Test func leasesAreRenewedAsTimePasses() throws {
        let cluster = try makeCluster(podBytes: 0)
        #expect(cluster.objects(.leases).count == 9 + 3 + 2)
        for _ in 0..<20 {
            cluster.advance(by: .seconds(13))
            for lease in try messages(cluster, .leases) {
                let age = cluster.wallTime - (lease.integer(2, 4, 1) ?? 0)
                let isLeader = lease.string(1, 1)?.hasPrefix("kube-") == true
                #expect(age <= (isLeader ? 2 : 10))
            }
        }
    }

    @Test func fillerFillsPodsUp() throws {
        let sizes = try makeCluster(podBytes: 4800).objects(.pods).map(\.bytes.count)
        #expect(sizes.allSatisfy { (4700...4800).contains($0) })
        let bare = try makeCluster(podBytes: 0).objects(.pods).map(\.bytes.count)
        #expect((bare.max() ?? 0) < 4000)
    }

    @Test func keepsManagedFieldsAndWhatItDoesNotKnow() throws {
        for pod in try messages(makeCluster(), .pods) {
            #expect(pod.message(1)?.messages(17).isEmpty == false)
            #expect(pod.message(2)?.messages(1).contains { $0.message(2, 26) != nil } == true)
        }
    }

    @Test func replacedPodsComeUpInSteps() throws {
        let cluster = try makeCluster(podBytes: 0)
        cluster.churn(10)
        let fresh = try messages(cluster, .pods).filter { $0.string(3, 1) == "Pending" }
        #expect(!fresh.isEmpty)
        #expect(fresh.allSatisfy { $0.string(2, 10) == "" && $0.message(3)?.messages(2).isEmpty == true })
        cluster.advance(by: .seconds(10))
        #expect(try messages(cluster, .pods).allSatisfy { isReady($0) && $0.message(1, 9) == nil })
        #expect(cluster.objects(.pods).count == 80)
    }
}

struct RolloutTests {
    @Test func replacesEveryPodAndNeverFallsShort() throws {
        let cluster = try makeCluster(podBytes: 0)
        func message(_ resource: SimulatedResource, _ name: String) throws -> ProtobufMessage {
            let object = try #require(cluster.objects(resource).last { $0.name.hasPrefix(name) })
            return try ProtobufMessage(parsing: object.bytes)
        }
        let before = Set(cluster.objects(.pods).filter { $0.namespace == "edge" }.map(\.uid))
        try cluster.rollOut(namespace: "edge", deployment: "ingress-nginx")
        #expect(try message(.deployments, "ingress-nginx").integer(1, 7) == 2)
        #expect(try message(.deployments, "ingress-nginx").integer(3, 3) == 0)
        var updated: [Int64] = []
        for _ in 0..<40 {
            cluster.advance(by: .seconds(1))
            let deployment = try message(.deployments, "ingress-nginx")
            #expect((deployment.integer(3, 4) ?? 0) >= 3)
            updated.append(deployment.integer(3, 3) ?? 0)
        }
        #expect(updated == updated.sorted())
        #expect(updated.last == 3)
        let pods = cluster.objects(.pods).filter { $0.namespace == "edge" }
        #expect(pods.count == 3)
        #expect(before.isDisjoint(with: pods.map(\.uid)))
        let sets = try cluster.objects(.replicaSets).filter { $0.namespace == "edge" }
            .map {
                try ProtobufMessage(parsing: $0.bytes)
            }
        #expect(sets.map { $0.integer(2, 1) }.sorted { ($0 ?? 0) < ($1 ?? 0) } == [0, 3])
        #expect(sets.map { $0.integer(3, 1) }.sorted { ($0 ?? 0) < ($1 ?? 0) } == [0, 3])
        #expect(throws: SimulatedFaultError.self) { try cluster.rollOut(namespace: "edge", deployment: "nobody") }
    }
}

struct DeterminismTests {
    private func course(seed: UInt64, steps: [Int]) throws -> [SimulatedResource: [SimulatedObject]] {
        let cluster = try makeCluster(seed: seed)
        cluster.setChurn(perSecond: 4)
        try cluster.inject(.nodeLost("worker-00003"))
        for step in steps { cluster.advance(by: .milliseconds(step)) }
        return cluster.contents()
    }

    @Test func theSameSeedGivesTheSameBytes() throws {
        let first = try course(seed: 7, steps: [60_000])
        #expect(try course(seed: 7, steps: [60_000]) == first)
        // Requests and the length of the steps change nothing.
        #expect(try course(seed: 7, steps: [50, 170, 29_780, 1, 29_999]) == first)
        #expect(try course(seed: 8, steps: [60_000])[.pods] != first[.pods])
    }

    @Test func requestsDoNotChangeTheCourse() async throws {
        let asked = try makeCluster()
        let left = try makeCluster()
        for _ in 0..<5 {
            _ = try await asked.get("/api/v1/pods?limit=10")
            _ = await asked.open("/api/v1/pods?watch=1&resourceVersion=\(asked.resourceVersion)")
            for cluster in [asked, left] {
                cluster.churn(3)
                cluster.advance(by: .seconds(7))
            }
        }
        #expect(asked.contents() == left.contents())
    }
}
