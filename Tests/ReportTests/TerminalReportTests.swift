import Testing

@testable import HASignals
@testable import Report

struct TerminalReportTests {
    @Test func listsAreasWorstFirst() {
        #expect(
            TerminalReport.text(Samples.mixed) == """
                High availability as of 2023-11-14T22:13:20.000Z: findings: 1 critical, 2 warning, 1 info

                CRITICAL      etcd
                  critical  etcd-quorum-lost
                            EtcdCluster main: it is so
                            → Change etcd-quorum-lost.

                UNKNOWN       services
                  not known  endpointslices (forbidden), pods (stale)

                WARNING       replicas
                  warning   workload-deficit
                            Deployment shop/api: 0 of \u{FFFD}[2J\u{FFFD}3
                            Deployment shop/web: 1 of 2
                            → Change workload-deficit.

                OK            control_plane
                  info      single-node-cluster
                            Cluster: it is so
                            → Change single-node-cluster.

                NOT APPLICABLE zones

                """
        )
    }

    @Test func saysTheSameInColour() {
        let coloured = TerminalReport.text(Samples.mixed, isColoured: true)
        #expect(coloured.contains("\u{1B}[1;31mCRITICAL\u{1B}[0m"))
        // SGR sequences are all that colour adds.
        let plain = coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "")
        #expect(plain == TerminalReport.text(Samples.mixed))
    }

    @Test func tellsThatNothingWasFound() {
        let text = TerminalReport.text(Samples.snapshot([Samples.area(.etcd, .ok)]))
        #expect(text.hasSuffix("findings: 0 critical, 0 warning, 0 info\n\nOK            etcd\n"))
    }

    /// Unicode Standard Annex 9: overrides and isolates show what follows in another order.
    @Test func directionsAreShownAsControlsAre() {
        #expect(TerminalStyle.plain("a\u{202E}b\u{2067}c\u{2069}ä") == "a\u{FFFD}b\u{FFFD}c\u{FFFD}ä")
    }
}
