import ClusterState

extension ControlPlane {
    static let noneServing = Rule(
        "apiserver-none-serving",
        .critical,
        needs: [.apiServer],
        keepFiringFor: .minutes(10),
        summary: "No API server instance serves: none is ready, or none reaches etcd.",
        remedy:
            "Check etcd first, then the logs of the API servers: while none serves, no controller can repair anything."
    )
    static let writesStalled = Rule(
        "cluster-writes-stalled",
        .critical,
        needs: [.leases],
        keepFiringFor: .minutes(10),
        summary: "No leader or identity lease was renewed for more than 60 s: the cluster accepts no writes.",
        remedy: "Check etcd's quorum, its disk and its NOSPACE alarm, then the API servers."
    )
    static let requestsFailing = Rule(
        "apiserver-requests-failing",
        .critical,
        needs: [],
        keepFiringFor: .minutes(10),
        summary: "Every list and watch has failed for more than 60 s, although the API server can be reached.",
        remedy:
            "Other clients are affected as well: check etcd's quorum first, then the load and the logs of the API servers."
    )
    static let leaseExpiredRule = Rule(
        "leader-lease-expired",
        .critical,
        needs: [.leases],
        keepFiringFor: .minutes(10),
        summary: "A leader lease is not renewed: the component that it belongs to does not work.",
        remedy: "Check the component's pods on the control-plane nodes, and whether they reach an API server."
    )
    static let expiring = Rule(
        "certificate-expiring",
        .critical,
        needs: [.apiServer],
        summary: "A certificate of an API server or etcd member expires within 24 h.",
        remedy: "Renew it now (kubeadm certs renew all) and restart the component that serves it."
    )
    static let expiringSoon = Rule(
        "certificate-expiring-soon",
        .warning,
        needs: [.apiServer],
        summary: "A certificate of an API server or etcd member expires within 7 days.",
        remedy: "Renew it (kubeadm certs renew all) and restart the component that serves it."
    )
    static let masterNotReady = Rule(
        "master-not-ready",
        .warning,
        needs: [.nodes],
        for: .minutes(10),
        keepFiringFor: .minutes(10),
        summary: "A control-plane node is not Ready.",
        remedy: "Bring it back or replace it before another one fails."
    )
    static let missing = Rule(
        "apiserver-missing",
        .warning,
        needs: [.apiServer, .endpointSlices],
        summary: "Fewer API servers serve than expected.",
        remedy: "Bring the missing instance back, or set --expected.apiservers to the intended number."
    )
    static let notReady = Rule(
        "apiserver-not-ready",
        .warning,
        needs: [.apiServer],
        keepFiringFor: .minutes(5),
        summary: "An API server instance cannot be reached, is not ready, or does not reach etcd.",
        remedy: "Query its /readyz?verbose and /livez?verbose to see which check fails, and read its log."
    )
    static let singleNode = Rule(
        "control-plane-single-node",
        .warning,
        needs: [.nodes],
        summary: "There is one control-plane node: its loss stops the control plane.",
        remedy: "Add two more control-plane nodes, in other zones where there are any."
    )
    static let singleZone = Rule(
        "control-plane-single-zone",
        .warning,
        needs: [.nodes],
        summary: "All Ready control-plane nodes are in one of several zones.",
        remedy: "Move control-plane nodes so that no zone holds a majority of them."
    )

    package static let rules = [
        noneServing, requestsFailing, writesStalled, leaseExpiredRule, expiring, expiringSoon, masterNotReady, missing,
        notReady,
        singleNode, singleZone,
    ]

