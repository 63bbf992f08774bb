import ClusterState
import KubernetesWire
import Testing

/// Every recorded `.pb` decodes to what its `.json` twin says, over every field that is kept.
struct RecordingTests {
    static let recordings = ["three-zone-healthy", "three-zone-degraded", "reported-cases"]

    @Test(arguments: recordings)
    func namespaces(recording: String) throws {
        try Fixture.compare(recording, "core_v1_namespaces", Namespace.self, \.meta)
    }

    @Test(arguments: recordings)
    func nodes(recording: String) throws {
        try Fixture.compare(recording, "core_v1_nodes", Node.self, \.node)
    }

    @Test(arguments: recordings)
    func pods(recording: String) throws {
        try Fixture.compare(recording, "core_v1_pods", Pod.self, \.pod)
    }

    @Test(arguments: recordings)
    func replicationControllers(recording: String) throws {
        try Fixture.compare(
            recording,
            "core_v1_replicationcontrollers",
            ReplicationController.self,
            \.replicationController
        )
    }

    @Test(arguments: recordings)
    func deployments(recording: String) throws {
        try Fixture.compare(recording, "apps_v1_deployments", Deployment.self, \.deployment)
    }

    @Test(arguments: recordings)
    func replicaSets(recording: String) throws {
        try Fixture.compare(recording, "apps_v1_replicasets", ReplicaSet.self, \.replicaSet)
    }

    @Test(arguments: recordings)
    func statefulSets(recording: String) throws {
        try Fixture.compare(recording, "apps_v1_statefulsets", StatefulSet.self, \.statefulSet)
    }

    @Test(arguments: recordings)
    func daemonSets(recording: String) throws {
        try Fixture.compare(recording, "apps_v1_daemonsets", DaemonSet.self, \.daemonSet)
    }

    @Test(arguments: recordings)
    func controllerRevisions(recording: String) throws {
        try Fixture.compare(recording, "apps_v1_controllerrevisions", ControllerRevision.self, \.controllerRevision)
    }

    @Test(arguments: recordings)
    func podDisruptionBudgets(recording: String) throws {
        try Fixture.compare(
            recording,
            "policy_v1_poddisruptionbudgets",
            PodDisruptionBudget.self,
            \.podDisruptionBudget
        )
    }

    @Test(arguments: recordings)
    func services(recording: String) throws {
        try Fixture.compare(recording, "core_v1_services", Service.self, \.service)
    }

    @Test(arguments: recordings)
    func endpointSlices(recording: String) throws {
        try Fixture.compare(recording, "discovery.k8s.io_v1_endpointslices", EndpointSlice.self, \.endpointSlice)
    }

    @Test(arguments: recordings)
    func persistentVolumes(recording: String) throws {
        try Fixture.compare(recording, "core_v1_persistentvolumes", PersistentVolume.self, \.persistentVolume)
    }

    @Test(arguments: recordings)
    func persistentVolumeClaims(recording: String) throws {
        try Fixture.compare(
            recording,
            "core_v1_persistentvolumeclaims",
            PersistentVolumeClaim.self,
            \.persistentVolumeClaim
        )
    }

    @Test(arguments: recordings)
    func leases(recording: String) throws {
        try Fixture.compare(recording, "coordination.k8s.io_v1_leases", Lease.self, \.lease)
        try Fixture.compare(recording, "coordination.k8s.io_v1_leases", NodeLease.self, \.nodeLease)
    }

    /// Every resource of the registry that is read from protobuf, through the entry that the client uses.
    @Test(arguments: recordings)
    func everyResourceFillsItsTable(recording: String) throws {
        var state = ClusterState()
        var read = 0
        for file in try Fixture.lists(recording) {
            var parser = ListParser()
            var items: [[UInt8]] = []
            try parser.push(try Fixture.bytes("\(recording)/\(file)")) { (element) throws(WireError) in
                if case .item(let item, _) = element { items.append(Array(item)) }
            }
            for resource in APIResource.all where parser.kind == resource.listKind {
                guard case .protobuf(let reader) = resource.reader else { continue }
                resource.change(.begin, in: &state)
                for item in items {
                    try item.withRawBytes { bytes throws(WireError) in try reader.stage(&state, bytes, 0) }
                }
                #expect(resource.count(in: state) == 0)
                resource.change(.commit, in: &state)
                #expect(resource.count(in: state) == items.count)
                if let first = items.first {
                    try first.withRawBytes { bytes throws(WireError) in try reader.remove(&state, bytes, 0) }
                    #expect(resource.count(in: state) == items.count - 1)
                    try first.withRawBytes { bytes throws(WireError) in try reader.upsert(&state, bytes, 0) }
                    try first.withRawBytes { bytes throws(WireError) in try reader.upsert(&state, bytes, 0) }
                    #expect(resource.count(in: state) == items.count)
                }
                read += 1
            }
        }
        #expect(read == APIResource.all.count { !$0.isCustom })
        for resource in APIResource.all {
            resource.change(.clear, in: &state)
            #expect(resource.count(in: state) == 0)
        }
        state.sweepIfDue(force: true)
        #expect(state.interner.counts == (0, 0, 0, 0))
    }
}
