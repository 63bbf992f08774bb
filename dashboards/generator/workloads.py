"""Workloads and zones: what lacks replicas, and what one zone would take along."""

from .board import board, filled, variable
from .elements import CAUTION, DEGRADED, FEW_IS_GOOD, LOSS, MARK, NONE_IS_GOOD, Column, graph, grid, number
from .links import APPLICATION
from .overview import DOWN
from .promql import WORKLOAD, ZONE, ZONES, per

NAMESPACE = 'cluster="$cluster", namespace=~"$namespace"'
LABELS = {"namespace": "Namespace", "workload": "Workload", "workload_type": "Type"}
LINKS = {"Namespace": APPLICATION}


def workload(family):
    """A family of workloads, once each."""
    return per(WORKLOAD, f"kube_ha_workload_{family}")


def _of_namespace(panel, *arguments, **options):
    return panel(*arguments, matchers=NAMESPACE, **options)


def _columns(keep, *columns):
    """Columns for those workloads only for which the expression has a value."""
    return [Column(title, f"{expression} and on ({WORKLOAD}) ({keep})", **options)
            for title, expression, options in columns]


def workloads():
    """The dashboard."""
    deficit = f"{workload('replicas_deficit')} > 0"
    alone = f"{workload('replicas_surviving_zone_loss')} == 0 and {workload('replicas_desired')} > 1"
    rolling = f"{workload('rollout_in_progress')} == 1 or {workload('rollout_paused')} == 1"
    service = "namespace, service"
    nothing_ready = f"{per(service, 'kube_ha_service_endpoints_ready')} == 0"
    return filled(board("workloads", "Workloads and zones", "What lacks replicas, and what one zone would take along.", [
        variable("namespace", "Namespace", "kube_ha_workload_replicas_desired", everything=True)]), [
        ("Right now", [
            _of_namespace(number, "Workloads down", "Workloads that want replicas and have none available.",
                          f"sum({DOWN})", steps=NONE_IS_GOOD),
            _of_namespace(number, "Lacking replicas", "Workloads with fewer replicas available than wanted.",
                          f"sum({workload('replicas_deficit')} > bool 0)", steps=FEW_IS_GOOD),
            _of_namespace(number, "Rollouts stuck", "Rollouts that make no progress.",
                          f"sum({workload('rollout_stuck')})", steps=NONE_IS_GOOD),
            _of_namespace(number, "Services without endpoints", "Services that have no ready endpoint.",
                          f"sum({per(service, 'kube_ha_service_endpoints_ready')} == bool 0)", steps=NONE_IS_GOOD),
            _of_namespace(number, "Pods unschedulable", "Pods that the scheduler finds no node for.",
                          f"sum({per('namespace', 'kube_ha_pods_unschedulable')})", steps=FEW_IS_GOOD),
            _of_namespace(number, "Single replicas", "Workloads that want one replica: any loss of its node is an outage.",
                          f"sum({workload('replicas_desired')} == bool 1)"),
        ]),
        ("Zones", [
            graph("Nodes Ready by zone", "A zone that falls to nothing is lost.",
                  {"{{topology_zone}}": per(ZONES, "kube_ha_zone_nodes_ready")}, width=8),
            graph("Healthy pods by zone", "What runs where: a zone that is lost takes its pods along, and they come up "
                  "elsewhere where there is room.", {"{{topology_zone}}": per(ZONES, "kube_ha_zone_healthy_pods")}, width=8,
                  stacked=True),
            graph("Workloads that a zone would take", "Workloads that would have no healthy pod after the loss of the zone.",
                  {"{{topology_zone}}": per(ZONE, "kube_ha_zone_loss_workloads_unavailable")}, width=8),
        ]),
        ("Replicas", [
            graph("Replicas missing", "Replicas wanted that are not available, by type of workload.",
                  {"{{workload_type}}": f"sum by (workload_type) ({workload('replicas_deficit')})"}, width=8, height=9,
                  stacked=True, matchers=NAMESPACE),
            grid("Workloads with a deficit", "Workloads with fewer replicas available than wanted.", LABELS, _columns(
                deficit,
                ("Wanted", workload("replicas_desired"), {"width": 80}),
                ("Available", workload("replicas_available"), {"width": 90, "steps": [(None, "red"), (1, "text")]}),
                ("Missing", workload("replicas_deficit"), {"width": 85, "steps": DEGRADED}),
                ("Pods refused", workload("replica_failure"), {"values": MARK, "width": 110}),
                ("Rollout stuck", workload("rollout_stuck"), {"values": MARK, "width": 115}),
            ), width=16, height=9, sort=[("Missing", True)], links=LINKS, matchers=NAMESPACE),
        ]),
        ("Spread", [
            grid("Replicated, but gone with one zone", "Workloads that want two or more replicas and would keep no healthy "
                 "pod after the loss of their worst zone.", LABELS, _columns(
                     alone,
                     ("Wanted", workload("replicas_desired"), {"width": 80}),
                     ("Zones", workload("zones"), {"width": 75}),
                     ("Eligible zones", workload("eligible_zones"), {"width": 115}),
                     ("Nodes", workload("nodes"), {"width": 75}),
                     ("Zonal volumes", workload("zone_bound_volumes"), {"width": 110, "steps": DEGRADED}),
                 ), width=12, height=9, sort=[("Wanted", True)], links=LINKS, matchers=NAMESPACE),
            grid("Skew beyond its limit", "Workloads whose healthy pods are spread over their eligible zones less evenly than "
                 "their own DoNotSchedule constraint asks for.", LABELS, _columns(
                     f"{workload('zone_skew')} > {workload('zone_skew_limit')}",
                     ("Skew", workload("zone_skew"), {"width": 75, "steps": DEGRADED}),
                     ("Limit", workload("zone_skew_limit"), {"width": 75}),
                     ("Zones", workload("zones"), {"width": 75}),
                 ), width=12, height=9, sort=[("Skew", True)], links=LINKS, matchers=NAMESPACE),
        ]),
        ("Rollouts and DaemonSets", [
            grid("Rollouts", "Rollouts that go on or are paused.", LABELS, _columns(
                rolling,
                ("Stuck", workload("rollout_stuck"), {"values": MARK, "width": 80}),
                ("Paused", workload("rollout_paused"), {"values": CAUTION, "width": 85}),
                ("May take away", workload("max_unavailable_replicas"), {"width": 125}),
                ("Revisions kept", workload("rollback_revisions"), {"width": 115}),
            ), width=12, sort=[("Stuck", True)], links=LINKS, matchers=NAMESPACE),
            grid("DaemonSets", "Nodes that should run a pod of the DaemonSet and have none available, or run one and should "
                 "not.", {"namespace": "Namespace", "daemonset": "DaemonSet"}, [
                     Column("Nodes", per("namespace, daemonset", "kube_ha_daemonset_nodes_desired"), width=80),
                     Column("Unavailable", per("namespace, daemonset", "kube_ha_daemonset_nodes_unavailable"), width=105,
                            steps=DEGRADED),
                     Column("Misscheduled", per("namespace, daemonset", "kube_ha_daemonset_nodes_misscheduled"), width=120,
                            steps=DEGRADED),
                     Column("Coverage", per("namespace, daemonset", "kube_ha_daemonset_coverage_ratio"), width=90,
                            unit="percentunit", decimals=0)],
                 width=12, sort=[("Coverage", False)], matchers=NAMESPACE),
        ]),
        ("Services, ingress and autoscaling", [
            grid("Services at risk", "Services without a ready endpoint, or that the loss of their worst zone would leave "
                 "without one.", {"namespace": "Namespace", "service": "Service"}, [
                     Column(title, f"{per(service, f'kube_ha_service_{family}')} and on ({service})"
                            f" ({nothing_ready} or {per(service, 'kube_ha_service_endpoints_surviving_zone_loss')} == 0)",
                            steps=steps, width=width)
                     for title, family, steps, width in (
                         ("Ready", "endpoints_ready", [(None, "red"), (1, "text")], 75),
                         ("Not ready", "endpoints_not_ready", DEGRADED, 95), ("Nodes", "endpoint_nodes", None, 75),
                         ("Zones", "endpoint_zones", None, 75))],
                 width=12, sort=[("Ready", False)], links=LINKS, matchers=NAMESPACE),
            grid("Ingresses and routes with a part down", "Services behind them without a ready endpoint.",
                 {"namespace": "Namespace", "ingress": "Ingress", "httproute": "HTTPRoute"}, [Column("Down", " or ".join(
                     f"{per(f'namespace, {kind}', f'kube_ha_{kind}_backends')}"
                     f" - {per(f'namespace, {kind}', f'kube_ha_{kind}_backends_available')} > 0"
                     for kind in ("ingress", "httproute")), steps=LOSS)],
                 width=6, sort=[("Down", True)], links=LINKS, matchers=NAMESPACE),
            grid("Autoscalers at their maximum", "HorizontalPodAutoscalers that can grow no more.",
                 {"namespace": "Namespace", "horizontalpodautoscaler": "Autoscaler"}, [Column(
                     "Maximum", f"{per('namespace, horizontalpodautoscaler', 'kube_ha_hpa_max_replicas')}"
                     f" and {per('namespace, horizontalpodautoscaler', 'kube_ha_hpa_at_max')} == 1", steps=DEGRADED)],
                 width=6, links=LINKS, matchers=NAMESPACE),
        ]),
    ])
