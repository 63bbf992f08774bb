import ClusterState

extension Services {
    static let empty = Rule(
        "service-without-endpoints",
        .warning,
        needs: [.services, .endpointSlices, .workloads],
        keepFiringFor: .minutes(5),
        summary: "A Service has no ready endpoint, and no finding of its workload explains it: requests to it fail.",
        remedy:
            "Compare its selector with the labels of its pods (kubectl get pods --show-labels); delete the Service if it is not used."
    )
    static let scaledToZero = Rule(
        "service-scaled-to-zero",
        .info,
        needs: [.services, .endpointSlices, .workloads],
        summary: "A Service has no endpoint because its workload is scaled to 0.",
        remedy: "Scale the workload up if the Service is needed, or delete both."
    )
    static let balancerPending = Rule(
        "service-load-balancer-pending",
        .warning,
        needs: [.services],
        summary: "A Service of type LoadBalancer has no address: nothing outside can reach it.",
        remedy:
            "Read the events of the Service; check that a load balancer controller runs, its quota, and loadBalancerClass."
    )
    static let dnsDown = Rule(
        "cluster-dns-down",
        .critical,
        needs: [.services, .endpointSlices],
        keepFiringFor: .minutes(5),
        summary: "The cluster DNS has no ready endpoint: names cannot be resolved in the cluster.",
        remedy: "Check the DNS pods in its namespace, their events, their nodes and their configuration."
    )
    static let dnsSingleNode = Rule(
        "cluster-dns-single-node",
        .warning,
        needs: [.services, .endpointSlices, .nodes],
        summary: "Every ready endpoint of the cluster DNS is on one node.",
        remedy:
            "Run two replicas or more, with a topologySpreadConstraint or pod anti-affinity on kubernetes.io/hostname."
    )

    package static let rules = [empty, scaledToZero, balancerPending, dnsDown, dnsSingleNode]

    static func evaluateEmpty(_ context: CollectionContext, _ dns: Int?, _ output: inout SignalOutput) {
        guard output.isEvaluated(empty) || output.isEvaluated(scaledToZero) else { return }
        let services = EmptyServices(context)
        // An outage is said of the workload already, with the Services that it takes along, and so is a deficit of one
        // that runs otherwise. That a workload never came up is somebody's unfinished work; that its Service answers
        // nobody is worth a word of its own.
        let behind = services.backing { position in
            let workload = context.index.workloads[position]
            return (workload.available ?? 0) > 0 && (workload.deficit ?? 0) > 0
                || output.isLost(context.object(workload))
        }
        var hints = SelectorHints(context)
        for (position, behind) in zip(services.positions, behind) {
            let facts = context.index.services[position]
            let meta = facts.service.meta
            if context.isBeingDeleted(meta) || position == dns && isDown(facts, context) { continue }
            evaluate(facts, behind, context, &hints, &output)
        }
    }

    private static func evaluate(
        _ facts: ServiceFacts,
        _ backing: EmptyServices.Backing,
        _ context: CollectionContext,
        _ hints: inout SelectorHints,
        _ output: inout SignalOutput
    ) {
        let object = context.object("Service", facts.service.meta)
        let ignored = facts.service.meta.ignoredRules
        let names = backing.workloads.text
        if backing.isScaledToZero {
            let verb = backing.workloads.count == 1 ? "is" : "are"
            output.raise(scaledToZero, object, ignored: ignored, "no ready endpoint: \(names) \(verb) scaled to 0")
            return
        }
        if backing.hasMarkedWorkload && facts.withoutPort == 0 { return }
        // The Service of a finished batch.
        if names.isEmpty && backing.pods > 0 && backing.finishedPods == backing.pods { return }
        let reason: String
        if facts.withoutPort > 0 {
            reason =
                "no ready endpoint: the EndpointSlices of \(facts.withoutPort) endpoints have no port, "
                + "since no container has one that targetPort names"
        } else if facts.service.selector.isEmpty {
            reason = "no selector, and none of its \(facts.notReady) published endpoints is ready"
        } else if names.isEmpty && backing.pods == 0 {
            let cause = hints.missingLabels(facts.service) ?? "its selector matches no workload"
            reason = "no ready endpoint: \(cause)"
        } else {
            let endpoints =
                facts.notReady == 0 ? "it has no endpoint" : "none of \(facts.notReady) endpoints is ready"
            reason =
                "\(endpoints); it selects "
                + (names.isEmpty ? "\(backing.pods) pods without workload" : names)
        }
        output.raise(empty, object, ignored: ignored, reason)
    }

    static func evaluateLoadBalancer(_ service: Service, _ context: CollectionContext, _ output: inout SignalOutput) {
        // spec.externalIPs are taken by the nodes, without anybody who would write a status.
        guard !service.hasLoadBalancerAddress, !service.hasExternalIPs, !service.meta.isTerminating else { return }
        output.raise(
            balancerPending,
            context.object("Service", service.meta),
            ignored: service.meta.ignoredRules,
            "status.loadBalancer has no address"
        )
    }

    /// Whether the cluster DNS without ready endpoints is an outage: it had one since the start, or has some that are
    /// not ready. A Service of that name that never had an endpoint is no outage.
    private static func isDown(_ facts: ServiceFacts, _ context: CollectionContext) -> Bool {
        facts.ready == 0
            && (facts.notReady + facts.withoutPort > 0 || context.observations.hadReadyEndpoint(facts.service.uid))
    }

    static func evaluateDNS(_ facts: ServiceFacts, _ context: CollectionContext, _ output: inout SignalOutput) {
        let object = context.object("Service", facts.service.meta)
        let ignored = facts.service.meta.ignoredRules
        if isDown(facts, context) {
            output.raise(dnsDown, object, ignored: ignored, "none of \(facts.notReady) endpoints is ready")
        } else if facts.nodes.areKnown, facts.nodes.count == 1,
            context.index.nodes.count(where: { $0.isUsable }) > 1
        {
            output.raise(
                dnsSingleNode,
                object,
                ignored: ignored,
                "\(facts.ready == 1 ? "its one ready endpoint is" : "all \(facts.ready) ready endpoints are") on "
                    + context.text(facts.nodes.first)
            )
        }
    }
}
