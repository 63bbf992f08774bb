package import ControlPlaneProbes
package import HASignals
package import KubernetesClient

/// How a live cluster is read.
package struct LiveSettings: Sendable {
    /// What is read of it.
    package var selection = ResourceSelection()
    /// `--stale-after`: after so long without success, a source is stale.
    package var staleAfter = Duration.seconds(300)
    /// From the start of one round of probes to that of the next: `--interval`, at most ``longestProbeInterval``.
    package var probeInterval = Duration.seconds(15)
    /// A lost control plane is to be known within 15 s, and an answer may take 5 s of them.
    package static let longestProbeInterval = Duration.seconds(10)
    /// `--request-timeout`: how long the API server may take over an answer; nil for the limits of each request alone.
    package var requestTimeout: Duration?
    /// `--upgrade-preflight`: whether API servers are asked for their metrics, for deprecated APIs that were requested.
    package var readsAPIServerMetrics = true
    /// How the control plane is asked.
    package var probes = ProbeSettings()

    /// Sets in the areas' settings which parts of the control plane flags name or exclude, and which namespaces are read.
    package func mark(_ signals: inout SignalSettings) {
        signals.namesControlPlane = !probes.apiServers.isEmpty || probes.etcd.isNamed
        signals.isEtcdExcluded = probes.etcd.isExcluded
        signals.namespaces = Set(selection.namespaces)
        signals.deniedNamespaces = selection.deniedNamespaces
    }

    /// Creates settings with the defaults of the options.
    package init() {}
}
