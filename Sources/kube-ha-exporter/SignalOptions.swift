import ArgumentParser
import ExporterServer
import HASignals

/// What the operator says of the cluster.
struct SignalOptions: ParsableArguments {
    @Option(
        name: .customLong("expected.zones"),
        help: ArgumentHelp(
            "Zones with a Ready node that there should be (default: the most seen within 24 hours).",
            valueName: "n"
        )
    )
    var expectedZones: String?

    @Option(
        name: .customLong("expected.apiservers"),
        help: ArgumentHelp(
            "API servers that there should be (default: the most seen within 24 hours).",
            valueName: "n"
        )
    )
    var expectedAPIServers: String?

    /// The settings that the options come to.
    func settings(_ environment: [String: String]) throws(SettingError) -> SignalSettings {
        var settings = SignalSettings()
        settings.expectedZones = try Setting(number: "expected.zones", minimum: 1).value(expectedZones, environment)
        settings.expectedAPIServers = try Setting(number: "expected.apiservers", minimum: 1)
            .value(expectedAPIServers, environment)
        return settings
    }
}
