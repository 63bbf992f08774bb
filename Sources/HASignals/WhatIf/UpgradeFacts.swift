package import ClusterState

/// What an upgrade of the cluster depends on beside drains and findings: versions, and what is known of deprecated APIs.
package struct UpgradeFacts: Sendable {
    /// Minor versions of the oldest and the newest API server; nil where none told.
    package var apiServerMinors: ClosedRange<Int>?
    /// The nodes by the minor version of their kubelet, oldest first; nil where nodes are not known.
    package var kubelets: [KubeletGroup]?
    /// How the source stands that tells which deprecated APIs are requested.
    package var deprecatedAPIs: SourceState

    /// Creates the facts of a cluster of which nothing is known.
    package init() {
        deprecatedAPIs = .notSynced
    }

    init(_ context: CollectionContext) {
        let versions = Versions(context)
        apiServerMinors = versions.apiServerMinors
        deprecatedAPIs = context.state.status(of: .apiservermetrics).state
        guard context.isOK(.nodes) else { return }
        var groups: [Int: KubeletGroup] = [:]
        for (node, minor) in versions.kubeletMinors {
            groups[minor, default: KubeletGroup(minor: minor)].add(context.text(node.meta.name))
        }
        kubelets = groups.values.sorted { $0.minor < $1.minor }
    }
}

/// The nodes whose kubelet is of one minor version.
package struct KubeletGroup: Sendable {
    package var minor: Int
    package private(set) var count = 0
    /// The names of the first ten.
    package private(set) var names: [String] = []

    init(minor: Int) {
        self.minor = minor
    }

    mutating func add(_ name: String) {
        count += 1
        if names.count < 10 { names.append(name) }
    }
}
