import ClusterState
import KubernetesWire
import Testing

/// What the recordings do not show of a pod.
struct PodWireTests {
    private static func decode(_ fill: (inout WireWriter) -> Void) throws(WireError) -> (pod: Pod, interner: Interner) {
        var interner = Interner()
        let pod = try WireWriter(fill).bytes.decode(Pod.self, &interner)
        return (pod, interner)
    }

    private static func container(
        _ writer: inout WireWriter,
        _ field: UInt64,
        cpu: String? = nil,
        memory: String? = nil,
        policy: String? = nil
    ) {
        writer.message(field) { container in
            container.string(1, "c")
            container.message(8) { resources in
                resources.quantity(1, "cpu", "64")
                if let cpu { resources.quantity(2, "cpu", cpu) }
                if let memory { resources.quantity(2, "memory", memory) }
                resources.quantity(2, "example.com/gpu", "not read, so not judged")
            }
            if let policy { container.string(24, policy) }
        }
    }

    private static func requests(_ spec: (inout WireWriter) -> Void) throws -> Resources {
        let (pod, interner) = try decode {
            $0.metadata("web")
            $0.message(2, spec)
        }
        return interner.requests(pod.requests(interner))
    }

    @Test func containersAddUp() throws {
        let sum = try Self.requests {
            Self.container(&$0, 2, cpu: "100m", memory: "128Mi")
            Self.container(&$0, 2, cpu: "1", memory: "1Ki")
            Self.container(&$0, 2)
        }
        #expect(sum == Resources(milliCPU: 1_100, memoryBytes: 134_218_752))
    }

    @Test func theLargestInitContainerCountsWhereItIsMore() throws {
        let sum = try Self.requests {
            Self.container(&$0, 20, cpu: "2", memory: "1Mi")
            Self.container(&$0, 20, cpu: "1", memory: "2Mi")
            Self.container(&$0, 2, cpu: "500m", memory: "8Mi")
        }
        #expect(sum == Resources(milliCPU: 2_000, memoryBytes: 8 << 20))
    }

    @Test func restartableInitContainersRunOn() throws {
        // KEP-753: the second plain one runs beside the sidecar, the first one before it.
        let sum = try Self.requests {
            Self.container(&$0, 20, cpu: "900m")
            Self.container(&$0, 20, cpu: "200m", policy: "Always")
            Self.container(&$0, 20, cpu: "800m")
            Self.container(&$0, 2, cpu: "300m")
        }
        #expect(sum == Resources(milliCPU: 1_000, memoryBytes: 0))
        let running = try Self.requests {
            Self.container(&$0, 20, cpu: "200m", policy: "Always")
            Self.container(&$0, 20, cpu: "100m", policy: "Always")
            Self.container(&$0, 2, cpu: "300m")
        }
        #expect(running == Resources(milliCPU: 600, memoryBytes: 0))
    }

    @Test func thePodsOwnRequestsStandForItsContainers() throws {
        let sum = try Self.requests {
            Self.container(&$0, 2, cpu: "4", memory: "64Mi")
            $0.message(40) { resources in
                resources.quantity(1, "memory", "1Gi")
                resources.quantity(2, "cpu", "1500m")
            }
            $0.quantity(32, "cpu", "250m")
            $0.quantity(32, "memory", "1Mi")
        }
        #expect(sum == Resources(milliCPU: 1_750, memoryBytes: 65 << 20))
    }

