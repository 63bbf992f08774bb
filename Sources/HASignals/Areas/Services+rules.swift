import ClusterState

extension Services {
    static let empty = Rule(
        "service-without-endpoints",
        .warning,
        needs: [.services, .endpointSlices, .workloads],
        summary: "A Service has no ready endpoint, and no finding of its workload says why: whatever calls it fails.",
        remedy:
            "Compare its selector with the labels of the pods that it is for (kubectl get pods --show-labels); if nothing uses the Service, delete it."
    )
    static let scaledToZero = Rule(
        "service-scaled-to-zero",
        .info,
        needs: [.services, .endpointSlices, .workloads],
        summary: "A Service has no endpoint because its workload is scaled to 0.",
        remedy: "Scale the workload up when the Service is to be used, or delete both."
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
        summary: "The cluster DNS has no ready endpoint: no name resolves in the cluster.",
        remedy: "Look at the DNS pods in its namespace and their events; bring back their nodes or their configuration."
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

    static func judgeEmpty(_ cluster: Cluster, _ output: inout SignalOutput) {
        guard output.isEvaluated(empty) || output.isEvaluated(scaledToZero) else { return }
        let services = EmptyServices(cluster)
        let dns = cluster.clusterDNS
        for (number, position) in services.positions.enumerated() where position != dns {
            let facts = cluster.index.services[position]
            guard !facts.service.meta.isTerminating else { continue }
            judge(facts, services.behind[number], cluster, &output)
        }
    }

    private static func judge(
        _ facts: ServiceFacts,
        _ behind: EmptyServices.Behind,
        _ cluster: Cluster,
        _ output: inout SignalOutput
    ) {
        let object = cluster.object("Service", facts.service.meta)
        let ignored = facts.service.meta.ignoredRules
        let workloads = behind.workloads.map { cluster.index.workloads[$0] }
        if behind.isScaledToZero {
            let names = workloads.map { cluster.text($0.name) }.sorted().joined(separator: ", ")
            output.raise(scaledToZero, object, ignored: ignored, "no ready endpoint: \(names) is scaled to 0")
            return
        }
        // An outage is said of the workload already, with the Services that it takes along, and so is a deficit of one that
        // runs otherwise. That a workload never came up is somebody's unfinished work; that its Service answers nobody is
        // worth a word of its own.
        let isExplained = workloads.contains { workload in
            output.isLost(cluster.object(workload))
                || (workload.available ?? 0) > 0 && (workload.deficit ?? 0) > 0
        }
        if isExplained { return }
        // The Service of a batch that has come to its end.
        if workloads.isEmpty && behind.pods > 0 && behind.finishedPods == behind.pods { return }
        let reason: String
        if facts.service.selector.isEmpty {
            reason = "no selector, and none of its \(facts.notReady) published endpoints is ready"
        } else if workloads.isEmpty && behind.pods == 0 {
            reason = "no ready endpoint: its selector matches no workload"
        } else {
            let names = workloads.map { cluster.text($0.name) }.sorted().joined(separator: ", ")
            let endpoints =
                facts.notReady == 0 ? "it has no endpoint" : "none of \(facts.notReady) endpoints is ready"
            reason =
                "\(endpoints); it selects "
                + (names.isEmpty ? "\(behind.pods) pods without workload" : names)
        }
        output.raise(empty, object, ignored: ignored, reason)
    }

    static func judgeLoadBalancer(_ service: Service, _ cluster: Cluster, _ output: inout SignalOutput) {
        guard !service.hasLoadBalancerAddress, !service.meta.isTerminating else { return }
        output.raise(
            balancerPending,
            cluster.object("Service", service.meta),
            ignored: service.meta.ignoredRules,
            "status.loadBalancer has no address"
        )
    }

    static func judgeDNS(_ facts: ServiceFacts, _ cluster: Cluster, _ output: inout SignalOutput) {
        let object = cluster.object("Service", facts.service.meta)
        let ignored = facts.service.meta.ignoredRules
        if facts.ready == 0 {
            output.raise(dnsDown, object, ignored: ignored, "none of \(facts.notReady) endpoints is ready")
        } else if facts.nodes.areKnown, facts.nodes.count == 1,
            cluster.index.nodes.count(where: { $0.isUsable }) > 1
        {
            output.raise(
                dnsSingleNode,
                object,
                ignored: ignored,
                "\(facts.ready == 1 ? "its one ready endpoint is" : "all \(facts.ready) ready endpoints are") on "
                    + cluster.text(facts.nodes.first)
            )
        }
    }
}
