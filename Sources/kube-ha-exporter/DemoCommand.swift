import ArgumentParser
import ExporterServer
import Recordings

/// `demo`: the server over the recorded cluster that the program carries.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Serve a recorded cluster of three zones, to look around.",
        discussion: "Needs no cluster and no file. Prints the addresses to open; Ctrl-C ends it."
    )

    @OptionGroup(title: "Server") var server: ServerOptions
    @OptionGroup(title: "Logging") var log: LogOptions

    func run() async throws {
        let environment = ProcessSetup.environment
        let (settings, logger) = try ProgramFailure.usage { () throws(SettingError) in
            (try server.settings(environment), try log.logger(environment))
        }
        let recording: Recording
        do {
            recording = try Recording.demo()
        } catch {
            throw ProgramFailure("the recording in the program: \(error)", code: ProgramFailure.failed)
        }
        let source = RecordedSource(state: recording.state, probes: recording.probes, now: recording.now)
        try await ServeCommand.serve(settings, source, logger) { address in
            let base = "http://\(address.urlHost):\(address.port)"
            StandardOutput.write("Open \(base)/ or scrape \(base)\(settings.telemetryPath)\n")
        }
    }
}
