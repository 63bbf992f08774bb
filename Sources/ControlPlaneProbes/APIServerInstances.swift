package import ClusterState

/// Which API server instances to ask.
///
/// All that is known of any, and what was known within the last hour: an instance that dies leaves the EndpointSlices
/// within seconds, and must become 0 then, not disappear.
package struct APIServerInstances: Sendable {
    /// How long an instance is asked on after it was last seen.
    package static let memory = Duration.seconds(3_600)
    /// How old an identity lease may be; the API servers delete it after an hour.
    private static let leaseLife = 3_600.0

    private var seen: [ProbeEndpoint: Duration] = [:]

    /// Creates a memory of no instance.
    package init() {}

    /// The instances that the cluster's objects name now.
    package static func found(in state: ClusterState, now: Timestamp) -> Set<ProbeEndpoint> {
        var found: Set<ProbeEndpoint> = []
        func add(_ authority: String) {
            if let endpoint = ProbeEndpoint("https://\(authority)") { found.insert(endpoint) }
        }
        for (address, port) in state.apiServerAddresses { add(authority(address, port)) }
        state.leases.forEach { _, lease in
            guard state.isIdentity(lease), !lease.advertisedAddress.isEmpty, let renewed = lease.spec.renewed,
                now.seconds - renewed.seconds < leaseLife
            else { return }
            add(authority(state.interner.string(lease.advertisedAddress), nil))
        }
        state.pods.forEach { _, pod in
            guard pod.flags.contains(.advertisesAddress), !pod.annotation(state.interner).isEmpty else { return }
            add(authority(state.interner.string(pod.annotation(state.interner)), nil))
        }
        return found
    }

    /// Adds the instances that were found, and removes those that were not found for an hour.
    ///
    /// - Parameters:
    ///   - found: The instances there are now.
    ///   - configured: Those named by `--probe.endpoint`, which are always asked.
    ///   - uptime: Monotonic time.
    /// - Returns: Whom to ask, in order of their names.
    package mutating func update(
        found: Set<ProbeEndpoint>,
        configured: [ProbeEndpoint],
        uptime: Duration
    ) -> [ProbeEndpoint] {
        for endpoint in found { seen[endpoint] = uptime }
        seen = seen.filter { uptime - $0.value < Self.memory }
        // Two schemes of one address would be two series of one name: what was configured counts.
        var byName: [String: ProbeEndpoint] = [:]
        for endpoint in seen.keys { byName[endpoint.name] = endpoint }
        for endpoint in configured { byName[endpoint.name] = endpoint }
        return byName.values.sorted { $0.name < $1.name }
    }

    /// host:port; an address with colons of its own in brackets. A port in the address stays.
    private static func authority(_ address: String, _ port: Int32?) -> String {
        let isIPv6 = address.count { $0 == ":" } > 1 && !address.hasPrefix("[")
        let host = isIPv6 ? "[\(address)]" : address
        let hasPort = host.hasPrefix("[") ? host.contains("]:") : host.contains(":")
        return hasPort ? host : "\(host):\(port ?? 6_443)"
    }
}
