"""Overview: what the cluster would survive, what is wrong now, and why."""

from .board import board, filled
from .elements import AREA, DEGRADED, GREY, LOSS, NONE_IS_GOOD, YES_NO, Column, graph, grid, number, states
from .links import APPLICATION, NODES, RUNBOOK, SURVIVAL
from .promql import FINDING, NODE, WORKLOAD, ZONE, ZONES, per, total, where, with_cause

RULE = "area, rule, severity"

# Whether the cluster survives an event; of two replicas the one that says no is believed. -1 where there is no second
# node or zone, or no master that is seen, and so no question.
SURVIVES = {
    "node_loss": f"(({total('role', 'kube_ha_nodes')}) < 2) * 0 - 1",
    "zone_loss": "(max(kube_ha_zones) < 2) * 0 - 1",
    "control_plane_node_loss": "(max(kube_ha_control_plane_visible) < 1) * 0 - 1",
    "node_drain": "",
}
SURVIVES = {event: f"min({where('kube_ha_survives', event=event)})" + (f" or {without}" if without else "")
            for event, without in SURVIVES.items()}

# The status of each area as a number, of two replicas the worse: the keys of elements.AREA.
AREAS = "max by (area) (" + " or ".join(
    f"{where('kube_ha_area_status', status=status)} * {code}" for code, status in (
        (4, "critical"), (3, "unknown"), (2, "warning"), (1, "ok"), (0, "not_applicable"))) + ")"

# Of each API server instance, 1 where it is ready and reaches etcd, as far as its etcd check is told.
SERVES = (
    f"{per('apiserver', 'kube_ha_apiserver_ready')} * "
    f"({per('apiserver', 'kube_ha_apiserver_etcd_ready')} or {per('apiserver', 'kube_ha_apiserver_ready')})")

DOWN = (
    f"(({per(WORKLOAD, 'kube_ha_workload_replicas_available')}) == bool 0)"
    f" * ({per(WORKLOAD, 'kube_ha_workload_replicas_desired')} > bool 0)")


def headline():
    """What `kube-ha-exporter report` says first, in its words."""
    survived = ("Yes where all that is meant to survive it would: etcd's quorum, an API server, cluster DNS, each host's "
                "backends, each Service and workload of two or more replicas. The dashboard Survival names what would "
                "not. Unknown while an area that it needs is.")
    yield number("… loss of any node", f"The worst loss of one worker. {survived}", SURVIVES["node_loss"],
                 values=YES_NO)
    yield number("… loss of any zone", f"The worst loss of one zone. {survived}", SURVIVES["zone_loss"],
                 values=YES_NO)
    yield number("… loss of any master", f"The worst loss of one control-plane node with its pods. {survived}",
                 SURVIVES["control_plane_node_loss"], values=YES_NO)
    yield number("… draining any node",
                 "Yes where each usable node can be drained now without a refused eviction, an outage, a pod that fits "
                 "nowhere else, a pinned pod or a bare one. The dashboard Survival has the plan, node by node.",
                 SURVIVES["node_drain"], values=YES_NO)
    yield number("Critical right now",
                 "Critical findings: something that served is lost, or the redundancy that an object was built with is "
                 "used up. The table below has them.",
                 total(RULE, where("kube_ha_findings", severity="critical")), steps=NONE_IS_GOOD)
    yield number("Areas not known",
                 "Areas of which a required source cannot be read: nothing is said of them, good or bad. The dashboard "
                 "Exporter shows the sources.",
                 total("area", where("kube_ha_area_status", status="unknown")),
                 steps=[(None, GREY), (0, "green"), (1, "purple")])


def right_now():
    """What is lost, counted."""
    yield number("Nodes not Ready", "Nodes of all roles whose condition Ready is not True.",
                 f"{total('role', 'kube_ha_nodes')} - {total('role', 'kube_ha_nodes_ready')}", steps=NONE_IS_GOOD)
    yield number("Zones lost", "Zones that have nodes, none of them Ready.",
                 f"sum(({per(ZONES, 'kube_ha_zone_nodes_ready')} == bool 0) * ({per(ZONES, 'kube_ha_zone_nodes')} > bool 0))",
                 steps=NONE_IS_GOOD)
    yield number("API servers not serving", "API server instances that are not ready or do not reach etcd.",
                 f"sum(({SERVES}) == bool 0)", steps=NONE_IS_GOOD)
    yield number("etcd members unhealthy", "Members of etcd that fail their health check or do not answer.",
                 f"{total('etcd_cluster', 'kube_ha_etcd_members')} - {total('etcd_cluster', 'kube_ha_etcd_members_healthy')}",
                 steps=NONE_IS_GOOD)
    yield number("Workloads down", "Workloads that want replicas and have none available.", f"sum({DOWN})",
                 steps=NONE_IS_GOOD)
    yield number("Hosts with a part down", "Hosts of Ingresses and HTTPRoutes with a Service behind them that has no "
                 "ready endpoint: what a visitor notices.",
                 f"sum({per('namespace, host', 'kube_ha_host_backends')}"
                 f" > bool {per('namespace, host', 'kube_ha_host_backends_available')})", steps=NONE_IS_GOOD)


