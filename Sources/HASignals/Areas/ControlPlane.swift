package import ClusterState
package import Exposition

/// Area 1: are there several control-plane nodes, do their components run, and how many may be lost?
package enum ControlPlane: Area {
    package static let name = AreaName.controlPlane
    package static let optionalSources: Set<Source> = [.pods, .apiserver, .etcd]

    static let apiServerLabels = LabelNames(["apiserver"])
    static let componentLabels = LabelNames(["component"])

    static let visible = Family(
        "kube_ha_control_plane_visible",
        .gauge,
        sources: ["nodes"],
        help: "1 where a node carries a control-plane role label, 0 where none does: a managed control plane."
    )
    static let nodes = Family(
        "kube_ha_control_plane_nodes",
        .gauge,
        sources: ["nodes"],
        help: "Control-plane nodes."
    )
    static let nodesReady = Family(
        "kube_ha_control_plane_nodes_ready",
        .gauge,
        sources: ["nodes"],
        help: "Control-plane nodes that are Ready."
    )
    static let zones = Family(
        "kube_ha_control_plane_zones",
        .gauge,
        sources: ["nodes"],
        help: "Distinct zones of the control-plane nodes that are Ready."
    )
    static let nodeReady = Family(
        "kube_ha_control_plane_node_ready",
        .gauge,
        labels: .nodeAndZone,
        sources: ["nodes"],
        help: "1 where the control-plane node is Ready."
    )
    static let instances = Family(
        "kube_ha_control_plane_component_instances",
        .gauge,
        labels: componentLabels,
        sources: ["pods", "nodes"],
        help: "Pods of kube-apiserver, kube-controller-manager, kube-scheduler and etcd."
    )
    static let instancesReady = Family(
        "kube_ha_control_plane_component_instances_ready",
        .gauge,
        labels: componentLabels,
        sources: ["pods", "nodes"],
        help: "Pods of the component that are healthy."
    )
    static let endpoints = Family(
        "kube_ha_apiserver_endpoints",
        .gauge,
        sources: ["endpointslices"],
        help: "Distinct addresses in the EndpointSlices of default/kubernetes."
    )
    static let expected = Family(
        "kube_ha_apiserver_expected",
        .gauge,
        sources: ["endpointslices"],
        help: "Expected API servers: --expected.apiservers, else the most addresses at one time within 24 h."
    )
    static let ready = Family(
        "kube_ha_apiserver_ready",
        .gauge,
        labels: apiServerLabels,
        sources: ["apiserver"],
        help: "1 where /readyz of the instance answers 200, 0 where it does not or cannot be reached."
    )
    static let etcdReady = Family(
        "kube_ha_apiserver_etcd_ready",
        .gauge,
        labels: apiServerLabels,
        sources: ["apiserver"],
        help: "1 where the instance's own etcd check passes."
    )
    static let probeDuration = Family(
        "kube_ha_apiserver_probe_duration_seconds",
        .gauge,
        labels: apiServerLabels,
        sources: ["apiserver"],
        help: "Time that the probe of the instance took."
    )
    static let certificateExpiry = Family(
        "kube_ha_apiserver_certificate_expiry_timestamp_seconds",
        .gauge,
        labels: apiServerLabels,
        sources: ["apiserver"],
        help: "Earliest notAfter of the certificate chain that the instance presents."
    )
    static let identities = Family(
        "kube_ha_apiserver_identities",
        .gauge,
        sources: ["leases"],
        help: "Identity leases of API servers renewed within the last 60 s."
    )
    static let leaseAge = Family(
        "kube_ha_leader_lease_age_seconds",
        .gauge,
        labels: componentLabels,
        sources: ["leases"],
        help: "Seconds since the component's leader lease was last seen to change."
    )
    static let leaseExpired = Family(
        "kube_ha_leader_lease_expired",
        .gauge,
        labels: componentLabels,
        sources: ["leases"],
        help: "1 where the component's leader lease is not renewed."
    )
    static let transitions = Family(
        "kube_ha_leader_transitions_total",
        .counter,
        labels: componentLabels,
        sources: ["leases"],
        help: "Times that the lease changed its holder."
    )
    static let writeAge = Family(
        "kube_ha_cluster_write_age_seconds",
        .gauge,
        sources: ["leases"],
        help:
            "Seconds since any leader or identity lease in kube-system was last seen to change: does the cluster still accept writes?"
    )
    static let failureTolerance = Family(
        "kube_ha_control_plane_failure_tolerance",
        .gauge,
        sources: ["nodes", "apiserver", "etcd"],
        help:
            "Control-plane nodes that may be lost, worst case, with a serving API server and etcd quorum left; -1 if not even now."
    )

    package static let families: [any AnyFamily] = [
        visible, nodes, nodesReady, zones, nodeReady, instances, instancesReady, endpoints, expected, ready, etcdReady,
        probeDuration, certificateExpiry, identities, leaseAge, leaseExpired, transitions, writeAge, failureTolerance,
    ]

    /// A managed control plane has no nodes here that could be evaluated, but its leases show whether it writes, and what was
    /// named to be asked is asked.
    package static func isApplicable(_ context: CollectionContext) -> Bool {
        context.isControlPlaneEvaluated
            || context.isOK(.leases)
                && context.state.leases.all.contains { context.state.isLeader($0) || context.state.isIdentity($0) }
    }

    /// Until a lease is seen to change, the listed leases may be outdated. A cluster that writes changes one every 2 s.
    package static func undetermined(_ context: CollectionContext) -> String? {
        let apiServers = context.state.status(of: .apiserver).state
        if apiServers.isUnknown, context.isControlPlaneEvaluated {
            return "source apiserver is \(apiServers.rawValue): whether each API server serves is not known"
                + (apiServers == .unreachable ? "; name addresses that can be reached with --probe.endpoint" : "")
        }
        return context.isRecording || !context.isOK(.leases) || context.state.leases.count == 0
            || context.observations.haveLeasesChanged
            ? nil : "no lease has been seen to change yet: whether the cluster writes is not known"
    }

    package static func collect(_ context: CollectionContext, into output: inout SignalOutput) {
        addNodes(context, &output)
        addComponents(context, &output.sink)
        addAPIServers(context, &output)
        addLeases(context, &output)
        if let tolerance = ControlPlaneFacts(context).failureTolerance() {
            output.sink.add(failureTolerance, tolerance)
        }
    }

    private static func addNodes(_ context: CollectionContext, _ output: inout SignalOutput) {
        let own = context.index.nodes.filter { $0.role == .controlPlane }
        output.sink.add(visible, !own.isEmpty)
        output.sink.add(nodes, own.count)
        output.sink.add(nodesReady, own.count { $0.isReady })
        output.sink.add(zones, Set(own.filter { $0.isReady && !$0.zone.isEmpty }.map(\.zone)).count)
        for node in own { output.sink.add(nodeReady, context.labels(node, &output.sink), node.isReady) }
        evaluateNodes(own, context, &output)
    }

    private static func addComponents(_ context: CollectionContext, _ sink: inout Sink) {
        for component in ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"] {
            let pods = context.kubeSystemPods(ofComponent: component)
            guard !pods.isEmpty else { continue }
            let labels = sink.labels(componentLabels, [component])
            sink.add(instances, labels, pods.count)
            sink.add(instancesReady, labels, pods.count { context.index.pods[$0].isHealthy })
        }
    }

    private static func addAPIServers(_ context: CollectionContext, _ output: inout SignalOutput) {
        let addresses = context.isOK(.endpointslices) ? context.state.apiServerAddresses.count : 0
        let wanted = context.expectedAPIServers
        output.sink.add(endpoints, addresses)
        output.sink.add(expected, wanted)
        for server in context.probes.apiServers {
            let labels = output.sink.labels(apiServerLabels, [server.name])
            output.sink.add(ready, labels, server.isReady)
            if let isReady = server.isEtcdReady { output.sink.add(etcdReady, labels, isReady) }
            if let seconds = server.seconds { output.sink.add(probeDuration, labels, seconds) }
            if let expiry = server.certificateExpiry { output.sink.add(certificateExpiry, labels, expiry.seconds) }
        }
        evaluateAPIServers(expected: wanted, context, &output)
    }

    private static func addLeases(_ context: CollectionContext, _ output: inout SignalOutput) {
        guard context.isOK(.leases) else { return }
        output.sink.add(
            identities,
            context.state.leases.all.count {
                context.state.isIdentity($0) && context.observations.leaseAge($0.uid).map { $0 <= 60 } ?? false
            }
        )
        for leader in context.leaderLeases {
            let labels = output.sink.labels(componentLabels, [leader.component])
            output.sink.add(leaseAge, labels, leader.age)
            output.sink.add(leaseExpired, labels, leader.isExpired)
            output.sink.add(transitions, labels, leader.lease.spec.transitions)
        }
        if let age = context.writeAge { output.sink.add(writeAge, age) }
        evaluateLeases(context, &output)
    }
}

