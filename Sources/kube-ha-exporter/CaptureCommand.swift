import ArgumentParser
import Capture
import Collection
import ControlPlaneProbes
import HASignals
import HTTPTransport
import KubernetesClient
import Logging
import Programs

/// `capture`: records a live cluster in a folder that `report` and `serve` read with `--from`.
struct CaptureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture",
        abstract: "Record a live cluster in a folder, for report --from and serve --from.",
        discussion: """
            Lists every selected resource once, probes API servers and etcd members, and writes the answers unchanged. \
            Secrets are never read, but environment variables, arguments and annotations are recorded unless --redact \
            is given, which keeps only what the exporter reads. The exit status is 0 if everything that may be read was \
            recorded, 2 if something failed or nothing could be read, 64 for wrong usage.
            """
    )

    @Argument(help: ArgumentHelp("The folder to write; it must be empty or not exist.", valueName: "dir"))
    var folder: String

    @Flag(
        help: "Record only what the exporter reads: names and numbers, no environment variables, arguments or messages."
    )
    var redact = false

    @OptionGroup(title: "Live cluster") var live: LiveOptions

    @Option(
        flag: "leader-lease",
        takes: "namespace/name",
        "A leader lease whose namespace is recorded in addition to kube-system; repeatable."
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
            result = try await CurlTransport.withTransport { transport in
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
        settings.isEtcdExcluded = live.probes.etcd.isExcluded
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
