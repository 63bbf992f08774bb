import ArgumentParser
import ClusterState
import ExporterServer
import Logging
import Recordings

/// `serve`: metrics for Prometheus, until a signal ends it.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve metrics for Prometheus (the default).",
        discussion: "Runs until SIGTERM or SIGINT. Ends with 1 where it cannot serve, 64 for wrong usage."
    )

    @OptionGroup(title: "Cluster") var input: InputOptions
    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Logging") var log: LogOptions

    func run() async throws {
        let environment = ProcessSetup.environment
        let (settings, logger) = try ProgramFailure.usage { () throws(SettingError) in
            (try server.settings(environment), try log.logger(environment))
        }
        let recording = try input.recording(environment, failure: ProgramFailure.failed)
        let source = RecordedSource(state: recording.state, probes: recording.probes, now: recording.now)
        for used in SourceFacts.used {
            guard let reason = recording.reasons[used] else { continue }
            logger.notice("about a source", metadata: ["source": "\(used.rawValue)", "reason": "\(reason)"])
        }
        try await Self.serve(settings, source, logger)
    }

    /// Serves a source; a port that is in use ends the program with one line.
    static func serve(
        _ settings: ServerSettings,
        _ source: some SignalSource,
        _ logger: Logger,
        onListening: @escaping @Sendable (ListenAddress) -> Void = { _ in }
    ) async throws {
        do {
            try await ExporterServer(settings, source: source).run(logger: logger, onListening: onListening)
        } catch let error as ListenError {
            throw ProgramFailure(error.description, code: ProgramFailure.failed)
        }
    }
}
