import ClusterState
import HASignals
import Report
import TestFixtures
import Testing

/// What the first lines of a report say of whole clusters, worked out by hand from the recordings' `.json`.
struct ReportedAnswersTests {
    private func headline(_ snapshot: SignalSnapshot) -> [HeadlineLine.Subject: HeadlineLine] {
        Dictionary(uniqueKeysWithValues: ReportModel(snapshot).headline.map { ($0.subject, $0) })
    }

    private func headline(_ fixture: Fixture) throws -> [HeadlineLine.Subject: HeadlineLine] {
        headline(SignalRunner.collect(try RecordedSignalsTests.cluster(fixture)))
    }

    /// Its quota lets quota-bound have one pod of three, on worker-00006. worker-00001 has the pod of single, worker-00003
    /// that of matrix-authentication-service. api is bound to zone-a, with a backend of shop.example.com.
    @Test func healthyRecording() throws {
        let lines = try headline(.healthy)
        #expect(lines[.nodeLoss]?.answer == .no)
        #expect(
            lines[.nodeLoss]?.detail
                == "1 of 6 nodes; the worst, worker-00006, takes along workload sandbox/quota-bound; "
                + "3 of the other 5 cost nothing"
        )
        #expect(lines[.zoneLoss]?.answer == .no)
        #expect(
            lines[.zoneLoss]?.detail
                == "2 of 3 zones; the worst, zone-a, takes along host shop.example.com, Service shop/api, workload "
                + "shop/api; beside it single replicas: 1 Service, 1 workload; 1 of the other 2 costs nothing"
        )
        #expect(lines[.controlPlaneNodeLoss]?.answer == .yes)
        #expect(lines[.controlPlaneNodeLoss]?.detail == "none of 3 masters costs anything")
        #expect(lines[.nodeDrain]?.answer == .no)
        #expect(lines[.nodeDrain]?.detail.hasPrefix("4 of 9 nodes; the worst, ") == true)
        #expect(lines[.now]?.answer == .yes)
    }

    /// With worker-00005 their other pods went: coredns, no-rollback and overlap are on worker-00006 alone now, as
    /// quota-bound was before, old-rc on worker-00004. Two of three members of etcd answer.
    @Test func degradedRecording() throws {
        let lines = try headline(.degraded)
        #expect(lines[.nodeLoss]?.answer == .no)
        #expect(
            lines[.nodeLoss]?.detail
                == "2 of 6 nodes; the worst, worker-00006, takes along the cluster DNS, Service kube-system/kube-dns, "
                + "workloads kube-system/coredns, sandbox/quota-bound, shop/no-rollback and 1 more; "
                + "2 of the other 5 cost nothing"
        )
        #expect(lines[.zoneLoss]?.answer == .no)
        #expect(lines[.controlPlaneNodeLoss]?.answer == .no)
        #expect(lines[.controlPlaneNodeLoss]?.detail.contains("the quorum of etcd cluster main") == true)
        #expect(lines[.nodeDrain]?.answer == .no)
        #expect(lines[.now]?.answer == .no)
        #expect(lines[.now]?.detail.hasPrefix("1 critical and ") == true)
        #expect(lines[.now]?.detail.contains("first EtcdMember cp-3 (2 findings)") == true)
        #expect(lines[.now]?.detail.contains("no node should be taken out now") == true)
    }

    /// Every answer is that of `kube_ha_survives`: 1, 0, or absent.
    @Test(arguments: Fixture.allCases)
    func answersAreThoseOfTheMetric(_ fixture: Fixture) throws {
        let snapshot = SignalRunner.collect(try RecordedSignalsTests.cluster(fixture))
        let lines = headline(snapshot)
        for event in SurvivalEvent.allCases {
            let subject = try #require(HeadlineLine.Subject(rawValue: event.rawValue))
            let value = snapshot.value("kube_ha_survives", ["event": event.rawValue])
            let wanted: SurvivalAnswer = value.map { $0 == 1 ? .yes : .no } ?? .unknown
            #expect(lines[subject]?.answer == wanted, "\(event.rawValue)")
        }
    }

    /// The chart's situation: one replica of everything, the host and the application are what is lost.
    @Test func chatSuiteOnOneNode() {
        let line = headline(SignalRunner.collect(ClusterBuilder.chatSuite().view()))[.nodeLoss]
        #expect(line?.answer == .no)
        #expect(
            line?.detail
                == "2 of 5 nodes; the worst, w-a, takes along host matrix.example.com; beside it single replicas: "
                + "application ess/matrix-stack, 5 Services, 5 workloads; 1 of the other 4 costs nothing"
        )
    }

    /// An exemption that names the rule takes the host out of the answer, and no drain or other loss with it.
    @Test func exemptBackendsAreNotInTheAnswer() {
        var cluster = ClusterBuilder.chatSuite()
        var exemption = Exemption(reason: "by design", line: 1)
        exemption.rules = ["host-single-replica"]
        exemption.names = ["haproxy", "element-web"]
        cluster.settings.optOuts.exemptions = [exemption]
        let found = SignalRunner.collect(cluster.view())
        #expect(headline(found)[.nodeLoss]?.answer == .yes)
        exemption.names = ["haproxy"]
        cluster.settings.optOuts.exemptions = [exemption]
        #expect(headline(SignalRunner.collect(cluster.view()))[.nodeLoss]?.answer == .no)
    }

    /// By the labels of the workload, which its finding is not asked for here.
    @Test func exemptWorkloadsAreNotInTheAnswer() {
        func answer(part: String) -> SurvivalAnswer? {
            var cluster = ClusterBuilder.wellRun()
            let api = cluster.deployment("shop", "api", replicas: 2) { _ in }
            cluster.label(api, ["part": "api"])
            cluster.pods(of: api, on: ["w-a1", "w-a1"], milliCPU: 100)
            var exemption = Exemption(reason: "by design", line: 1)
            exemption.rules = ["workload-single-node"]
            exemption.labels = [Exemption.LabelDemand(key: "part", op: .in, values: [part])]
            cluster.settings.optOuts.exemptions = [exemption]
            return headline(SignalRunner.collect(cluster.view()))[.nodeLoss]?.answer
        }
        #expect(answer(part: "api") == .yes)
        #expect(answer(part: "other") == .no)
    }
}
