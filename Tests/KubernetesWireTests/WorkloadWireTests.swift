import ClusterState
import KubernetesWire
import Testing

/// What the recordings do not show of workloads and budgets.
struct WorkloadWireTests {
    private static func template(_ spec: inout WireWriter, _ field: UInt64) {
        spec.message(field) { template in
            template.message(2) { $0.pair(7, "zone", "a") }
            template.message(1) { $0.pair(11, "app", "web") }
        }
    }

    @Test func replicasAreOneWhereUnsetAndZeroWhereZero() throws {
        for replicas in [nil, 0, 3] as [Int32?] {
            func spec(_ writer: inout WireWriter) {
                writer.metadata("web")
                writer.message(2) { if let replicas { $0.int(1, Int64(replicas)) } }
            }
            #expect(try Description.decode(Deployment.self, spec).row.replicas == replicas ?? 1)
            #expect(try Description.decode(ReplicaSet.self, spec).row.replicas == replicas ?? 1)
            #expect(try Description.decode(StatefulSet.self, spec).row.replicas == replicas ?? 1)
            #expect(try Description.decode(ReplicationController.self, spec).row.replicas == replicas ?? 1)
        }
    }

    @Test func defaultsOfUnsetFields() throws {
        let deployment = try Description.decode(Deployment.self) { $0.metadata("web") }.row
        #expect(deployment.maxUnavailable == .percent(25))
        #expect(deployment.maxSurge == .percent(25))
        #expect(deployment.revisionHistoryLimit == 10)
        #expect(deployment.progressing == .absent)
        #expect(!deployment.hasCompletedRollout)
        let daemonSet = try Description.decode(DaemonSet.self) { $0.metadata("agent") }.row
        #expect(daemonSet.maxUnavailable == .number(1))
        #expect(daemonSet.maxSurge == .number(0))
        let statefulSet = try Description.decode(StatefulSet.self) { $0.metadata("db") }.row
        #expect(statefulSet.maxUnavailable == nil)
        let budget = try Description.decode(PodDisruptionBudget.self) { $0.metadata("web") }.row
        #expect(budget.selector == nil)
        #expect(budget.minAvailable == nil)
        #expect(!budget.evictsUnhealthyAlways)
        let lease = try Description.decode(Lease.self) { $0.metadata("kube-scheduler") }.row
        #expect(lease.spec == LeaseSpec())
        let claim = try Description.decode(PersistentVolumeClaim.self) { $0.metadata("data") }.row
        #expect(!claim.namesStorageClass)
        #expect(claim.phase == .pending)
    }

    @Test func writtenZerosWinOverDefaults() throws {
        let deployment =
            try Description.decode(Deployment.self) {
                $0.metadata("web")
                $0.message(2) { spec in
                    spec.int(6, 0)
                    spec.message(4) { strategy in
                        strategy.message(2) { rolling in
                            rolling.message(1) { $0.int(1, 0) }
                            rolling.message(2) { number in
                                number.int(1, 1)
                                number.int(2, 7)
                                number.string(3, "0%")
                            }
                        }
                    }
                }
            }
            .row
        #expect(deployment.revisionHistoryLimit == 0)
        #expect(deployment.maxUnavailable == .number(0))
        #expect(deployment.maxSurge == .percent(0))
        let claim =
            try Description.decode(PersistentVolumeClaim.self) {
                $0.metadata("data")
                $0.message(2) { $0.string(5, "") }
            }
            .row
        #expect(claim.namesStorageClass)
        let budget =
            try Description.decode(PodDisruptionBudget.self) {
                $0.metadata("web")
                $0.message(2) {
                    $0.message(2) { _ in }
                    $0.message(3) { $0.int(2, 0) }
                }
            }
            .row
        #expect(budget.selector == LabelSelector())
        #expect(budget.maxUnavailable == .number(0))
    }

    @Test func strategies() throws {
        let deployment =
            try Description.decode(Deployment.self) {
                $0.metadata("web")
                $0.message(2) {
                    $0.bool(7, true)
                    $0.message(4) { $0.string(1, "Recreate") }
                }
            }
            .row
        #expect(deployment.isRecreate)
        #expect(deployment.isPaused)
        let daemonSet =
            try Description.decode(DaemonSet.self) {
                $0.metadata("agent")
                $0.message(2) {
                    $0.message(3) {
                        $0.string(1, "OnDelete")
                        $0.message(2) {
                            $0.message(1) {
                                $0.int(1, 1)
                                $0.string(3, "10%")
                            }
                            $0.message(2) {
                                $0.int(1, 1)
                                $0.string(3, "lots")
                            }
                        }
                    }
                    $0.int(6, 3)
                }
            }
            .row
        #expect(daemonSet.isOnDelete)
        #expect(daemonSet.maxUnavailable == .percent(10))
        #expect(daemonSet.maxSurge == .invalid)
        #expect(daemonSet.revisionHistoryLimit == 3)
        let statefulSet =
            try Description.decode(StatefulSet.self) {
                $0.metadata("db")
                $0.message(2) {
                    $0.message(7) {
                        $0.string(1, "OnDelete")
                        $0.message(2) {
                            $0.int(1, 2)
                            $0.message(2) { $0.int(2, 3) }
                        }
                    }
                }
            }
            .row
        #expect(statefulSet.isOnDelete)
        #expect(statefulSet.partition == 2)
        #expect(statefulSet.maxUnavailable == .number(3))
    }

