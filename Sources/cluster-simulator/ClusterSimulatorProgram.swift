import ArgumentParser
import Programs

/// The program: a simulated Kubernetes cluster on this machine, alone or with an exporter that reads it.
@main
struct ClusterSimulatorProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cluster-simulator",
        abstract: "Simulates a Kubernetes cluster: API servers and etcd members over a scripted cluster.",
        subcommands: [ServeCommand.self, DemoCommand.self],
        defaultSubcommand: ServeCommand.self
    )

    static func main() async { await runProgram() }
}
