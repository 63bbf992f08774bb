import ClusterState
import Testing

@testable import HASignals
@testable import Report

struct TerminalReportTests {
    private func text(
        _ snapshot: SignalSnapshot,
        about question: ReportQuestion? = nil,
        _ change: (inout TerminalReport.Options) -> Void = { _ in }
    ) -> String {
        var options = TerminalReport.Options()
        change(&options)
        return TerminalReport.text(ReportModel(snapshot, about: question), options)
    }

    @Test func saysTheAnswerThenTheCausesThenTheAreas() {
        #expect(
            text(Samples.lostNode) == """
                High availability as of 2023-11-14T22:13:20.000Z: findings: 1 critical, 3 warning, 0 info
                  loss of any node    unknown
                  loss of any zone    unknown
                  loss of any master  unknown
                  draining any node   unknown
                  right now           no       1 critical and 3 warnings; 2 causes, first Node w-1 (3 findings)

                Causes
                  critical  Node w-1
                            node-not-ready: it is so
                            → Change node-not-ready.
                            explains 2 findings:
                              critical  workload-down  Deployment shop/web: it is so
                              warning   service-without-endpoints  Service shop/web: it is so
                  warning   workload-deficit
                            Deployment shop/other: it is so
                            → Change workload-deficit.

                Areas
                  status   area   rules  critical  warning  info  not known
                  WARNING  nodes         0         1        0

                """
        )
    }

    /// Causes that explain nothing else stand together by their rule, with the remedy once.
    @Test func writesARemedyOnce() {
        let lines = text(Samples.mixed)
        #expect(
            lines.contains(
                """
                  warning   workload-deficit
                            Deployment shop/api: 0 of \u{FFFD}[2J\u{FFFD}3
                            Deployment shop/web: 1 of 2
                            → Change workload-deficit.
                """
            )
        )
        #expect(lines.components(of: "→ Change workload-deficit.") == 1)
    }

    @Test func listsPracticeOnlyWhereAskedFor() {
        #expect(!text(Samples.mixed).contains("single-node-cluster"))
        #expect(text(Samples.mixed) { $0.severity = .info }.contains("Practice\n  info      single-node-cluster"))
        #expect(!text(Samples.mixed) { $0.severity = .critical }.contains("workload-deficit"))
    }

    /// Ten, and how many more there are; eleven are written out, since the line that says so is no shorter.
    @Test(arguments: [(11, 11, false), (12, 10, true), (30, 10, true)])
    func cutsLongLists(_ count: Int, _ shown: Int, _ isCut: Bool) {
        let findings = (1...count)
            .map { number in
                Samples.finding(
                    "workload-deficit",
                    .warning,
                    .replicas,
                    FindingObject(kind: "Deployment", namespace: "shop", name: "d\(number)"),
                    "lacks"
                )
            }
        let snapshot = Samples.snapshot([], findings)
        #expect(text(snapshot).components(of: ": lacks") == shown)
        #expect(text(snapshot).contains("… and \(count - 10) more (--all)") == isCut)
        #expect(text(snapshot) { $0.isComplete = true }.components(of: ": lacks") == count)
    }

    @Test func saysTheSameInColour() {
        let coloured = text(Samples.mixed) { $0.isColoured = true }
        #expect(coloured.contains("\u{1B}[1;31mCRITICAL\u{1B}[0m"))
        // SGR sequences are all that colour adds.
        #expect(coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "") == text(Samples.mixed))
    }

    @Test func writesTheDrainOfANodePodByPod() {
        #expect(
            text(Samples.survivalSnapshot, about: .drain("w-1")) == """
                High availability as of 2023-11-14T22:13:20.000Z: findings: 0 critical, 0 warning, 0 info

                Drain of Node w-1  no
                  3 pods would be moved
                  2 single replicas would be interrupted:
                  1 pod has no controller:
                            Pod ess/naked

                """
        )
        #expect(text(Samples.survivalSnapshot, about: .drain("gone")).contains("Node gone is not known"))
    }

    @Test func writesWhatALossWouldDo() {
        let lines = text(Samples.survivalSnapshot, about: .node("w-1"))
        #expect(lines.contains("Loss of Node w-1  no\n  would be lost, and is meant to survive:"))
        #expect(lines.contains("1 host:\n              Host ess/chat.example.com"))
        #expect(lines.contains("would be lost too, of one replica or exempt:"))
        #expect(lines.contains("Drain of Node w-1  no"))
        #expect(text(Samples.survivalSnapshot, about: .node("w-2")).contains("nothing would be lost"))
    }

    @Test func writesWhatStandsAgainstAnUpgrade() {
        let lines = text(Samples.survivalSnapshot, about: .upgrade(minor: 38))
        #expect(lines.contains("Upgrade from 1.36 to 1.38  no"))
        #expect(lines.contains("blocker   one minor version at a time: 1.37 comes before 1.38"))
        #expect(lines.contains("blocker   Node w-1: "))
        #expect(lines.contains("not known which deprecated APIs are requested"))
    }
}

