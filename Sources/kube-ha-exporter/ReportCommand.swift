import ArgumentParser
import ExporterServer
import HASignals
import Recordings
import Report

/// The form of a report.
enum ReportOutput: String, CaseIterable, Sendable {
    case text, json
}

/// `report`: what is wrong with the cluster now, for a person or a script.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Print how each area of availability stands, worst first, and end.",
        discussion: """
            Ends with 1 where there are findings at or above --fail-on, else with 2 where a required source is unknown \
            or the input cannot be read, else with 0; wrong usage 64.
            """
    )

    @OptionGroup(title: "Cluster") var input: InputOptions
    @OptionGroup(title: "Expectations") var signals: SignalOptions

    @Option(name: .long, help: ArgumentHelp("Print text or json (default: text).", valueName: "form"))
    var output: String?

    @Option(
        name: .customLong("fail-on"),
        help: ArgumentHelp(
            "End with 1 for findings of this severity or worse: critical, warning, info or never (default: critical).",
            valueName: "severity"
        )
    )
    var failOn: String?

    func run() async throws {
        let environment = ProcessSetup.environment
        let (settings, output, threshold) = try ProgramFailure.usage { () throws(SettingError) in
            (
                try signals.settings(environment),
                try Setting<ReportOutput>(choice: "output").value(self.output, environment) ?? .text,
                try Setting<FailureThreshold>(choice: "fail-on").value(failOn, environment) ?? .critical
            )
        }
        let recording = try input.recording(environment, failure: ProgramFailure.unknown)
        let source = RecordedSource(state: recording.state, probes: recording.probes, now: recording.now)
        let cache = SnapshotCache()
        await Collector(source: source, settings: settings, cache: cache, clock: .system).collect()
        guard let snapshot = cache.latest?.signals else {
            throw ProgramFailure("no collection was made", code: ProgramFailure.unknown)
        }
        switch output {
        case .text:
            StandardOutput.write(
                TerminalReport.text(snapshot, isColoured: StandardOutput.isColoured(environment))
            )
        case .json: StandardOutput.write(try ReportDocument(snapshot).text())
        }
        throw ExitCode(ReportVerdict(snapshot, failOn: threshold).exitCode)
    }
}
