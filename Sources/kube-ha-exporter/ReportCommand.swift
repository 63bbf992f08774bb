import ArgumentParser
import Collection
import ExporterServer
import HASignals
import HTTPTransport
import KubernetesClient
import Logging
import Programs
import Recordings
import Report

/// The form of a report.
enum ReportOutput: String, CaseIterable, Sendable {
    case text, json, markdown, html
}

/// `report`: what is wrong with the cluster now, for a person or a script.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Print once what the cluster would survive, and what is broken and why.",
        discussion: """
            Reads the live cluster that the kubeconfig or the service account names once, or with --from a recorded \
            one. The exit status is 1 if there are findings at or above --fail-on, else 2 if a required source is \
            unknown or the input cannot be read, else 0; it is 64 for wrong usage. With --node, --zone, --drain or \
            --upgrade-to the report is about that alone, and the exit status is 1 if the drain is not safe or the \
            upgrade has blockers, 2 if that is unknown.
            """
    )

    @OptionGroup(title: "Cluster") var input: InputOptions
    @OptionGroup(title: "Live cluster") var live: LiveOptions

    @Option(
        flag: "wait",
        takes: "duration",
        "How long to wait until a live cluster is read; the report then says what is missing (default: 1m)."
    )
    var wait: String?

    @OptionGroup(title: "Expectations") var signals: SignalOptions
    @OptionGroup(title: "One node, zone or version") var question: ReportQuestionOptions

    @Option(flag: "output", takes: "form", "Print text, json, markdown or html (default: text).")
    var output: String?

    @Option(
        flag: "severity",
        takes: "severity",
        "List findings of this severity or above: critical, warning or info; JSON has all (default: warning)."
    )
    var severity: String?

    @Flag(name: .long, help: "Print long lists completely; by default they end after ten entries with a count.")
    var all = false

    @Option(
        flag: "fail-on",
        takes: "severity",
        "The lowest severity of findings for which the exit status is 1: critical, warning, info or never (default: critical)."
    )
    var failOn: String?

    @OptionGroup(title: "Logging") var log: LogOptions

    func run() async throws {
        let environment = ProcessSetup.environment
        let (given, output, threshold, severity, question) = try ProgramFailure.usage { () throws(SettingError) in
            (
                try signals.settings(environment),
                try Setting<ReportOutput>(choice: "output").value(self.output, environment) ?? .text,
                try Setting<FailureThreshold>(choice: "fail-on").value(failOn, environment) ?? .critical,
                try Setting<Severity>(choice: "severity").value(self.severity, environment) ?? .warning,
                try self.question.question()
            )
        }
        var settings = given
        // Printed once and gone: every obstacle to a drain by name.
        settings.drainDetailLimit = .max
        let collected: Snapshot
        if let folder = try input.folder(environment) {
            try ProgramFailure.usage { () throws(SettingError) in try live.expectNone(with: "--from") }
            let recording = try InputOptions.recording(in: folder, failure: ProgramFailure.unknown)
            settings.isEtcdExcluded = recording.isEtcdExcluded
            let source = RecordedSource(state: recording.state, probes: recording.probes, now: recording.now)
            collected = try await Self.collect(source, settings)
        } else {
            collected = try await collectLive(settings, environment)
        }
        let snapshot = collected.signals
        let model = ReportModel(snapshot, about: question, sources: collected.sourceLines)
        switch output {
        case .text:
            var options = TerminalReport.Options()
            options.severity = severity
            options.isComplete = all
            options.isColoured = StandardStreams.isColoured(environment)
            StandardStreams.write(TerminalReport.text(model, options))
        case .json: StandardStreams.write(try ReportDocument(model).text())
        case .markdown: StandardStreams.write(MarkdownReport.text(model, severity: severity))
        case .html:
            let page = ReportPage(file: model, version: BuildInfo.version, severity: severity, isComplete: all)
            StandardStreams.write(page.text)
        }
        throw ExitCode(model.focus?.exitCode ?? ReportVerdict(snapshot, failOn: threshold).exitCode)
    }

    /// Runs the areas over the live cluster that the options name.
    private func collectLive(
        _ settings: SignalSettings,
        _ environment: [String: String]
    ) async throws -> Snapshot {
        let (read, limit, logger) = try ProgramFailure.usage { () throws(SettingError) in
            var collection = CollectionSettings()
            collection.signals = settings
            return (
                try live.settings(environment, collection),
                try Setting<Duration>(duration: "wait", minimum: 1).value(wait, environment) ?? .seconds(60),
                // The report says the state of each source, and one error why there is none.
                try log.logger(environment, default: .error)
            )
        }
        SignalEnd.install()
        var marked = settings
        read.mark(&marked)
        let signals = marked
        let access = try live.access(environment, logger, failure: ProgramFailure.unknown)
        return try await CurlTransport.withTransport { transport in
            let cluster = LiveCluster(transport, access, read, logger)
            let outcome = await cluster.readOnce(within: limit) { () -> Result<Snapshot, ProgramFailure> in
                do throws(ProgramFailure) {
                    return .success(try await Self.collect(cluster, signals))
                } catch {
                    return .failure(error)
                }
            }
            let reason = await cluster.firstProblem ?? "no answer came"
            if let outcome {
                let snapshot = try outcome.get()
                // Nothing would be found in it, and the report would be that of a healthy cluster.
                if let missing = await cluster.missingNamespaces.first {
                    throw ProgramFailure(
                        "--namespaces \"\(missing)\": the cluster has no such namespace",
                        code: ProgramFailure.unknown
                    )
                }
                if await !cluster.hasReadAnything { logger.error("cannot read \(access.endpoint.server): \(reason)") }
                return snapshot
            }
            throw ProgramFailure("cannot read \(access.endpoint.server): \(reason)", code: ProgramFailure.unknown)
        }
    }

    /// Collects once.
    private static func collect(
        _ source: some SignalSource,
        _ settings: SignalSettings
    ) async throws(ProgramFailure) -> Snapshot {
        let cache = SnapshotCache()
        await Collector(source: source, settings: settings, cache: cache, clock: .system).collect()
        guard let snapshot = cache.latest else {
            throw ProgramFailure("no collection was made", code: ProgramFailure.unknown)
        }
        return snapshot
    }
}
