package import Collection

/// How the HTTP server listens and what it serves.
package struct ServerSettings: Sendable {
    /// `--web.listen-address`.
    package var listenAddresses: [ListenAddress] = [.standard]
    /// `--web.probe-listen-address`: where health is answered over plain HTTP beside; none by default.
    package var probeListenAddresses: [ListenAddress] = []
    /// `--web.telemetry-path`.
    package var telemetryPath = TelemetryPath.standard
    /// How the snapshots are made that are served.
    package var collection = CollectionSettings()

    /// Creates the defaults.
    package init() {}
}
