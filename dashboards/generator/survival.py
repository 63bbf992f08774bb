"""Survival: which loss breaks what, and for whom; which node may be drained."""

from .board import board, filled
from .elements import DEGRADED, LOSS, MARK, NONE_IS_GOOD, SAFE, YES_NO, Column, graph, grid, number, states
from .links import NODES, ONE_APPLICATION
from .overview import losses
from .promql import NODE, WORKLOAD, ZONE, per, where

HOST = "namespace, host"
APPLICATION = "namespace, application"

OBSTACLES = {
    "refused": ("Refused", "an eviction would be refused now"),
    "outage": ("Outage", "a workload of two or more would have no healthy pod until the moved ones run"),
    "single_replica": ("Single", "the same of a workload that wants one"),
    "no_room": ("No room", "a pod fits on no other node"),
    "pinned": ("Pinned", "a pod can run on this node alone"),
    "bare_pod": ("Bare pod", "a pod that no controller would make again"),
}


def hosts(matcher=""):
    """Columns: of each host the backends it has, and those that are or would be without a ready endpoint."""
    def family(name):
        return per(HOST, f"kube_ha_host_{name}{matcher}")
    available = family("backends_available")
    return [
        Column("Backends", family("backends"), width=90),
        Column("Down now", f"{family('backends')} - {available}", steps=LOSS, width=95),
        Column("Worst node", f"{available} - {family('backends_surviving_node_loss')}", steps=LOSS, width=100),
        Column("Worst zone", f"{available} - {family('backends_surviving_zone_loss')}", steps=LOSS, width=100),
    ]


def applications(matcher=""):
    """Columns: of each application the workloads it has, and those that are or would be down."""
    def family(name):
        return per(APPLICATION, f"kube_ha_application_{name}{matcher}")
    return [
        Column("Workloads", family("workloads"), width=95),
        Column("Down now", family("workloads_unavailable"), steps=LOSS, width=95),
        Column("On one node", family("single_points"), steps=DEGRADED, width=110),
        Column("Worst node", family("node_loss_workloads_unavailable"), steps=LOSS, width=100),
        Column("Worst zone", family("zone_loss_workloads_unavailable"), steps=LOSS, width=100),
    ]


def _zones():
    def zone(name, **labels):
        family = f"kube_ha_{name}"
        return per(ZONE, where(family, **labels) if labels else family)
    return [
        *losses(ZONE, "zone"),
        Column("Degraded", zone("zone_loss_workloads_degraded"), steps=DEGRADED, width=95),
        Column("Budgets", zone("zone_loss_pdbs_violated"), steps=DEGRADED, width=90),
        Column("Pods pinned", zone("zone_loss_pods_pinned"), steps=DEGRADED, width=100),
        Column("API servers", zone("zone_loss_apiservers_left"), steps=[(None, "red"), (1, "text")], width=110),
        Column("etcd quorum", "min by (topology_zone) (kube_ha_etcd_zone_loss_has_quorum)", values=YES_NO, width=100),
        Column("CPU", zone("zone_loss_capacity_ratio", resource="cpu"), unit="percentunit", decimals=0,
               steps=[(None, "text"), (1, "red")], width=80),
        Column("Memory", zone("zone_loss_capacity_ratio", resource="memory"), unit="percentunit", decimals=0,
               steps=[(None, "text"), (1, "red")], width=85),
    ]


def _drain():
    yield Column("Drain", "min by (node) (kube_ha_node_drain_safe)", values=SAFE, width=100)
    for obstacle, (title, _) in OBSTACLES.items():
        yield Column(title, per(NODE, where("kube_ha_node_drain_obstacle", obstacle=obstacle)), values=MARK, width=100)


def survival():
    """The dashboard."""
    worst = {"a zone": f"max({per(ZONE, 'kube_ha_zone_loss_workloads_unavailable')})",
             "a node": f"max({per(NODE, 'kube_ha_node_loss_workloads_unavailable')})"}
    obstacles = "; ".join(f"{title}: {text}" for title, text in OBSTACLES.values())
    takes = [(title, True) for title in ("Down now", "Worst node", "Worst zone")]
    alone = f"sum(({per(WORKLOAD, 'kube_ha_workload_replicas_surviving_{}_loss')} == bool 0)" \
            f" * ({per(WORKLOAD, 'kube_ha_workload_replicas_desired')} > bool 1))"
    return filled(board("survival", "Survival", "Which loss breaks what, and for whom; which node may be drained."), [
        ("Would it survive …", [
            states("Survives", "Whether all that is meant to survive the event would; unknown where a line is missing.",
                   "min by (event) (kube_ha_survives)", "{{event}}", YES_NO, width=12, height=7),
            number("Gone with one node", "Workloads that want two or more replicas and would keep no "
                   "healthy pod after the loss of their worst node.", alone.format("node"), width=4, height=7,
                   steps=NONE_IS_GOOD),
            number("Gone with one zone", "Workloads that want two or more replicas and would keep no "
                   "healthy pod after the loss of their worst zone.", alone.format("zone"), height=7,
                   steps=NONE_IS_GOOD),
            number("Nodes safe to drain", "Nodes whose drain would meet no obstacle. The plan is below.",
                   "min(kube_ha_nodes_drain_safe)", height=7),
        ]),
        ("For whom", [
            grid("Hosts", "Each host of Ingresses and HTTPRoutes: the Services behind it, those without a ready endpoint "
                 "now, and those that the loss of the worst node or zone would leave without one.",
                 {"namespace": "Namespace", "host": "Host"}, hosts(), width=12, height=9, sort=takes),
            grid("Applications", "Each application: its workloads, those without an available replica now, those with every "
                 "healthy pod on one node, and those that the loss of the worst node or zone would take down.",
                 {"namespace": "Namespace", "application": "Application"}, applications(), width=12, height=9, sort=takes,
                 links={"Application": ONE_APPLICATION}),
        ]),
        ("Which loss", [
            grid("Loss of each zone", "What works now and would not after the loss of the zone, with nothing rescheduled: hosts, "
                 "applications, Services and workloads lost, workloads degraded, budgets violated, pods that could run "
                 "nowhere else. Whether the control plane would go on: API servers left, and etcd's quorum. And the CPU and "
                 "memory that the rest would have to take, over what it has left.", {ZONE: "Zone"}, _zones(), height=7,
                 sort=[("Hosts", True), ("Workloads", True)]),
            grid("Loss of each node", "The same for each node, and the budgets that its loss would violate; nodes that would "
                 "take nothing along are left out.",
                 {NODE: "Node"},
                 losses(NODE, "node", ("Budgets", "pdbs_violated", DEGRADED)), width=12, height=9,
                 sort=[("Hosts", True), ("Workloads", True)], links={"Node": NODES}),
            graph("Workloads that the worst loss takes", "The most workloads that the loss of one zone, and of one node, "
                  "would leave without a healthy pod. It falls while they are down already.", worst, height=9),
        ]),
        ("Which drain", [
            grid("Drain plan", f"What draining each node would meet now. {obstacles}. Safe to drain is a node with none of "
                 "them, single replicas apart.", {NODE: "Node"}, list(_drain()), height=10,
                 sort=[("Drain", False)], links={"Node": NODES}),
        ]),
    ])