extension TerminalReportTests {
    /// Only of what is not known, and where anybody told why.
    @Test func writesWhyASourceWasNotRead() {
        func line(_ source: Source, _ state: SourceState, _ reason: String) -> SourceLine {
            var status = SourceStatus(state: state)
            status.reason = reason
            return SourceLine(source, status, objects: nil, now: Timestamp(seconds: 0))
        }
        let sources = [
            line(.etcd, .unreachable, "CA bundle ca.pem cannot be used"), line(.pods, .ok, ""),
            line(.httproutes, .absent, "no such group"), line(.nodes, .forbidden, "no right \u{1B}[2J to list"),
        ]
        let text = TerminalReport.text(ReportModel(Samples.mixed, sources: sources))
        #expect(
            text.contains(
                """
                Not read
                  etcd   unreachable   CA bundle ca.pem cannot be used
                  nodes  forbidden     no right \u{FFFD}[2J to list
                """
            )
        )
        #expect(!text.contains("no such group"))
        #expect(!TerminalReport.text(ReportModel(Samples.mixed)).contains("Not read"))
    }
}

/// Markdown answers the same questions.
struct MarkdownAnswerTests {
    private func text(_ question: ReportQuestion) -> String {
        MarkdownReport.text(ReportModel(Samples.survivalSnapshot, about: question))
    }

    @Test func writesWhatADrainWouldMeet() {
        #expect(
            text(.drain("w-1")) == """
                # High availability

                As of 2023-11-14T22:13:20.000Z.

                ## Drain of Node w-1: no

                3 pods would be moved.

                2 single replicas would be interrupted.

                1 pod has no controller:

                - Pod ess/naked

                """
        )
        #expect(text(.drain("w-2")).contains("## Drain of Node w-2: yes"))
        #expect(text(.drain("gone")).hasSuffix("Node gone is not known\n"))
    }

    @Test func writesWhatALossWouldDo() {
        let lines = text(.node("w-1"))
        #expect(
            lines.contains(
                """
                ## Loss of Node w-1: no

                Would be lost, and is meant to survive:

                - Host ess/chat.example.com

                Would be lost too, of one replica or exempt:

                - Application ess/matrix-stack
                - Service ess/main
                - StatefulSet ess/main

                ## Drain of Node w-1: no
                """
            )
        )
        #expect(text(.node("w-2")).contains("Nothing would be lost."))
        #expect(text(.zone("a")).hasSuffix("Zone a is not known: there are fewer than two zones\n"))
    }

    @Test func writesWhatStandsAgainstAnUpgrade() {
        let lines = text(.upgrade(minor: 38))
        #expect(lines.contains("## Upgrade from 1.36 to 1.38: no"))
        #expect(lines.contains("- blocker: one minor version at a time: 1.37 comes before 1.38"))
        #expect(lines.contains("- not known: "))
    }
}

extension String {
    /// How often a text is in it.
    fileprivate func components(of text: String) -> Int {
        ranges(of: text).count
    }
}
