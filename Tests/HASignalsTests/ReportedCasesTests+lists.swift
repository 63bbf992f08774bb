extension ReportedCasesTests {
    /// A choice between two answers that can both be defended.
    struct Choice: Sendable {
        /// What is expected, where it is not what the table has.
        var value: String?
        let reason: String
    }

    /// Lines that the table calls debatable, and the answer taken.
    static let debatable: [String: Choice] = [
        #"01 pdb-single-replica PodDisruptionBudget c01/pg-primary"#:
            Choice(reason: "A budget over one pod is practice (info): no second pod could keep it open."),
        #"05 pdb-blocks-drain PodDisruptionBudget c05/agent"#:
            Choice(reason: "A drain passes over the pods of DaemonSets, so nothing hangs on it."),
        #"06 pdb-exhausted PodDisruptionBudget c06/always"#:
            Choice(reason: "AlwaysAllow lets its pods go now: there is nothing to wait for."),
        #"11 ingress-backend-unavailable Ingress c11/old-domain"#:
            Choice(reason: "The redirect never asks the backend."),
        #"12 kube_ha_ingress_backends_available{namespace="c12",ingress="legacy"}"#:
            Choice(
                value: "0",
                reason: "SIGNALS, area 7: an ExternalName Service is no backend that counts, so none is available."
            ),
        #"13 kube_ha_service_endpoints_ready{namespace="c13",service="web"}"#:
            Choice(
                reason:
                    "SIGNALS, area 6: an endpoint of a slice without ports does not count where the Service declares ports."
            ),
        #"13 service-without-endpoints Service c13/web"#:
            Choice(reason: "The same rule, since nobody is answered either way."),
        #"13 kube_ha_ingress_backends_available{namespace="c13",ingress="web"}"#:
            Choice(reason: "A backend without counted endpoints is not available."),
        #"17 service-load-balancer-pending Service c17/ext"#:
            Choice(reason: "Clients reach it by spec.externalIPs."),
        #"18 gateway-not-programmed Gateway c18/gw-listeners"#:
            Choice(reason: "One rule for the Gateway and its listeners: the remedy is the same."),
        #"21 service-without-endpoints Service c21/pg-ro"#:
            Choice(
                value: "present",
                reason:
                    "The Service answers nobody; that an operator means this by design is in no object. The issue says to leave it."
            ),
        #"25 cluster-admins ServiceAccount c25/robot"#:
            Choice(reason: "serviceaccount.SplitUsername: that user name is the ServiceAccount's own."),
        #"27 kube_ha_workload_node_bound_volumes{namespace="c27",workload="db",workload_type="statefulset"}"#:
            Choice(reason: "Its affinity names one node; that the node is gone makes it no less bound."),
        #"31 workload-zone-pinned Deployment c31/pinned"#:
            Choice(reason: "SIGNALS: its own node selector on the zone keys admits one zone only."),
        #"32 workload-single-zone Deployment c32/twin"#:
            Choice(reason: "No remedy of that rule would move pods that share a zonal volume."),
        #"32 kube_ha_workload_eligible_zones{namespace="c32",workload="twin",workload_type="deployment"}"#:
            Choice(reason: "SIGNALS, area 12: eligible zones honour a zone-bound claim that the template names."),
        #"39 kube_ha_workload_rollout_in_progress{namespace="c39",workload="held",workload_type="statefulset"}"#:
            Choice(
                value: "0",
                reason:
                    "SIGNALS, area 4: with updateRevision equal to currentRevision nothing is rolled out; held-2 lacks readiness, which is the deficit."
            ),
        #"41 daemonset-misscheduled DaemonSet c41/ds"#:
            Choice(reason: "The pod on the dead node is told as node-not-ready."),
        #"43 kube_ha_workload_replicas_desired{namespace="c43",workload="front",workload_type="rollout"}"#:
            Choice(
                value: "6",
                reason:
                    "SIGNALS: the desired of such a workload is the sum over its ReplicaSets, as the disruption controller counts."
            ),
        #"47 daemonset-misscheduled DaemonSet c47/plain"#:
            Choice(reason: "The one on the dead node is told as node-not-ready."),
    ]
}
