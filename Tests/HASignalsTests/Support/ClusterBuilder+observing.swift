import ClusterState
import HASignals

extension ClusterBuilder {
    /// Lets the observations see the cluster as it is now.
    ///
    /// - Parameters:
    ///   - uptime: Monotonic seconds.
    ///   - leasesKnownAt: When the leases were last heard of; nil for now.
    mutating func observe(uptime: Double, leasesKnownAt: Double? = nil) {
        observations.observe(state, probes: probes, now: now, uptime: uptime, leasesKnownAt: leasesKnownAt)
    }

    /// What the areas of these tests say. Where nothing was observed before, this is the first sight of the cluster.
    ///
    /// Unlike ``collect()``, which judges as of a recording, this is a live cluster unless the test says otherwise.
    func signals(isRecording: Bool = false) -> Signals {
        Signals(snapshot: SignalRunner.collect(view(isRecording: isRecording), areas: Signals.areas))
    }

    /// What the areas get to see.
    func view(isRecording: Bool = false) -> CollectionContext {
        var observations = observations
        if observations.mostReadyZones == nil && observations.mostAPIServers == nil {
            observations.observe(state, probes: probes, now: now, uptime: 0)
        }
        return context(observations, isRecording: isRecording)
    }

    // MARK: Layouts

    static let controlPlaneTaint = "node-role.kubernetes.io/control-plane"

    /// Zones a, b and c, each with a tainted master (`cp-a`, at 10.0.0.1 and so on) and a worker (`w-a`).
    static func threeZones() -> ClusterBuilder {
        var cluster = ClusterBuilder()
        for (number, zone) in ["a", "b", "c"].enumerated() {
            cluster.node(
                "cp-\(zone)",
                zone: zone,
                role: .controlPlane,
                ready: .isTrue,
                taints: [controlPlaneTaint],
                addresses: ["10.0.0.\(number + 1)"]
            )
            cluster.node("w-\(zone)", zone: zone)
        }
        return cluster
    }

    /// Workers `w-1` and so on, without zones.
    static func workers(_ count: Int) -> ClusterBuilder {
        var cluster = ClusterBuilder()
        for number in 1...count { cluster.node("w-\(number)") }
        return cluster
    }
}
