package import ControlPlaneProbes
package import KubernetesClient

/// What is captured.
package struct CaptureSettings: Sendable {
    /// What is listed.
    package var selection = ResourceSelection()
    /// `--probe.endpoint`: API servers that are probed in addition to those found in the cluster.
    package var apiServers: [ProbeEndpoint] = []
    /// `--upgrade-preflight`: whether API servers are asked for their metrics.
    package var readsAPIServerMetrics = true
    /// `--etcd.endpoints none`: the recording says so, and etcd is not judged in it.
    package var isEtcdExcluded = false
    /// `--redact`: only what is read of the recording is kept.
    package var isRedacted = false

    /// Creates settings: everything, as it is.
    package init() {}
}