    static func evaluateNodes(_ own: [Node], _ context: CollectionContext, _ output: inout SignalOutput) {
        for node in own where !node.isReady {
            output.raise(
                masterNotReady,
                context.object(node),
                ignored: node.meta.ignoredRules,
                "\(own.count { $0.isReady }) of \(own.count) control-plane nodes are Ready"
            )
        }
        // In a cluster of one node, or of one zone, there is no alternative.
        if own.count == 1 && context.index.nodes.count > 1 {
            output.raise(singleNode, .cluster, "\(context.text(own[0].meta.name)) is the only control-plane node")
        }
        let ready = own.filter(\.isReady)
        let zones = Set(ready.map(\.zone))
        if ready.count > 1, zones.count == 1, let zone = zones.first, !zone.isEmpty, context.index.zones.count > 1 {
            output.raise(singleZone, .cluster, "all \(ready.count) are in \(context.text(zone))")
        }
    }

    /// The rules about nodes, API server instances and certificates: a managed control plane has none that are to be
    /// judged here.
    private static let rulesOfOwnControlPlane: Set<String> = Set(
        [noneServing, missing, notReady, masterNotReady, singleNode, singleZone, expiring, expiringSoon]
            .map(\.name.description)
    )

    package static func suspendedRules(_ context: CollectionContext) -> Set<String> {
        var rules: Set<String> = context.isControlPlaneEvaluated ? [] : rulesOfOwnControlPlane
        // In a recording there are no requests of this exporter.
        if context.isRecording { rules.insert(requestsFailing.name.description) }
        return rules
    }

    static func evaluateAPIServers(expected: Int, _ context: CollectionContext, _ output: inout SignalOutput) {
        let failing = context.state.failingRequests
        if failing.count >= 3, failing.seconds > 60 {
            output.raise(
                requestsFailing,
                .cluster,
                "\(failing.count) lists and watches failed in \(Int64(clamping: failing.seconds)) s, and none succeeded"
            )
        }
        let servers = context.probes.apiServers
        let serving = context.probes.distinctAPIServers.count { $0.isServing }
        if context.probes.isNoneServingConfirmed {
            output.raise(noneServing, .cluster, "none of \(servers.count) API servers serves")
        }
        if !servers.isEmpty && serving < expected {
            output.raise(missing, .cluster, "\(serving) of \(expected) API servers serve")
        }
        for server in servers {
            let object = FindingObject(kind: "APIServer", name: server.name)
            if !server.isServing {
                let why =
                    !server.isReachable
                    ? "cannot be reached" : !server.isReady ? "/readyz does not answer 200" : "does not reach etcd"
                output.raise(notReady, object, why)
            }
            if let expiry = server.certificateExpiry { evaluateCertificate(expiry, object, context, &output) }
        }
        guard context.isOK(.etcd) else { return }
        for etcd in context.probes.etcdClusters {
            for (member, name) in zip(etcd.members, etcd.memberLabels) {
                guard let expiry = member.certificateExpiry else { continue }
                evaluateCertificate(expiry, Etcd.memberObject(name, of: etcd), context, &output)
            }
        }
    }

    private static func evaluateCertificate(
        _ expiry: Timestamp,
        _ object: FindingObject,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        let left = expiry.seconds - context.now.seconds
        let hours = Int64(clamping: left / 3_600)
        if left < 86_400 {
            output.raise(
                expiring,
                object,
                left <= 0 ? "its certificate has expired" : "its certificate expires in \(hours) h"
            )
        } else if left < 7 * 86_400 {
            output.raise(expiringSoon, object, "its certificate expires in \(hours / 24) days")
        }
    }

    static func evaluateLeases(_ context: CollectionContext, _ output: inout SignalOutput) {
        for leader in context.leaderLeases where leader.isExpired {
            output.raise(
                leaseExpiredRule,
                context.object("Lease", leader.lease.meta),
                ignored: leader.lease.meta.ignoredRules,
                "not renewed for \(Int64(clamping: leader.age)) s, lasts \(leader.lease.spec.durationSeconds) s"
            )
        }
        if let age = context.writeAge, age > 60 {
            output.raise(writesStalled, .cluster, "no lease has changed for \(Int64(clamping: age)) s")
        }
    }
}
