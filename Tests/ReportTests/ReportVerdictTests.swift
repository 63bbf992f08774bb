import ClusterState
import Testing

@testable import HASignals
@testable import Report

struct ReportVerdictTests {
    private static func snapshot(_ severities: [Severity], isUnknown: Bool) -> SignalSnapshot {
        Samples.snapshot(
            [Samples.area(.services, .warning, unknown: isUnknown ? [(.pods, .forbidden)] : [])],
            severities.map { Samples.finding("rule", $0, .services, .cluster) }
        )
    }

    @Test(
        arguments: [
            ([], false, .critical, 0), ([], true, .critical, 2), ([], true, .never, 2), ([], false, .info, 0),
            ([.critical], false, .critical, 1), ([.critical], true, .critical, 1), ([.critical], false, .never, 0),
            ([.critical], true, .never, 2), ([.warning], false, .critical, 0), ([.warning], true, .critical, 2),
            ([.warning], true, .warning, 1), ([.info], false, .warning, 0), ([.info], false, .info, 1),
            ([.info, .warning], false, .warning, 1),
        ] as [([Severity], Bool, FailureThreshold, Int32)]
    )
    func becomesTheExitCode(
        _ severities: [Severity],
        _ isUnknown: Bool,
        _ threshold: FailureThreshold,
        _ code: Int32
    ) {
        let snapshot = Self.snapshot(severities, isUnknown: isUnknown)
        #expect(ReportVerdict(snapshot, failOn: threshold).exitCode == code)
    }

    @Test func passesOverAreasThatMeanNothingHere() {
        let snapshot = Samples.snapshot([Samples.area(.etcd, .notApplicable, unknown: [(.pods, .stale)])])
        #expect(ReportVerdict(snapshot, failOn: .critical) == .passed)
    }
}
