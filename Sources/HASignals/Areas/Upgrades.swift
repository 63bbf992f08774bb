package import ClusterState
package import Exposition

/// Area 15: is the version skew supported, and can nodes be drained for an upgrade?
package enum Upgrades: Area {
    package static let name = AreaName.upgrades

    static let kubeletVersionLabels = LabelNames(["kubelet_version"])
    static let versionLabels = LabelNames(["version"])
    static let deprecatedLabels = LabelNames(["group", "version", "resource", "removed_release"])

    static let kubernetes = Family(
        "kube_ha_kubernetes_info",
        .info,
        labels: versionLabels,
        sources: ["version"],
        help: "Version of the API server that was asked, as it reports it."
    )
    static let kubelets = Family(
        "kube_ha_kubelet_nodes",
        .gauge,
        labels: kubeletVersionLabels,
        sources: ["nodes"],
        help: "Nodes by the version of their kubelet."
    )
    static let skew = Family(
        "kube_ha_kubelet_version_skew_minor",
        .gauge,
        sources: ["nodes", "version"],
        help:
            "Minor version of the newest API server minus that of the oldest kubelet; up to 3 is supported, up to 2 below 1.28."
    )
    static let ahead = Family(
        "kube_ha_kubelet_ahead_of_apiserver",
        .gauge,
        sources: ["nodes", "version"],
        help: "Nodes whose kubelet is of a newer minor version than the oldest API server, which is not supported."
    )
    static let apiServers = Family(
        "kube_ha_apiserver_versions",
        .gauge,
        sources: ["apiserver"],
        help: "Distinct versions over the API server instances; absent unless the version of each is known."
    )
    static let cordoned = Family(
        "kube_ha_nodes_cordoned",
        .gauge,
        sources: ["nodes"],
        help: "Nodes that are cordoned."
    )
    static let blocked = Family(
        "kube_ha_nodes_drain_blocked",
        .gauge,
        sources: ["poddisruptionbudgets", "pods", "nodes"],
        help: "Nodes with a pod whose eviction would be refused now."
    )

    static let deprecated = Family(
        "kube_ha_deprecated_api_info",
        .info,
        labels: deprecatedLabels,
        sources: ["apiservermetrics"],
        help: "A deprecated API that was requested since an API server's start, and the release that removes it."
    )

    package static let families: [any AnyFamily] = [
        kubernetes, kubelets, skew, ahead, apiServers, cordoned, blocked, deprecated,
    ]
    package static let optionalSources: Set<Source> = [.apiservermetrics]

    package static func collect(_ context: CollectionContext, into output: inout SignalOutput) {
        if context.isOK(.version), let version = context.state.version {
            output.sink.add(kubernetes, output.sink.labels(versionLabels, [version.gitVersion]), 1)
        }
        let versions = Versions(context)
        addNodes(versions, context, &output)
        if let distinct = versions.apiServers { output.sink.add(apiServers, distinct.count) }
        evaluate(versions, context, &output)
        for api in context.state.deprecatedAPIs.all {
            let labels = output.sink.labels(
                deprecatedLabels,
                [api.group, api.version, api.resource, api.removedRelease]
            )
            output.sink.add(deprecated, labels, 1)
        }
        evaluateDeprecated(versions, context, &output)
    }

    private static func addNodes(_ versions: Versions, _ context: CollectionContext, _ output: inout SignalOutput) {
        let nodes = context.index.nodes
        for (version, count) in versions.kubelets where !version.isEmpty {
            output.sink.add(kubelets, output.sink.labels(kubeletVersionLabels, [context.text(version)]), count)
        }
        if let minors = versions.skew { output.sink.add(skew, minors) }
        if let ahead = versions.kubeletsAhead { output.sink.add(Self.ahead, ahead) }
        output.sink.add(cordoned, nodes.count { $0.isCordoned })
        guard context.isOK(.pods), context.isOK(.poddisruptionbudgets), context.isOK(.nodes) else { return }
        let blocking = Eviction(context).blockingByNode
        output.sink.add(blocked, nodes.count { (blocking[$0.meta.name] ?? 0) > 0 })
    }
}

/// The versions in the cluster and how far they are apart.
struct Versions {
    /// Nodes by the version of their kubelet.
    private(set) var kubelets: [StringID: Int] = [:]
    /// Distinct versions of the API server instances; nil unless there is one and the version of each is known.
    private(set) var apiServers: Set<String>?
    /// Minor versions of the oldest and newest API server whose version is known.
    private(set) var apiServerMinors: ClosedRange<Int>?
    /// The nodes whose kubelet reports its minor version, with it.
    private(set) var kubeletMinors: [(node: Node, minor: Int)] = []

    init(_ context: CollectionContext) {
        let nodes = context.index.nodes
        for node in nodes { kubelets[node.kubeletVersion, default: 0] += 1 }
        let minorOfVersion = Dictionary(
            uniqueKeysWithValues: kubelets.keys.map { ($0, Self.minor(ofKubelet: context.text($0))) }
        )
        for node in nodes {
            if let minor = minorOfVersion[node.kubeletVersion] ?? nil { kubeletMinors.append((node, minor)) }
        }
        var minors: [Int] = []
        if context.isOK(.version), let minor = context.state.version?.minorNumber { minors.append(minor) }
        if context.isOK(.apiserver) {
            let instances = context.probes.apiServers
            minors += instances.compactMap(\.minor)
            let known = instances.compactMap(\.version)
            if !instances.isEmpty && known.count == instances.count { apiServers = Set(known) }
        }
        if let oldest = minors.min(), let newest = minors.max() { apiServerMinors = oldest...newest }
    }

    /// Newest API server minus oldest kubelet, in minor versions.
    var skew: Int? {
        guard let apiServerMinors, let oldest = kubeletMinors.map(\.minor).min() else { return nil }
        return apiServerMinors.upperBound - oldest
    }

    /// How many kubelets are newer than the oldest API server; nil where no node reports a version.
    var kubeletsAhead: Int? {
        guard let apiServerMinors, !kubeletMinors.isEmpty || kubelets.isEmpty else { return nil }
        return kubeletMinors.count { $0.minor > apiServerMinors.lowerBound }
    }

    /// The minor version of `v1.33.1`, whatever a vendor appends to it (`v1.33.1-gke.100`, `v1.32.3+k3s1`); nil for text
    /// of another form and for another major version than 1.
    static func minor(ofKubelet version: String) -> Int? {
        let parts = (version.hasPrefix("v") ? version.dropFirst() : version[...])
            .split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0] == "1" else { return nil }
        return Int(parts[1].prefix { $0.isASCII && $0.isNumber })
    }
}
