/// The numbers that a notification gives with a finding: templates that ask Prometheus, and say nothing where there is
/// no answer.
enum FindingValues {
    /// The template for a rule, with a space at its end; nil for one whose finding has no numbers.
    static func template(_ rule: String) -> String? { templates[rule] }

    /// The rules that have one.
    static var rules: Set<String> { Set(templates.keys) }

    /// One family, at the labels of the finding's object, in words. `%` in `words` is where the number goes.
    private static func number(
        _ family: String,
        _ labels: KeyValuePairs<String, String>,
        _ words: String,
        format: String = "humanize"
    ) -> String {
        let matchers = ([("cluster", "cluster")] + labels.map { ($0.key, $0.value) }).map { "\($0.0)='%s'" }
        let values = ([("cluster", "cluster")] + labels.map { ($0.key, $0.value) }).map { argument($0.1) }
        let parts = words.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        return "{{ with printf `max(\(family){\(matchers.joined(separator: ","))})` \(values.joined(separator: " "))"
            + " | query }}\(parts[0]){{ . | first | value | \(format) }}\(parts[1]) {{ end }}"
    }

    /// `toLower $labels.kind` for `kind|toLower`.
    private static func argument(_ label: String) -> String {
        let parts = label.split(separator: "|")
        return parts.count == 1 ? "$labels.\(label)" : "(\(parts[1]) $labels.\(parts[0]))"
    }

    private static let etcd: KeyValuePairs = ["etcd_cluster": "name"]
    private static let workload: KeyValuePairs = [
        "namespace": "namespace", "workload": "name", "workload_type": "kind|toLower",
    ]
    private static let zone: KeyValuePairs = ["topology_zone": "name"]
    private static let node: KeyValuePairs = ["node": "name"]
    private static let budget: KeyValuePairs = ["namespace": "namespace", "poddisruptionbudget": "name"]
    private static let autoscaler: KeyValuePairs = ["namespace": "namespace", "horizontalpodautoscaler": "name"]

    private static let members =
        number("kube_ha_etcd_members_healthy", etcd, "% of its members are healthy;")
        + number("kube_ha_etcd_quorum_size", etcd, "quorum takes % votes.")
    private static let replicas =
        number("kube_ha_workload_replicas_available", workload, "% available,")
        + number("kube_ha_workload_replicas_desired", workload, "% wanted.")
    private static let zoneNodes =
        number("kube_ha_zone_nodes_ready", zone, "% of its nodes are Ready,")
        + number("kube_ha_zone_nodes", zone, "of %.")
    private static let nodeFacts =
        number("kube_ha_node_not_ready_seconds", node, "Not Ready for %.", format: "humanizeDuration")
        + number("kube_ha_pods_on_unready_nodes", node, "% pods are bound to it.")
    private static let budgetFacts =
        number("kube_ha_pdb_current_healthy", budget, "% pods are healthy,")
        + number("kube_ha_pdb_desired_healthy", budget, "% must stay,")
        + number("kube_ha_pdb_disruptions_allowed", budget, "% may go.")

    private static let templates: [String: String] = [
        "etcd-quorum-lost": members, "etcd-no-leader": members, "etcd-no-tolerance": members,
        "etcd-raft-lag": number("kube_ha_etcd_member_raft_applied_lag", ["member": "name"], "% entries behind."),
        "cluster-writes-stalled":
            number("kube_ha_cluster_write_age_seconds", [:], "The last write is % old.", format: "humanizeDuration"),
        "leader-lease-expired":
            number(
                "kube_ha_leader_lease_age_seconds",
                ["component": "name"],
                "Not renewed for %.",
                format: "humanizeDuration"
            ),
        "apiserver-missing": number("kube_ha_apiserver_expected", [:], "% should serve."),
        "workload-down": replicas, "workload-deficit": replicas, "workload-never-up": replicas,
        "workload-cannot-create-pods": replicas,
        "zone-lost": zoneNodes, "zone-degraded": zoneNodes,
        "node-not-ready": nodeFacts, "master-not-ready": nodeFacts,
        "node-heartbeat-stale":
            number("kube_ha_node_lease_age_seconds", node, "The heartbeat is % old.", format: "humanizeDuration"),
        "pods-unschedulable": number("kube_ha_pods_unschedulable", ["namespace": "name"], "% pods find no node."),
        "drain-stalled": number("kube_ha_node_drain_blocking_pods", node, "% pods there may not be evicted now."),
        "pdb-blocks-drain": budgetFacts, "pdb-matches-nothing": budgetFacts,
        "hpa-at-max": number("kube_ha_hpa_max_replicas", autoscaler, "It may go up to %."),
        "workload-zone-skew":
            number("kube_ha_workload_zone_skew", workload, "The skew is %,")
            + number("kube_ha_workload_zone_skew_limit", workload, "its limit %."),
    ]
}
