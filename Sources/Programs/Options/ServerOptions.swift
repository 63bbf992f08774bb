package import ArgumentParser
package import Collection
package import ExporterServer
import HASignals

/// Which findings get a series of their own.
enum FindingSeries: String, CaseIterable, Sendable {
    /// Warning and critical ones.
    case warning
    /// Those of severity info too.
    case all
}

/// Options of the server: addresses, intervals, and which findings get a series.
package struct ServerOptions: ParsableArguments {
    @Option(
        flag: "web.listen-address",
        takes: "address",
        "The address to listen on; repeatable (default: :10142).",
        discussion: "host:port, [::1]:port, or :port for every interface; with port 0 the system chooses one."
    )
    package var listenAddress: [String] = []

    @Option(
        flag: "web.probe-listen-address",
        takes: "address",
        "An address for /livez and /readyz alone, over plain HTTP without authentication; repeatable (default: none).",
        discussion: "For the kubelet, which has no client certificate. The format is that of --web.listen-address."
    )
    package var probeListenAddress: [String] = []

    @Option(flag: "web.telemetry-path", takes: "path", "The path to serve metrics under (default: /metrics).")
    package var telemetryPath: String?

    @Option(
        flag: "interval",
        takes: "duration",
        """
        Time from one collection to the next, such as 15s or 1m30s (default: 15s). API servers and etcd members are \
        probed as often, but at least every 10s. Changes of watched resources arrive at once, whatever the interval.
        """
    )
    package var interval: String?

    @Option(
        flag: "stale-after",
        takes: "duration",
        """
        A source without an event, bookmark or list for this long is stale, and its areas are unknown; the \
        cluster's metrics are left out once the last collection is older (default: 5m, at least two intervals). \
        With less than 2m, watches on which nothing changes become stale.
        """
    )
    package var staleAfter: String?

    @Option(
        flag: "finding-series",
        takes: "which",
        "Which findings get a series: warning (and critical) or all (default: warning)."
    )
    package var findingSeries: String?

    @Option(
        flag: "finding-series-limit",
        takes: "n",
        "The most findings that get a series; the others are only counted (default: 2000)."
    )
    package var findingSeriesLimit: String?

    @OptionGroup var signals: SignalOptions

    package init() {}

    /// The settings that the options come to.
    ///
    /// - Parameters:
    ///   - environment: The environment variables.
    ///   - interval: Taken where `--interval` is not given.
    /// - Returns: The settings.
    /// - Throws: `SettingError` naming the option that cannot be read.
    package func settings(
        _ environment: [String: String],
        interval: Duration = CollectionSettings().interval
    ) throws(SettingError) -> ServerSettings {
        var settings = ServerSettings()
        settings.collection.interval = interval
        settings.collection.signals = try signals.settings(environment)
        let listen = { (name: String) in
            Setting<ListenAddress>(name) { text throws(ValueProblem) in try ListenAddress(parsing: text) }
        }
        let addresses = try listen("web.listen-address").values(listenAddress, environment)
        settings.probeListenAddresses = try listen("web.probe-listen-address").values(probeListenAddress, environment)
        if !addresses.isEmpty { settings.listenAddresses = addresses }
        let path = Setting<String>("web.telemetry-path") { text throws(ValueProblem) in
            try TelemetryPath.parse(text)
        }
        if let value = try path.value(telemetryPath, environment) { settings.telemetryPath = value }
        let interval = Setting(duration: "interval", minimum: 1)
        if let value = try interval.value(self.interval, environment) { settings.collection.interval = value }
        let staleAfter = Setting<Duration>("stale-after") {
            [interval = settings.collection.interval] text throws(ValueProblem) in
            let value = try DurationText.parse(text)
            guard value > interval else { throw ValueProblem("must be longer than --interval") }
            return value
        }
        if let value = try staleAfter.value(self.staleAfter, environment) {
            settings.collection.staleAfter = value
        } else {
            // A long interval must not make every snapshot stale before the next one is there.
            settings.collection.staleAfter = max(settings.collection.staleAfter, settings.collection.interval * 2)
        }
        if let value = try Setting<FindingSeries>(choice: "finding-series").value(findingSeries, environment) {
            settings.collection.signals.listsInfoFindings = value == .all
        }
        if let value = try Setting(number: "finding-series-limit", minimum: 0).value(findingSeriesLimit, environment) {
            settings.collection.signals.findingSeriesLimit = value
        }
        return settings
    }
}
