package import HASignals

/// How the server runs.
package struct ServerSettings: Sendable {
    /// `--web.listen-address`.
    package var listenAddresses: [ListenAddress] = [.standard]
    /// `--web.telemetry-path`.
    package var telemetryPath = TelemetryPath.standard
    /// `--interval`: time from the start of one collection to that of the next.
    package var interval = Duration.seconds(15)
    /// `--stale-after`: cluster families are served only from a collection that began less than this ago.
    package var staleAfter = Duration.seconds(300)
    /// What the operator says of the cluster.
    package var signals = SignalSettings()

    /// Creates the defaults.
    package init() {}
}
