import ArgumentParser
import ExporterServer
import Logging

/// What is logged, and how.
struct LogOptions: ParsableArguments {
    @Option(
        name: .customLong("log-level"),
        help: ArgumentHelp(
            "Log from this level on: trace, debug, info, notice, warning, error or critical (default: info).",
            valueName: "level"
        )
    )
    var logLevel: String?

    @Option(
        name: .customLong("log-format"),
        help: ArgumentHelp("Log lines as text or json, on standard error (default: text).", valueName: "format")
    )
    var logFormat: String?

    /// The logger that the options come to.
    func logger(_ environment: [String: String]) throws(SettingError) -> Logger {
        let level = try Setting<Logger.Level>(choice: "log-level").value(logLevel, environment) ?? .info
        let format = try Setting<LogFormat>(choice: "log-format").value(logFormat, environment) ?? .text
        return Logger(label: "kube-ha-exporter") { _ in LineLogHandler(level: level, format: format) }
    }
}
