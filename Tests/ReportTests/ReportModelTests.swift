import ClusterState
import Testing

@testable import HASignals
@testable import Report

struct ReportModelTests {
    // MARK: Causes

    /// A cause once, worst first, with what it explains under it; the other one has nothing in common with it.
    @Test func groupsFindingsByTheirRootCause() {
        let groups = ReportModel(Samples.lostNode).causes
        #expect(groups.map(\.cause.object.text) == ["Node w-1", "Deployment shop/other"])
        #expect(groups[0].severity == .critical)
        #expect(groups[0].findings.map(\.rule) == ["node-not-ready"])
        #expect(groups[0].consequences.map(\.rule) == ["workload-down", "service-without-endpoints"])
        #expect(groups[1].severity == .warning)
        #expect(groups[1].consequences.isEmpty)
    }

    /// Findings about the cluster as a whole are no group only for that.
    @Test func clusterFindingsAreCausesEachOfItsOwn() {
        let snapshot = Samples.snapshot(
            [],
            [
                Samples.finding("apiserver-missing", .warning, .controlPlane, .cluster),
                Samples.finding("zone-missing", .warning, .zones, .cluster),
            ]
        )
        #expect(ReportModel(snapshot).causes.map(\.cause.rule) == ["apiserver-missing", "zone-missing"])
    }

    @Test func practiceIsNoCause() {
        let model = ReportModel(Samples.mixed)
        #expect(model.causes.map(\.cause.rule) == ["etcd-quorum-lost", "workload-deficit", "workload-deficit"])
        #expect(model.practice.map(\.rule) == ["single-node-cluster"])
    }

    // MARK: Headline

    private func line(_ subject: HeadlineLine.Subject, _ snapshot: SignalSnapshot) -> HeadlineLine? {
        ReportModel(snapshot).headline.first { $0.subject == subject }
    }

    @Test func namesTheWorstCaseAndWhatItTakesAlong() {
        let line = line(.nodeLoss, Samples.survivalSnapshot)
        #expect(line?.answer == .no)
        #expect(
            line?.detail
                == "1 of 3 nodes; the worst, w-1, takes along host chat.example.com; beside it single replicas: "
                + "application ess/matrix-stack, 1 Service, 1 workload; 2 of the other 2 cost nothing"
        )
    }

    @Test func saysWhatADrainMeets() {
        let line = line(.nodeDrain, Samples.survivalSnapshot)
        #expect(line?.answer == .no)
        #expect(
            line?.detail == "1 of 3 nodes; the worst, w-1, meets obstacles: 2 single replicas would be interrupted, "
                + "1 pod has no controller; 2 of the other 2 meet nothing"
        )
    }

    @Test func saysWhyAnAnswerIsUnknown() {
        let line = line(.zoneLoss, Samples.survivalSnapshot)
        #expect(line?.answer == .unknown)
        #expect(line?.detail == "there are fewer than two zones")
    }

    @Test func saysWhatIsBrokenNowByItsCause() {
        let broken = line(.now, Samples.lostNode)
        #expect(broken?.answer == .no)
        #expect(broken?.detail == "1 critical and 3 warnings; 2 causes, first Node w-1 (3 findings)")
        let well = line(.now, Samples.snapshot([Samples.area(.etcd, .ok)]))
        #expect(well?.answer == .yes)
        #expect(well?.detail == "nothing is broken or missing")
        let blind = line(.now, Samples.snapshot([Samples.area(.etcd, .unknown, unknown: [(.etcd, .unreachable)])]))
        #expect(blind?.answer == .unknown)
    }

    /// A source makes several areas unknown: it is named once.
    @Test func saysWhatIsNotKnownBySource() {
        let snapshot = Samples.snapshot([
            Samples.area(.services, .unknown, unknown: [(.endpointslices, .forbidden)]),
            Samples.area(.ingress, .unknown, unknown: [(.endpointslices, .forbidden)]),
            Samples.area(.etcd, .ok),
        ])
        #expect(line(.unknown, snapshot)?.detail == "endpointslices forbidden: services, ingress")
        #expect(line(.unknown, Samples.snapshot([Samples.area(.etcd, .ok)])) == nil)
    }

    @Test func headlineHasSixLinesAtMost() {
        #expect(ReportModel(Samples.mixed).headline.count == 6)
    }

    // MARK: Exit codes

    @Test(
        arguments: [
            (.drain("w-1"), 1), (.drain("w-2"), 0), (.drain("gone"), 2), (.node("w-1"), 0), (.node("gone"), 2),
            (.zone("a"), 2), (.upgrade(minor: 37), 1),
        ] as [(ReportQuestion, Int32)]
    )
    func questionsBecomeExitCodes(_ question: ReportQuestion, _ code: Int32) {
        #expect(ReportModel(Samples.survivalSnapshot, about: question).focus?.exitCode == code)
    }

    /// Where it cannot be told, a drain that meets nothing known is not called safe.
    @Test func unknownDrainIsTwo() {
        var snapshot = Samples.survivalSnapshot
        snapshot.survival.events = SurvivalEvent.allCases.map { EventVerdict(event: $0) }
        #expect(ReportModel(snapshot, about: .drain("w-2")).focus?.exitCode == 2)
        #expect(ReportModel(snapshot, about: .node("w-2")).focus?.exitCode == 2)
    }
}
