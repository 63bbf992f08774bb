import ArgumentParser
import ClusterSimulator
import Collection
import ExporterServer
import HTTPTransport
import Logging
import Programs

/// `demo`: the exporter over a simulated cluster with a scripted series of events, both in this process.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Serve an exporter over a simulated cluster of three zones, with a rollout and outages to look at.",
        discussion: """
            Needs no cluster and no file: API servers and etcd members are simulated on ports of the loopback interface, \
            and read like real ones. A rollout, the loss of a node and the outage of a zone follow one another; when each \
            begins, a line says what to look at. Ctrl-C ends it.
            """
    )

    @Option(flag: "pace", takes: "duration", "Time from one event to the next (default: 1m).")
    var pace: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Run the rollout and the outages; with --no-story only the faults that you inject happen."
    )
    var story = true

    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Logging") var log: LogOptions

    func run() async throws {
        let environment = ProcessSetup.environment
        let (settings, pace, logger) = try ProgramFailure.usage { () throws(SettingError) in
            (
                try server.settings(environment, interval: .seconds(5)),
                try Setting(duration: "pace", minimum: 1).value(self.pace, environment) ?? .seconds(60),
                try log.logger(environment)
            )
        }
        do {
            try await CurlTransport.withTransport { transport in
                let cluster = try DemoCluster(
                    pace: pace,
                    hasStory: story,
                    settings: settings.collection,
                    transport: transport,
                    logger: logger
                )
                try await ExporterRun(settings, logger: logger)
                    .serve(cluster.live, beside: [cluster]) { address in
                        let base = "http://\(address.urlHost):\(address.port)"
                        StandardStreams.write("Open \(base)/ or scrape \(base)\(settings.telemetryPath)\n")
                        cluster.begin()
                    }
            }
        } catch let error as DemoError {
            throw ProgramFailure(error.description, code: ProgramFailure.failed)
        }
    }
}

/// Why the demo cannot run.
struct DemoError: Error, CustomStringConvertible {
    let reason: String
    var description: String { "the simulated cluster: \(reason)" }
}
