import ArgumentParser
import ExporterServer

/// The program: a subcommand a file, `serve` where none is named.
@main
struct KubeHAExporter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kube-ha-exporter",
        abstract: "Judges whether a Kubernetes cluster is really highly available, for Prometheus and for people.",
        discussion: """
            Start with `kube-ha-exporter demo`: it serves a recorded cluster and prints the addresses to open.
            Every flag that takes a value can be given by an environment variable as well: KUBE_HA_EXPORTER_ and the \
            flag's name in capitals, with _ for . and -, such as KUBE_HA_EXPORTER_WEB_LISTEN_ADDRESS. The flag wins.
            """,
        version:
            "kube-ha-exporter \(BuildInfo.version) (revision \(BuildInfo.revision), Swift \(BuildInfo.swiftVersion))",
        subcommands: [
            ServeCommand.self, ReportCommand.self, CaptureCommand.self, DemoCommand.self, MetricsCommand.self,
            RulesCommand.self,
        ],
        defaultSubcommand: ServeCommand.self
    )

    /// Runs the program; every failure is one line on standard error and an exit code.
    static func main() async {
        ProcessSetup.run()
        do {
            try ProcessSetup.raiseDescriptorLimit()
            let command = try parseAsRoot(ProcessSetup.arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                var command = command
                try command.run()
            }
        } catch let failure as ProgramFailure {
            StandardOutput.complain(failure.message)
            ProcessSetup.exit(failure.code)
        } catch {
            end(by: error)
        }
    }

    /// Ends by what ArgumentParser threw: help and version are answers, all else is wrong usage.
    private static func end(by error: any Error) -> Never {
        // A command that has said all says how it ends by this alone.
        if let code = error as? ExitCode { ProcessSetup.exit(code.rawValue) }
        let code = exitCode(for: error)
        if code.isSuccess {
            StandardOutput.write(fullMessage(for: error) + "\n")
        } else {
            let line = message(for: error).split(separator: "\n").joined(separator: " ")
            StandardOutput.complain("\(line); see kube-ha-exporter --help")
        }
        ProcessSetup.exit(code.rawValue)
    }
}
