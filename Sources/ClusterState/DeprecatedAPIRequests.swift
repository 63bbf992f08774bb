/// A deprecated API of which an API server says that it was requested.
package struct DeprecatedAPI: Hashable, Sendable {
    /// The API group; empty for the core one.
    package var group: String
    package var version: String
    /// The plural name of the resource, in lower case; its subresources count for it.
    package var resource: String
    /// The minor version that serves it no more, as `1.25`; empty where none is known.
    package var removedRelease: String

    /// Creates an API.
    package init(group: String, version: String, resource: String, removedRelease: String) {
        self.group = group
        self.version = version
        self.resource = resource
        self.removedRelease = removedRelease
    }

    /// As kubectl takes it: `flowschemas.v1beta2.flowcontrol.apiserver.k8s.io`, of the core group `pods.v1`.
    package var name: String {
        group.isEmpty ? "\(resource).\(version)" : "\(resource).\(version).\(group)"
    }

    /// The minor number of ``removedRelease``; nil where that is empty or no release of Kubernetes 1.
    package var removedMinor: Int? {
        let parts = removedRelease.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "1" else { return nil }
        return Int(parts[1])
    }
}

/// Which deprecated APIs were requested since the API servers started: each keeps count for itself
/// (`apiserver_requested_deprecated_apis`), and forgets when it is started again.
package struct DeprecatedAPIRequests: Hashable, Sendable {
    private struct Instance: Hashable, Sendable {
        /// `process_start_time_seconds`; 0 where it was not told.
        var startTime: Double
        var apis: Set<DeprecatedAPI>
    }

    private var instances: [String: Instance] = [:]

    /// Creates the requests of a cluster of which none was asked for.
    package init() {}

    /// Whether any API server answered with its metrics.
    package var isKnown: Bool { !instances.isEmpty }

    /// How many API servers answered with their metrics.
    package var instanceCount: Int { instances.count }

    /// All of them, each once, in order of their names.
    package var all: [DeprecatedAPI] {
        instances.values.reduce(into: Set()) { $0.formUnion($1.apis) }
            .sorted { ($0.name, $0.removedRelease) < ($1.name, $1.removedRelease) }
    }

    /// Adds the requests that an API server counted.
    ///
    /// - Parameters:
    ///   - apis: What it says was requested.
    ///   - instance: The API server, as host:port.
    ///   - startTime: When its process started; 0 where it did not report it. Its requests from before the last start are
    ///     removed.
    package mutating func note(_ apis: Set<DeprecatedAPI>, of instance: String, startedAt startTime: Double) {
        var known = instances[instance] ?? Instance(startTime: startTime, apis: [])
        if known.startTime != startTime { known = Instance(startTime: startTime, apis: []) }
        known.apis.formUnion(apis)
        instances[instance] = known
    }
}
