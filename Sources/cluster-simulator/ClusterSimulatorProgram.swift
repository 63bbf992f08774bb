import ArgumentParser
import Programs

/// The program `cluster-simulator`, for tests and the demo. Flags that describe a cluster go in; it serves the simulated
/// API servers and etcd members on this machine. `demo` runs an exporter that reads them in the same process.
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
