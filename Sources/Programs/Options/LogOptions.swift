package import ArgumentParser
package import Collection
package import Logging

/// What is logged, and how.
package struct LogOptions: ParsableArguments {
    @Option(
        flag: "log-level",
        takes: "level",
        "Log from this level on: trace, debug, info, notice, warning, error or critical (default: info)."
    )
    package var logLevel: String?

    @Option(flag: "log-format", takes: "format", "Log lines as text or json, on standard error (default: text).")
    package var logFormat: String?

    package init() {}

    /// The logger that the options come to.
    ///
    /// - Parameters:
    ///   - environment: The environment variables.
    ///   - level: The level where the options name none.
    /// - Returns: The logger.
    /// - Throws: ``SettingError`` where an option cannot be used.
    package func logger(
        _ environment: [String: String],
        default level: Logger.Level = .info
    ) throws(SettingError) -> Logger {
        let level = try Setting<Logger.Level>(choice: "log-level").value(logLevel, environment) ?? level
        let format = try Setting<LogFormat>(choice: "log-format").value(logFormat, environment) ?? .text
        return Logger(label: "kube-ha-exporter") { _ in LineLogHandler(level: level, format: format) }
    }
}
