import ArgumentParser
import Capture
import Collection
import ControlPlaneProbes
import HASignals
import HTTPTransport
import KubernetesClient
import Logging
import Programs

/// `capture`: records a live cluster, to be judged elsewhere.
struct CaptureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Record a live cluster in a folder, for report --from and serve --from.",
        discussion: """
            Lists every selected resource once, asks API servers and etcd members, and writes the answers as they are. \
            Secrets are never read; but environment variables, arguments and annotations are in the recording unless \
            --redact is given, which keeps only what the exporter reads. Ends with 0 where all that may be read was \
            recorded, with 2 where something failed or nothing could be read, with 64 for wrong usage.
            """
    )

    @Argument(help: ArgumentHelp("The folder to write: empty, or not there yet.", valueName: "dir"))
    var folder: String

    @Flag(help: "Keep only what is read of a recording: names and numbers, no environment, arguments, messages.")
    var redact = false

    @OptionGroup(title: "Live cluster") var live: LiveOptions

    @Option(
        name: .customLong("leader-lease"),
        help: ArgumentHelp(
            "A leader lease whose namespace is recorded beside kube-system; repeatable.",
            valueName: "namespace/name"
        )
    )
    var leaderLeases: [String] = []

    @OptionGroup(title: "Logging") var log: LogOptions

    func run() async throws {
        let environment = ProcessSetup.environment
        let (settings, logger) = try ProgramFailure.usage { () throws(SettingError) in
            var collection = CollectionSettings()
            collection.signals.leaderLeases = try SignalOptions.reference("leader-lease")
                .values(leaderLeases, environment)
            return (try live.settings(environment, collection), try log.logger(environment))
        }
        SignalEnd.install()
        let access = try live.access(environment, logger, failure: ProgramFailure.unknown)
        let progress = CaptureProgress(isTerminal: CaptureProgress.isTerminal(environment))
        let result: CaptureResult
        do {
            result = try await CurlTransport.lend { transport in
                try await capture(transport, access, settings, progress).run(into: folder)
            }
        } catch let error as CaptureError {
            progress.clear()
            throw ProgramFailure(error.description, code: ProgramFailure.unknown)
        }
        progress.finish(result, folder)
        throw ExitCode(result.failed.isEmpty ? 0 : ProgramFailure.unknown)
    }

    /// The capture that access and settings come to.
    private func capture(
        _ transport: CurlTransport,
        _ access: ClusterAccess,
        _ live: LiveSettings,
        _ progress: CaptureProgress
    ) -> ClusterCapture {

        var settings = CaptureSettings()
        settings.readsAPIServerMetrics = live.readsAPIServerMetrics
        settings.selection = live.selection
        settings.apiServers = live.probes.apiServers
        settings.isRedacted = redact
        return ClusterCapture(
            client: APIClient(
                transport: transport,
                endpoint: access.endpoint,
                credentials: access.credentials,
                requestTimeout: live.requestTimeout
            ),
            server: access.endpoint.server,
            prober: LiveCluster.prober(
                transport,
                access.endpoint,
                access.credentials,
                live.probes,
                ClientClock.system.uptime
            ),
            settings: settings,
            clock: .system,
            seed: UInt64.random(in: .min ... .max),
            progress: { progress.show($0) }
        )
    }
}
