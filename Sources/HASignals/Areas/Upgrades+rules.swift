import ClusterState

extension Upgrades {
    static let tooOld = Rule(
        "kubelet-version-skew",
        .warning,
        needs: [.nodes, .version],
        summary: "A kubelet is further behind the API server than Kubernetes supports: 3 minor versions, 2 below 1.28.",
        remedy: "Upgrade the old nodes, one pool after the other, before the next upgrade of the control plane."
    )
    static let aheadOfServer = Rule(
        "kubelet-ahead-of-apiserver",
        .warning,
        needs: [.nodes, .version],
        summary: "A kubelet is of a newer minor version than the oldest API server, which Kubernetes does not support.",
        remedy: "Upgrade the API servers; until then add no more nodes of the newer version."
    )
    static let behind = Rule(
        "kubelet-behind-apiserver",
        .info,
        needs: [.nodes, .version],
        summary: "Kubelets are of an older minor version than the API server, within the supported skew.",
        remedy: "Finish the upgrade of the nodes, so that they do not block the next upgrade of the control plane."
    )
    static let mixed = Rule(
        "apiserver-versions-differ",
        .info,
        needs: [.apiServer],
        summary: "The API server instances are not all of one version.",
        remedy: "Finish the upgrade of the control plane; while it lasts, features depend on which instance answers."
    )

    static let deprecatedSoon = Rule(
        "deprecated-api-requested",
        .warning,
        needs: [.apiServerMetrics, .version],
        summary: "Somebody requests an API that the next minor version of Kubernetes serves no more.",
        remedy:
            "Find out who asks (the audit annotation k8s.io/deprecated, or the user agent of such requests), and move it to the version that stays before the upgrade."
    )
    static let deprecatedLater = Rule(
        "deprecated-api-requested-later",
        .info,
        needs: [.apiServerMetrics, .version],
        summary:
            "Somebody requests a deprecated API that more than the next minor version serves, or of which no end is known.",
        remedy: "Move its users to the version that stays, in the course of their own updates."
    )

    package static let rules = [tooOld, aheadOfServer, behind, mixed, deprecatedSoon, deprecatedLater]

    static func evaluateDeprecated(_ versions: Versions, _ context: CollectionContext, _ output: inout SignalOutput) {
        // Without a minor version of an API server nothing tells how near the end is.
        guard let minor = versions.apiServerMinors?.upperBound else { return }
        for api in context.state.deprecatedAPIs.all {
            let object = FindingObject(kind: "APIResource", name: api.name)
            guard let removed = api.removedMinor else {
                output.raise(deprecatedLater, object, "it was requested; no release is known that removes it")
                continue
            }
            output.raise(
                removed <= minor + 1 ? deprecatedSoon : deprecatedLater,
                object,
                "it was requested, and \(api.removedRelease) serves it no more; the API server is 1.\(minor)"
            )
        }
    }

    static func evaluate(_ versions: Versions, _ context: CollectionContext, _ output: inout SignalOutput) {
        if let distinct = versions.apiServers, distinct.count > 1 {
            output.raise(mixed, .cluster, "versions: \(distinct.sorted().joined(separator: ", "))")
        }
        guard let servers = versions.apiServerMinors else { return }
        // https://kubernetes.io/releases/version-skew-policy: from 1.28 on three minor versions, before that two.
        let limit = servers.upperBound >= 28 ? 3 : 2
        var late: [Node] = []
        var mostBehind = 0
        for (node, minor) in versions.kubeletMinors {
            let version = context.text(node.kubeletVersion)
            let behind = servers.upperBound - minor
            if behind > limit {
                output.raise(
                    tooOld,
                    context.object(node),
                    ignored: node.meta.ignoredRules,
                    "kubelet \(version) is \(behind) minor versions behind API server 1.\(servers.upperBound), "
                        + "\(limit) are supported"
                )
            } else if behind > 0 {
                late.append(node)
                mostBehind = max(mostBehind, behind)
            }
            if minor > servers.lowerBound {
                output.raise(
                    aheadOfServer,
                    context.object(node),
                    ignored: node.meta.ignoredRules,
                    "kubelet \(version) is newer than API server 1.\(servers.lowerBound)"
                )
            }
        }
        guard let first = late.first else { return }
        let name = context.text(first.meta.name)
        let who =
            late.count == 1 ? "the kubelet of \(name) is" : "the kubelets of \(name) and \(late.count - 1) more are"
        output.raise(
            behind,
            .cluster,
            "\(who) up to \(mostBehind) minor \(mostBehind == 1 ? "version" : "versions") behind API server "
                + "1.\(servers.upperBound)"
        )
    }
}
