"""Nodes, budgets and drains: which node fails, whether there is room, what a drain would hang on."""

from .board import board, filled
from .elements import (CAUTION, DEGRADED, FEW_IS_GOOD, GREY, LOSS, MARK, NONE_IS_GOOD, READY, SAFE, Column, bars, graph,
                       grid, number, states)
from .links import APPLICATION
from .promql import NODE, ZONES, per, total, where
from .survival import OBSTACLES

BUDGET = "namespace, poddisruptionbudget"
PLACED = "node, topology_zone"


def _budgets():
    """Columns: budgets that let no eviction through, or protect nothing."""
    def budget(family):
        return per(BUDGET, f"kube_ha_pdb_{family}")
    keep = " or ".join(f"{budget(family)} == 1" for family in (
        "blocks_drain", "never_allows_disruption", "sync_failed", "matches_no_pods"))
    for title, family, options in (
            ("Allowed", "disruptions_allowed", {"width": 80, "steps": [(None, "red"), (1, "text")]}),
            ("Healthy", "current_healthy", {"width": 80}),
            ("Must stay", "desired_healthy", {"width": 90}),
            ("Pods", "expected_pods", {"width": 65}),
            ("Never allows", "never_allows_disruption", {"width": 110, "values": MARK}),
            ("Overlapping", "overlapping_pods", {"width": 105, "steps": LOSS}),
            ("No pods", "matches_no_pods", {"width": 80, "values": CAUTION})):
        yield Column(title, f"{budget(family)} and on ({BUDGET}) ({keep})", **options)