    /// `determineContainerReqs` and `AggregateContainerRequests` in k8s.io/component-helpers/resource/helpers.go: of a
    /// pod that is resized in place, the most of spec, actual and allocated of each resource; without the spec where the
    /// resize is infeasible, and the spec alone where the status says nothing of resources.
    @Test(
        arguments: [
            ("Infeasible", 2_000), ("Deferred", 8_000), (nil, 8_000),
        ] as [(String?, Int64)]
    )
    func resizedContainers(reason: String?, expected: Int64) throws {
        let (pod, interner) = try Self.decode {
            $0.metadata("web")
            $0.message(2) { Self.container(&$0, 2, cpu: "8", memory: "1Mi") }
            $0.message(3) { status in
                if let reason {
                    status.message(2) {
                        $0.string(1, "PodResizePending")
                        $0.string(2, "True")
                        $0.string(5, reason)
                    }
                }
                Self.status(&status, 8, "c", actual: "1", allocated: "2", memory: "4Mi")
                Self.status(&status, 8, "other", actual: "64", allocated: "64", memory: "64Mi")
            }
        }
        #expect(interner.requests(pod.requests(interner)) == Resources(milliCPU: expected, memoryBytes: 4 << 20))
    }

    /// Of init containers only a sidecar's status counts, as those that have ended take nothing.
    @Test(arguments: ["Always", nil])
    func resizedSidecars(policy: String?) throws {
        let (pod, interner) = try Self.decode {
            $0.metadata("web")
            $0.message(2) { Self.container(&$0, 20, cpu: "1", policy: policy) }
            $0.message(3) { Self.status(&$0, 10, "c", actual: "3", allocated: "2", memory: "0") }
        }
        let expected: Int64 = policy == nil ? 1_000 : 3_000
        #expect(interner.requests(pod.requests(interner)) == Resources(milliCPU: expected, memoryBytes: 0))
    }

    /// A status without `resources`, of a kubelet that knows no resizing, says nothing.
    @Test func statusWithoutResourcesSaysNothing() throws {
        let (pod, interner) = try Self.decode {
            $0.metadata("web")
            $0.message(2) { Self.container(&$0, 2, cpu: "1") }
            $0.message(3) { status in
                status.message(8) {
                    $0.string(1, "c")
                    $0.quantity(10, "cpu", "4")
                }
            }
        }
        #expect(interner.requests(pod.requests(interner)) == Resources(milliCPU: 1_000, memoryBytes: 0))
    }

    private static func status(
        _ writer: inout WireWriter,
        _ field: UInt64,
        _ name: String,
        actual: String,
        allocated: String,
        memory: String
    ) {
        writer.message(field) { container in
            container.string(1, name)
            container.quantity(10, "cpu", allocated)
            container.message(11) { resources in
                resources.quantity(1, "cpu", "128")
                resources.quantity(2, "cpu", actual)
                resources.quantity(2, "memory", memory)
            }
        }
    }

    @Test(arguments: [(Int64(-1), true), (0, false), (1_000_000, false)])
    func negativePriorityMakesAPlaceholder(priority: Int64, isPlaceholder: Bool) throws {
        let pod = try Self.decode { $0.message(2) { $0.int(25, priority) } }.pod
        #expect(pod.flags.contains(.placeholder) == isPlaceholder)
    }

    @Test func amountsBeyondAllNumbersDoNotTrap() throws {
        let sum = try Self.requests {
            Self.container(&$0, 2, cpu: "9E", memory: "8Ei")
            Self.container(&$0, 2, cpu: "9E", memory: "8Ei")
            $0.quantity(32, "cpu", "9E")
        }
        #expect(sum == Resources(milliCPU: .max, memoryBytes: .max))
    }

