import ArgumentParser
import Collection
import Programs

/// The program `kube-ha-exporter`. Flags and environment variables go in; each subcommand (one file each, `serve` by
/// default) turns them into settings, runs one of the other targets, and ends with its exit status. The subcommands hold
/// no logic of their own.
@main
struct KubeHAExporter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kube-ha-exporter",
        abstract: "Checks whether a Kubernetes cluster is really highly available, for Prometheus and for people.",
        discussion: """
            Every flag that takes a value can be given by an environment variable as well: KUBE_HA_EXPORTER_ and the \
            flag's name in capitals, with _ for . and -, such as KUBE_HA_EXPORTER_WEB_LISTEN_ADDRESS. The flag wins.
            """,
        version:
            "kube-ha-exporter \(BuildInfo.version) (revision \(BuildInfo.revision), Swift \(BuildInfo.swiftVersion))",
        subcommands: [
            ServeCommand.self, ReportCommand.self, CaptureCommand.self, MetricsCommand.self, RulesCommand.self,
        ],
        defaultSubcommand: ServeCommand.self
    )

    static func main() async { await runProgram() }
}