    @Test func onlyADeploymentsReplicaSetIsReadWithoutTemplate() throws {
        for (owner, hasTemplate) in [("Deployment", false), ("Rollout", true), (nil, true)] as [(String?, Bool)] {
            let (row, text) = try Description.decode(ReplicaSet.self) {
                $0.metadata("owner-1", owner: owner)
                $0.message(2) { Self.template(&$0, 3) }
                $0.message(3) { status in
                    status.message(6) {
                        $0.string(1, "ReplicaFailure")
                        $0.string(2, "True")
                    }
                }
            }
            #expect((row.template != .none) == hasTemplate)
            #expect(row.replicaFailure == .isTrue)
            if hasTemplate {
                #expect(
                    text["template"]?.hasPrefix("{labels: shop: app=web, placement: {nodeSelector: [{key: zone,")
                        == true
                )
            }
        }
    }

    @Test func anUnreadableTemplateIsNamedFromTheOutsideIn() {
        let error = #expect(throws: WireError.self) {
            try Description.decode(Deployment.self) {
                $0.metadata("web")
                $0.message(2) { spec in
                    spec.message(3) { template in
                        template.message(2) { spec in
                            spec.message(22) { $0.int(1, 5) }
                        }
                    }
                }
            }
        }
        #expect(error?.path == "Deployment.spec.template.spec.tolerations")
        #expect(error?.field == 1)
        #expect(error?.problem == .unexpectedWireType(0))
    }

    @Test func spreadConstraints() throws {
        let text =
            try Description.decode(StatefulSet.self) {
                $0.metadata("db")
                $0.message(2) { spec in
                    spec.message(3) { template in
                        template.message(2) { pod in
                            for policy in ["DoNotSchedule", "ScheduleAnyway"] {
                                pod.message(33) {
                                    $0.int(1, 2)
                                    $0.string(2, "zone")
                                    $0.string(3, policy)
                                    if policy == "DoNotSchedule" { $0.message(4) { $0.pair(1, "app", "db") } }
                                }
                            }
                        }
                    }
                }
            }
            .text["template"]
        let selector = "{requirements: [{key: app, op: in, values: [db]}]}"
        #expect(
            text?
                .hasSuffix(
                    "spread: [{maxSkew: 2, topologyKey: zone, isRequired: true, selector: \(selector)}; "
                        + "{maxSkew: 2, topologyKey: zone, isRequired: false, selector: nil}], "
                        + "claims: [], lacksReadinessProbe: false}"
                ) == true
        )
    }

    @Test func selectorsOfEveryOperator() throws {
        let text =
            try Description.decode(PodDisruptionBudget.self) {
                $0.metadata("web")
                $0.message(2) { spec in
                    spec.message(2) { selector in
                        selector.pair(1, "app", "web")
                        for op in ["In", "NotIn", "Exists", "DoesNotExist", "Gt"] {
                            selector.message(2) {
                                $0.string(1, "tier")
                                $0.string(2, op)
                                $0.string(3, "x")
                            }
                        }
                    }
                    spec.string(4, "AlwaysAllow")
                }
            }
            .text
        let ops = ["in", "notIn", "exists", "doesNotExist", "unknown"].map { "{key: tier, op: \($0), values: [x]}" }
        #expect(
            text["selector"]
                == "{requirements: \(Description.list(["{key: app, op: in, values: [web]}"] + ops))}"
        )
        #expect(text["evictsUnhealthyAlways"] == "true")
    }

    @Test(arguments: [
        ("False", "SyncFailed", true), ("False", "InsufficientPods", false), ("True", "SyncFailed", false),
    ])
    func syncFailed(status: String, reason: String, expected: Bool) throws {
        let budget =
            try Description.decode(PodDisruptionBudget.self) {
                $0.metadata("web")
                $0.message(3) { writer in
                    writer.message(7) {
                        $0.string(1, "DisruptionAllowed")
                        $0.string(2, status)
                        $0.int(3, 4)
                        $0.string(5, reason)
                    }
                }
            }
            .row
        #expect(budget.isSyncFailed == expected)
    }
}