    @Test func anUnreadableQuantityIsNamed() {
        let error = #expect(throws: WireError.self) {
            try Self.requests { Self.container(&$0, 2, cpu: "a lot") }
        }
        #expect(error?.path == "Pod.spec.containers.resources")
        #expect(error?.problem == .invalidValue("\"a lot\" as a quantity"))
        #expect(error?.description.contains("cannot read the value \"a lot\" as a quantity") == true)
    }

    @Test func claimsOfEveryVolume() throws {
        let (pod, interner) = try Self.decode {
            $0.metadata("db-0")
            $0.message(2) { spec in
                spec.message(1) {
                    $0.string(1, "data")
                    $0.message(2) { $0.message(10) { $0.string(1, "data-db-0") } }
                }
                spec.message(1) {
                    $0.string(1, "config")
                    $0.message(2) { $0.message(19) { $0.string(1, "x") } }
                }
                // The volume's name behind its source: the order of fields means nothing.
                spec.message(1) {
                    $0.message(2) { $0.message(29) { $0.message(1) { _ in } } }
                    $0.string(1, "scratch")
                }
            }
        }
        #expect(interner.strings(pod.claims).map(interner.string) == ["data-db-0", "db-0-scratch"])
    }

    @Test func isTheSameWhateverTheOrderOfItsParts() throws {
        func spec(_ writer: inout WireWriter) {
            writer.message(2) {
                $0.pair(7, "zone", "a")
                $0.string(10, "worker-1")
            }
        }
        func status(_ writer: inout WireWriter) { writer.message(3) { $0.string(1, "Running") } }
        for owner in ["ReplicaSet", "DaemonSet"] {
            let (forwards, _) = try Self.decode {
                $0.metadata("owner-abcde", owner: owner)
                spec(&$0)
                status(&$0)
            }
            let (backwards, interner) = try Self.decode {
                status(&$0)
                spec(&$0)
                $0.metadata("owner-abcde", owner: owner)
            }
            #expect(Description.flags(forwards.flags) == Description.flags(backwards.flags))
            #expect((backwards.placement(interner) == .none) == (owner == "DaemonSet"))
            #expect(backwards.name(interner) == "owner-abcde")
            #expect(backwards.flags.contains(.hasInlineName))
            #expect(interner.string(backwards.node) == "worker-1")
        }
    }

    @Test(arguments: [
        ("Pending", PodFlags.pending), ("Running", .running), ("Succeeded", .succeeded), ("Failed", .failed),
        ("Unknown", PodFlags()),
    ])
    func phases(word: String, flag: PodFlags) throws {
        let (pod, _) = try Self.decode {
            $0.metadata("web")
            $0.message(3) { $0.string(1, word) }
        }
        #expect(pod.flags == flag.union(.restartsAlways))
    }

    @Test(arguments: [("Always", true), ("", true), ("OnFailure", false), ("Never", false)])
    func restartPolicies(word: String, isAlways: Bool) throws {
        let (pod, _) = try Self.decode {
            $0.metadata("web")
            $0.message(2) { $0.string(3, word) }
        }
        #expect(pod.flags.contains(.restartsAlways) == isAlways)
    }

    @Test(arguments: [
        ("PodScheduled", "False", "Unschedulable", true), ("PodScheduled", "False", "SchedulingGated", false),
        ("PodScheduled", "True", "Unschedulable", false), ("Ready", "False", "Unschedulable", false),
    ])
    func unschedulable(type: String, status: String, reason: String, expected: Bool) throws {
        let (pod, _) = try Self.decode {
            $0.metadata("web")
            $0.message(3) {
                $0.message(2) {
                    $0.string(1, type)
                    $0.string(2, status)
                    $0.message(4) { $0.int(1, 1_795_337_665) }
                    $0.string(5, reason)
                }
            }
        }
        #expect(pod.flags.contains(.unschedulable) == expected)
        #expect(pod.readySince.value == (type == "Ready" ? 1_795_337_665 : 0))
        #expect(!pod.flags.contains(.ready))
    }

    /// A pod that became unready 5 s or less after its start never was ready: the kubelet writes both in one moment. The
    /// order of the fields does not matter.
    @Test(
        arguments: [("False", 105, true, false), ("False", 106, true, true), ("True", 200, true, false)]
            + [("Unknown", 200, true, false), ("False", 200, false, false)]
    )
    func podsThatWereReady(_ status: String, _ since: Int64, _ isStarted: Bool, _ expected: Bool) throws {
        let (pod, _) = try Self.decode {
            $0.message(3) {
                if isStarted { $0.message(7) { $0.int(1, 100) } }
                $0.message(2) {
                    $0.string(1, "Ready")
                    $0.string(2, status)
                    $0.message(4) { $0.int(1, since) }
                }
            }
        }
        #expect(pod.flags.contains(.wasReady) == expected)
        #expect(pod.flags.hasBeenReady == (expected || status == "True"))
    }

    @Test func mirrorPods() throws {
        func isMirror(_ fill: (inout WireWriter) -> Void) throws -> Bool {
            try Self.decode(fill).pod.flags.contains(.mirror)
        }
        let annotation: KeyValuePairs<String, String> = ["kubernetes.io/config.mirror": "hash"]
        #expect(try isMirror { $0.metadata("a", namespace: "kube-system", annotations: annotation) })
        #expect(
            try !isMirror {
                $0.metadata("a", namespace: "kube-system", owner: "ReplicaSet", annotations: annotation)
            }
        )
        // What a tenant writes into its own pod makes no static pod of it (SIGNALS, «mirror pod»).
        #expect(try !isMirror { $0.metadata("a", namespace: "shop", annotations: annotation) })
        #expect(
            try !isMirror {
                $0.metadata("a", namespace: "kube-system", owner: "ReplicaSet", labels: ["tier": "control-plane"])
            }
        )
        #expect(try isMirror { $0.metadata("a", owner: "Node") })
        #expect(try isMirror { $0.metadata("a", namespace: "kube-system", labels: ["tier": "control-plane"]) })
        #expect(try !isMirror { $0.metadata("a", labels: ["tier": "control-plane"]) })
        #expect(try !isMirror { $0.metadata("a", namespace: "kube-system", labels: ["tier": "node"]) })
        #expect(try !isMirror { $0.metadata("a", annotations: ["kubernetes.io/ingress.class": "hash"]) })
    }

    @Test func advertisedAddressesCountInKubeSystemOnly() throws {
        let key = "kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint"
        func annotation(_ namespace: String, _ labels: KeyValuePairs<String, String>) throws -> (String, Bool) {
            let (pod, interner) = try Self.decode {
                $0.metadata(
                    "kube-apiserver-cp-1",
                    namespace: namespace,
                    labels: labels,
                    annotations: [key: "192.0.2.11:6443", "kube-ha-exporter/ignore": "bare-pod"]
                )
            }
            return (interner.string(pod.annotation(interner)), pod.flags.contains(.advertisesAddress))
        }
        #expect(try annotation("kube-system", ["component": "kube-apiserver"]) == ("192.0.2.11:6443", true))
        #expect(try annotation("kube-system", ["k8s-app": "kube-apiserver"]) == ("192.0.2.11:6443", true))
        #expect(try annotation("kube-system", ["component": "etcd"]) == ("bare-pod", false))
        #expect(try annotation("shop", ["component": "kube-apiserver"]) == ("bare-pod", false))
    }

    /// Whoever may write a pod could else fill memory with what it says is to be ignored.
    @Test func annotationsThatAreTooLongAreNone() throws {
        func ignored(_ length: Int) throws -> Int {
            let value = String(repeating: "x", count: length)
            let (pod, interner) = try Self.decode { $0.metadata("a", annotations: ["kube-ha-exporter/ignore": value]) }
            return interner.string(pod.annotation(interner)).utf8.count
        }
        #expect(try ignored(4_096) == 4_096)
        #expect(try ignored(4_097) == 0)
    }

    @Test func placementOfEverySort() throws {
        let (pod, interner) = try Self.decode {
            $0.metadata("web")
            $0.message(2) { spec in
                spec.pair(7, "disk", "ssd")
                spec.message(18) { affinity in
                    affinity.message(1) { node in
                        node.message(1) { selector in
                            selector.message(1) { term in
                                for (op, values) in [("In", ["a", "b"]), ("Gt", ["4"]), ("Within", [])] {
                                    term.message(1) { requirement in
                                        requirement.string(1, "zone")
                                        requirement.string(2, op)
                                        for value in values { requirement.string(3, value) }
                                    }
                                }
                                term.message(2) {
                                    $0.string(1, "metadata.name")
                                    $0.string(2, "NotIn")
                                    $0.string(3, "worker-1")
                                }
                            }
                        }
                        node.message(2) { $0.int(1, 100) }
                    }
                    affinity.message(3) { _ in }
                }
                for (op, effect) in [("Exists", "NoExecute"), ("", "NoSchedule"), ("Gt", "NoSchedule"), ("Equal", "")] {
                    spec.message(22) {
                        $0.string(1, "dedicated")
                        if !op.isEmpty { $0.string(2, op) }
                        $0.string(3, "web")
                        $0.string(4, effect)
                    }
                }
            }
        }
        func requirement(_ key: String, _ op: String, _ values: String...) -> String {
            "{key: \(key), op: \(op), values: [\(values.joined(separator: "; "))]}"
        }
        let expressions = [
            requirement("zone", "in", "a", "b"), requirement("zone", "greaterThan", "4"),
            requirement("zone", "unknown"),
        ]
        let tolerations = [("true", "noExecute"), ("false", "noSchedule"), ("false", "any")]
            .map {
                "{key: dedicated, value: web, isExists: \($0.0), effect: \($0.1)}"
            }
        #expect(
            Description(interner: interner).text(pod.placement(interner))
                == "{nodeSelector: [\(requirement("disk", "in", "ssd"))], requiredAffinity: [{expressions: "
                + Description.list(expressions) + ", fields: [\(requirement("metadata.name", "notIn", "worker-1"))]}], "
                + "tolerations: \(Description.list(tolerations))}"
        )
    }

    @Test func manyLabelsAreKept() throws {
        let (pod, interner) = try Self.decode { writer in
            writer.message(1) { meta in
                for number in 0..<100 { meta.pair(11, "key-\(number)", "value-\(number)") }
                meta.string(1, "web")
                meta.string(3, "shop")
            }
        }
        #expect(interner.labels(pod.labels).count == 100)
        let label = interner.find("key-77").flatMap { interner.label($0, in: pod.labels) }
        #expect(label.map(interner.string) == "value-77")
        #expect(interner.string(pod.namespace(interner)) == "shop")
    }

    @Test func withoutUIDsPodsAreToldApartByName() throws {
        let uids = try ["a", "b"].map { name in try Self.decode { $0.metadata(name, uid: "") }.pod.uid }
        #expect(Set(uids).count == 2)
        #expect(!uids.contains(.none))
    }

    @Test func anEmptyPodIsReadAsOneWithDefaults() throws {
        let (pod, interner) = try Self.decode { _ in }
        #expect(pod.flags == .restartsAlways)
        #expect(pod.name(interner) == "")
        #expect(pod.placement(interner) == .none)
    }

    @Test func unknownFieldsArePassedOver() throws {
        let (pod, interner) = try Self.decode { writer in
            writer.unknownFields()
            writer.message(1) { meta in
                meta.unknownFields()
                meta.string(1, "web")
                meta.message(11) {
                    $0.string(1, "app")
                    $0.unknownFields()
                    $0.string(2, "web")
                }
                meta.unknownFields()
            }
            writer.message(2) { spec in
                spec.unknownFields()
                spec.message(2) { $0.unknownFields() }
                spec.message(22) {
                    $0.string(2, "Exists")
                    $0.unknownFields()
                }
                spec.string(10, "worker-1")
            }
            writer.message(3) {
                $0.unknownFields()
                $0.string(1, "Running")
            }
            writer.unknownFields()
        }
        #expect(pod.name(interner) == "web")
        #expect(interner.label(.app, in: pod.labels).map(interner.string) == "web")
        #expect(interner.placement(pod.placement(interner)).tolerations.count == 1)
        #expect(interner.string(pod.node) == "worker-1")
        #expect(pod.flags == [.running, .restartsAlways])
    }
}