def nodes():
    """The dashboard."""
    ready, usable = per(PLACED, "kube_ha_node_ready"), per(PLACED, "kube_ha_node_usable")
    # Only those that were not Ready in the time looked at: there may be thousands that were.
    troubled = f"{ready} and on (node) (min by (node) (min_over_time(kube_ha_node_ready[$__range] @ end())) == 0)"
    out = f"{ready} == 0 or {usable} == 0"
    full = [(None, "green"), (0.8, "yellow"), (1, "red")]
    return filled(board("nodes", "Nodes, budgets and drains",
                        "Which node fails, whether there is room, and what a drain would hang on."), [
        ("Right now", [
            number("Nodes not Ready", "Nodes of all roles whose condition Ready is not True.",
                   f"{total('role', 'kube_ha_nodes')} - {total('role', 'kube_ha_nodes_ready')}", steps=NONE_IS_GOOD),
            number("Nodes cordoned", "Nodes that take no new pods.", "max(kube_ha_nodes_cordoned)", steps=FEW_IS_GOOD),
            number("Drains refused", "Nodes with a pod whose eviction would be refused now.",
                   "max(kube_ha_nodes_drain_blocked)", steps=FEW_IS_GOOD),
            number("Nodes safe to drain", "Nodes whose drain would meet no obstacle.", "min(kube_ha_nodes_drain_safe)"),
            number("Maintenance", "Whether a node may be taken out now: nothing critical stands, no node is out already. "
                   "A gate for whoever reboots nodes one by one; unknown is not safe.", "min(kube_ha_maintenance_safe)",
                   values=SAFE),
            number("Pods on nodes not Ready", "Pods bound to nodes that are not Ready.",
                   f"sum({per(NODE, 'kube_ha_pods_on_unready_nodes')})", steps=NONE_IS_GOOD),
        ]),
        ("Nodes", [
            states("Nodes that were not Ready", "Nodes that were not Ready at some time of the range; the others are left "
                   "out.", troubled, "{{node}}  {{topology_zone}}", READY, width=12, height=9),
            graph("Nodes usable by zone", "Nodes that are Ready, not cordoned and not being deleted.",
                  {"{{topology_zone}}": per(ZONES, "kube_ha_zone_nodes_usable")}, height=9, stacked=True),
            grid("Nodes out of service", "Nodes that are not Ready, or that take no new pods.",
                 {"node": "Node", "topology_zone": "Zone"}, [
                     Column("Ready", f"{ready} and ({out})", values=READY, width=95),
                     Column("Not Ready for", f"{per(PLACED, 'kube_ha_node_not_ready_seconds')} and ({out})", unit="s",
                            decimals=0, steps=LOSS, width=120),
                     Column("Heartbeat age", f"{per(PLACED, 'kube_ha_node_lease_age_seconds')} and ({out})", unit="s",
                            decimals=0, width=120)], width=12, sort=[("Not Ready for", True)]),
            graph("Pods in trouble", "Pods bound to nodes that are not Ready, pods that the scheduler finds no node for, and "
                  "pods past their deletion time by more than two minutes.", {
                      "on nodes not Ready": f"sum({per(NODE, 'kube_ha_pods_on_unready_nodes')})",
                      "unschedulable": f"sum({per('namespace', 'kube_ha_pods_unschedulable')})",
                      "stuck terminating": f"sum({per('namespace', 'kube_ha_pods_stuck_terminating')})"}),
        ]),
        ("Room", [
            bars("After the loss of the largest node", "Requests that would have to be placed over the room that is left: "
                 "above 100 % they cannot all run.", per("resource", "kube_ha_node_loss_capacity_ratio"), "{{resource}}",
                 unit="percentunit", steps=full, maximum=1, decimals=0),
            bars("After the loss of a zone", "The same for each zone.",
                 per("topology_zone, resource", "kube_ha_zone_loss_capacity_ratio"), "{{topology_zone}} {{resource}}",
                 unit="percentunit", steps=full, maximum=1, decimals=0),
            grid("Pressure", "Nodes with the condition MemoryPressure, DiskPressure, PIDPressure or NetworkUnavailable.",
                 {"node": "Node", "condition": "Condition"},
                 [Column("Now", f"{per('node, condition', 'kube_ha_node_pressure')} == 1", values=MARK)], width=8),
        ]),
        ("Budgets and drains", [
            grid("Budgets that let no eviction through", "Budgets that allow no disruption now, never can, cannot be "
                 "computed, or select no pod.", {"namespace": "Namespace", "poddisruptionbudget": "Budget"},
                 list(_budgets()), width=16, height=10, sort=[("Never allows", True), ("Namespace", False)],
                 links={"Namespace": APPLICATION}),
            graph("Nodes with an obstacle to a drain", "Nodes by what their drain would meet. The dashboard Survival has the "
                  "plan, node by node.", {
                      title: f"sum({per(NODE, where('kube_ha_node_drain_obstacle', obstacle=obstacle))})"
                      for obstacle, (title, _) in OBSTACLES.items()}, width=8, height=10),
        ]),
        ("Storage and versions", [
            grid("Volumes held by nodes", "Volumes attached to nodes that are not Ready or gone, and attachments with an "
                 "error.", {"node": "Node"}, [
                     Column("On a node not Ready", f"{per(NODE, 'kube_ha_volume_attachments_on_unready_nodes')} > 0",
                            steps=LOSS, width=150),
                     Column("With an error", f"{per(NODE, 'kube_ha_volume_attachment_errors')} > 0", steps=DEGRADED,
                            width=120)], width=8, height=7),
            grid("Kubelet versions", "Nodes by the version of their kubelet.", {"kubelet_version": "Version"},
                 [Column("Nodes", per("kubelet_version", "kube_ha_kubelet_nodes"))], width=8, height=7,
                 sort=[("Version", False)]),
            number("Kubelets behind", "Minor versions between the newest API server and the oldest kubelet; more than three "
                   "are not supported.", "max(kube_ha_kubelet_version_skew_minor)", height=7,
                   steps=[(None, GREY), (0, "green"), (3, "yellow"), (4, "red")]),
            number("Kubelets ahead", "Nodes whose kubelet is newer than the oldest API server.",
                   "max(kube_ha_kubelet_ahead_of_apiserver)", height=7, steps=NONE_IS_GOOD),
        ]),
    ])
