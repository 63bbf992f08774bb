package import ControlPlaneProbes
package import KubernetesClient

/// How a live cluster is read.
package struct LiveSettings: Sendable {
    /// What is read of it.
    package var selection = ResourceSelection()
    /// `--stale-after`: after so long without success, a source is stale.
    package var staleAfter = Duration.seconds(300)
    /// From the start of one round of probes to that of the next: `--interval`.
    package var probeInterval = Duration.seconds(15)
    /// `--request-timeout`: how long the API server may take over an answer; nil for the limits of each request alone.
    package var requestTimeout: Duration?
    /// How the control plane is asked.
    package var probes = ProbeSettings()

    /// Creates settings with the defaults of the options.
    package init() {}
}
