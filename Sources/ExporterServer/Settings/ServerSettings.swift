package import HASignals

/// How the server runs.
package struct ServerSettings: Sendable {
    /// `--web.listen-address`.
    package var listenAddresses: [ListenAddress] = [.standard]
    /// `--web.telemetry-path`.
    package var telemetryPath = TelemetryPath.standard
    /// `--interval`: time from the start of one collection to that of the next, and so of rounds of probes.
    package var interval = Duration.seconds(15)
    /// `--stale-after`: cluster families are served only from a collection that began less than this ago; a source of
    /// which nothing was heard for so long is stale.
    package var staleAfter = Duration.seconds(300)
    /// What the operator says of the cluster.
    package var signals = SignalSettings()

    /// What is odd about the settings, a line each, for the log: nothing stops for it.
    package var warnings: [String] {
        let twoBookmarks = Duration.seconds(120)
        guard staleAfter < twoBookmarks else { return [] }
        return [
            "--stale-after is below 2m: the API server sends a watch on which nothing changes one bookmark a minute, "
                + "so that one late bookmark makes sources stale and their areas unknown"
        ]
    }

    /// Creates the defaults.
    package init() {}
}