def _causes():
    """Columns: of each cause the findings that it explains."""
    for title, severity, colours in (("Critical", "critical", LOSS), ("Warnings", "warning", DEGRADED)):
        explained = with_cause(per(FINDING, where("kube_ha_finding", severity=severity)))
        yield Column(title, f"count by (cause_kind, cause_namespace, cause_name) ({explained})", steps=colours, width=90)


def losses(label, name, *more):
    """Columns: what the loss of each zone or node would take along that works now; `more`: (title, family's end, steps).
    Nodes that take nothing along are left out: there may be thousands."""
    told = [("Hosts", "hosts_degraded", LOSS), ("Applications", "applications_degraded", LOSS),
            ("Services", "services_without_endpoints", LOSS), ("Workloads", "workloads_unavailable", LOSS), *more]
    expressions = [per(label, f"kube_ha_{name}_loss_{what}") for _, what, _ in told]
    costs = f" or on ({label}) ".join(f"{expression} > 0" for expression in expressions)
    only = f" and on ({label}) ({costs})" if label == NODE else ""
    return [Column(title, expression + only, steps=steps, width=100)
            for (title, _, steps), expression in zip(told, expressions)]


def overview():
    """The dashboard."""
    labels = {"area": "Area", "rule": "Rule", "severity": "Severity", "kind": "Kind", "namespace": "Namespace",
              "name": "Name", "cause_kind": "Cause", "cause_namespace": "Cause in", "cause_name": "Cause name"}
    worst_first = [(title, True) for title in ("Hosts", "Applications", "Services", "Workloads")]
    warnings = f"sum by (area, rule) ({per(RULE, where('kube_ha_findings', severity='warning'))}) > 0"
    return filled(board("overview", "Overview", "What the cluster would survive, what is wrong now, and why."), [
        ("Would it survive …", list(headline())),
        ("Right now", [
            *right_now(),
            grid("Causes now", "What explains the critical findings and warnings that stand now: mend the cause, and what "
                 "follows from it goes.",
                 {"cause_kind": "Cause", "cause_namespace": "Cause in", "cause_name": "Cause name"}, list(_causes()),
                 width=10, sort=[("Critical", True), ("Warnings", True)]),
            grid("Critical now", "Critical findings, each with the object that explains it. The rule leads to its section "
                 "of the runbook, the namespace to its applications.",
                 labels, [Column("Value", with_cause(per(FINDING, where("kube_ha_finding", severity="critical"))))],
                 width=14, hidden=("Value", "Severity", "Cause in"), widths={"Area": 110, "Rule": 200, "Kind": 100},
                 sort=[("Cause name", False), ("Area", False)],
                 links={"Rule": RUNBOOK, "Namespace": APPLICATION}),
        ]),
        ("How the areas stand", [
            states("Areas", "The status of each area of the high-availability guidance: that of its worst finding, or "
                   "unknown where a required source cannot be read.", AREAS, "{{area}}", AREA, width=16, height=12),
            graph("Findings", "Findings by severity. Those of severity info are practice, and not counted here.", {
                severity: total(RULE, where("kube_ha_findings", severity=severity))
                for severity in ("critical", "warning")}, width=8, height=12, stacked=True,
                colours={"critical": "red", "warning": "yellow"}),
        ]),
        ("What the next loss would take along", [
            grid("Worst zones to lose", "What works now and would not after the loss of the zone, with nothing "
                 "rescheduled: hosts and applications that would lose a part whole, Services left without a ready "
                 "endpoint, workloads left without a healthy pod.", {ZONE: "Zone"}, losses(ZONE, "zone"), width=12, height=7,
                 sort=worst_first, links={"Zone": SURVIVAL}),
            grid("Worst nodes to lose", "The same for each node; nodes that would take nothing along are left out.",
                 {NODE: "Node"}, losses(NODE, "node"), width=12, height=7, sort=worst_first, links={"Node": NODES}),
        ]),
        ("Warnings", [
            grid("Warnings now", "Rules that find redundancy missing or blocked, with the number of objects.",
                 {"area": "Area", "rule": "Rule"}, [Column("Findings", warnings, steps=DEGRADED)], height=8,
                 widths={"Area": 200, "Rule": 320}, sort=[("Findings", True)], links={"Rule": RUNBOOK}),
        ]),
    ])