/// The lease of a leader election that is watched.
struct LeaderLease {
    /// The value of the label `component`.
    var component: String
    var lease: Lease
    /// Seconds since it was last seen to change.
    var age: Double
    /// It is not renewed: held or not, it was observed unchanged for longer than its duration and 5 s more. In a
    /// recording, which is a single observation, its age counts.
    var isExpired: Bool
}

extension CollectionContext {
    /// The leader leases that are watched. One that was older than an hour when it was first seen belongs to a component
    /// that no longer exists.
    var leaderLeases: [LeaderLease] {
        guard isOK(.leases) else { return [] }
        var wanted = ClusterState.leaderNames.map { (namespace: "kube-system", name: $0) }
        for extra in settings.leaderLeases where !wanted.contains(where: { $0 == extra }) { wanted.append(extra) }
        let leases = state.leases.all
        return wanted.compactMap { namespace, name in
            guard
                let lease = leases.first(where: { text($0.meta.name) == name && text($0.meta.namespace) == namespace }),
                let age = observations.leaseAge(lease.uid),
                let watched = isRecording ? age : observations.watchedLeaseAge(lease.uid),
                observations.leaseSight(lease.uid)?.ageAtFirstSight ?? 0 <= 3_600
            else { return nil }
            let duration = lease.spec.durationSeconds > 0 ? Double(lease.spec.durationSeconds) : 15
            return LeaderLease(
                component: namespace == "kube-system" ? name : "\(namespace)/\(name)",
                lease: lease,
                age: age,
                isExpired: watched > duration + 5 || isLeftBehind(lease, by: duration + 5)
            )
        }
    }

    /// Whether a lease that was not seen to change yet was so far behind the others of its list already when it was first
    /// seen.
    private func isLeftBehind(_ lease: Lease, by limit: Double) -> Bool {
        guard observations.leaseSight(lease.uid)?.hasChanged == false else { return false }
        return observations.leaseLag(lease.uid).map { $0 > limit } ?? false
    }

    /// Whether the control plane's own nodes, instances and certificates are evaluated: it is not a managed one, or what to
    /// ask of it was named by a flag. As long as nodes cannot be read it counts as not managed.
    var isControlPlaneEvaluated: Bool {
        !isOK(.nodes) || index.nodes.contains { $0.role == .controlPlane } || settings.namesControlPlane
    }

    /// API server instances that there should be: `--expected.apiservers`, else the most seen within 24 hours.
    var expectedAPIServers: Int {
        settings.expectedAPIServers ?? observations.mostAPIServers
            ?? (isOK(.endpointslices) ? state.apiServerAddresses.count : 0)
    }

    /// Seconds since the cluster was last seen to write; see ``Observations/writeAge(_:)``.
    var writeAge: Double? {
        isOK(.leases) ? observations.writeAge(state) : nil
    }
}
