"""Control plane and etcd: how many masters may still fail, and which one does."""

from .board import board, filled
from .elements import GREY, LOSS, NONE_IS_GOOD, READY, YES_NO, Column, bars, graph, grid, number, states
from .overview import SERVES
from .promql import per, total

MEMBER = "etcd_cluster, member"
# Healthy is alive too: 2, 1 or 0.
HEALTH = {2: ("healthy", "green"), 1: ("alive, not healthy", "yellow"), 0: ("does not answer", "red")}
SERVING = {1: ("serves", "green"), 0: ("does not serve", "red")}
TOLERANCE = [(None, "red"), (0, "yellow"), (1, "green")]


def _certificates():
    """Columns: the time that is left; two tables, since API servers and members have different labels."""
    soon = [(None, "red"), (24 * 3600, "yellow"), (7 * 24 * 3600, "text")]
    for label, family in (("apiserver", "kube_ha_apiserver_certificate_expiry_timestamp_seconds"),
                          (MEMBER, "kube_ha_etcd_member_certificate_expiry_timestamp_seconds")):
        yield Column("Expires in", f"min by ({label}) ({family}) - time()", unit="s", steps=soon)


def control_plane():
    """The dashboard."""
    apiservers, members = _certificates()
    member = {"etcd_cluster": "etcd", "member": "Member"}
    return filled(board("control-plane", "Control plane and etcd", "How many masters may still fail, and which one does."), [
        ("How much may still fail", [
            number("Masters that may fail", "Control-plane nodes that may be lost, the worst first, with a serving API "
                   "server and etcd's quorum left; negative where not even now. Unknown without etcd's members.",
                   "min(kube_ha_control_plane_failure_tolerance)", steps=TOLERANCE),
            number("etcd members that may fail", "Healthy voting members beyond quorum; negative without quorum.",
                   f"min({per('etcd_cluster', 'kube_ha_etcd_failure_tolerance')})", steps=TOLERANCE),
            number("etcd has quorum", "Yes where the healthy voting members are a majority.",
                   "min(kube_ha_etcd_has_quorum)", values=YES_NO),
            number("etcd has a leader", "Yes where a quorum of healthy voting members names the same one.",
                   "min(kube_ha_etcd_has_leader)", values=YES_NO),
            number("Leader leases expired", "Leader leases that nobody renews: that controller does not work.",
                   total("component", "kube_ha_leader_lease_expired"), steps=NONE_IS_GOOD),
            number("Last write seen", "Time since a leader or identity lease was last seen to change: whether the cluster "
                   "still takes writes. Above a minute it is stalled.", "min(kube_ha_cluster_write_age_seconds)",
                   unit="s", decimals=0, steps=[(None, GREY), (0, "green"), (30, "yellow"), (60, "red")]),
        ]),
        ("Which one fails", [
            states("Masters", "Whether each control-plane node is Ready.",
                   per("node, topology_zone", "kube_ha_control_plane_node_ready"), "{{node}}  {{topology_zone}}", READY,
                   width=8, height=7),
            states("API servers", "Whether each instance is ready and reaches etcd. The configured server, often a load "
                   "balancer, is one of them.", SERVES, "{{apiserver}}", SERVING, width=8, height=7),
            states("etcd members", "Healthy: answers a linearizable read. Alive, not healthy: answers, but has no quorum. "
                   "So the dead are told from the starved.",
                   f"{per(MEMBER, 'kube_ha_etcd_member_healthy')} + {per(MEMBER, 'kube_ha_etcd_member_alive')}",
                   "{{member}}", HEALTH, width=8, height=7),
        ]),
        ("Instances", [
            graph("API server instances", "Instances expected, endpoints published in default/kubernetes, instances that serve, and "
                  "identity leases renewed within a minute.", {
                      "expected": "max(kube_ha_apiserver_expected)", "endpoints": "max(kube_ha_apiserver_endpoints)",
                      "identities": "max(kube_ha_apiserver_identities)",
                  }, width=8),
            graph("etcd", "Voting members, those that are healthy, and the votes that quorum takes.", {
                "voting": total("etcd_cluster", "kube_ha_etcd_voting_members"),
                "healthy": total("etcd_cluster", "kube_ha_etcd_members_healthy"),
                "quorum": total("etcd_cluster", "kube_ha_etcd_quorum_size"),
            }, width=8, colours={"quorum": "red"}),
            grid("Components", "Pods of the control plane's components that are seen, and those of them that are healthy.",
                 {"component": "Component"}, [
                     Column("Seen", per("component", "kube_ha_control_plane_component_instances"), width=80),
                     Column("Not healthy", f"{per('component', 'kube_ha_control_plane_component_instances')} - "
                            f"{per('component', 'kube_ha_control_plane_component_instances_ready')}", steps=LOSS, width=110),
                 ], width=8, sort=[("Component", False)]),
        ]),
        ("Leaders and writes", [
            graph("Age of leader leases", "Time since each leader lease was last seen to change; expired after its duration "
                  "and 5 s more.", {"{{component}}": per("component", "kube_ha_leader_lease_age_seconds"),
                                    "last write": "min(kube_ha_cluster_write_age_seconds)"}, width=8, unit="s"),
            graph("Changes of leader", "Times that a lease went to another holder. Many are a sign of an overloaded control "
                  "plane.", {"{{component}}": "max by (component) (increase(kube_ha_leader_transitions_total"
                             "[$__rate_interval]))"}, width=8, decimals=0),
            graph("Time that probes take", "Of /readyz of each API server, and of the health check of each member.", {
                "{{apiserver}}": per("apiserver", "kube_ha_apiserver_probe_duration_seconds"),
                "etcd {{member}}": per(MEMBER, "kube_ha_etcd_member_probe_duration_seconds")}, width=8, unit="s"),
        ]),
        ("etcd", [
            grid("Members", "Each member: the node it lives on, its version, and whether it leads or only learns.",
                 {**member, "node": "Node", "version": "Version", "client_url": "Client URL"}, [
                     Column("Leader", _of_member("kube_ha_etcd_member_is_leader"),
                            values={1: ("leader", "green"), 0: ("", "text")}, width=80),
                     Column("Learner", _of_member("kube_ha_etcd_member_is_learner"),
                            values={1: ("learner", "yellow"), 0: ("", "text")}, width=80)],
                 width=16, height=7, sort=[("Member", False)]),
            grid("Zones that hold quorum", "Whether quorum would survive the loss of the zone.",
                 {"etcd_cluster": "etcd", "topology_zone": "Zone"},
                 [Column("Quorum is left", "min by (etcd_cluster, topology_zone) (kube_ha_etcd_zone_loss_has_quorum)",
                         values=YES_NO)], width=8, height=7, sort=[("Zone", False)]),
            graph("Database", "Size of each member's database file, and the quota at which it takes no more writes.", {
                "{{member}}": per(MEMBER, "kube_ha_etcd_member_db_size_bytes"),
                "in use {{member}}": per(MEMBER, "kube_ha_etcd_member_db_in_use_bytes")}, width=8, unit="bytes"),
            bars("Database of its quota", "Size of the database over the quota. At 100 % the alarm NOSPACE is raised and "
                 "the cluster takes no more writes.",
                 f"{per(MEMBER, 'kube_ha_etcd_member_db_size_bytes')} / {per(MEMBER, 'kube_ha_etcd_member_db_quota_bytes')}",
                 "{{member}}", unit="percentunit", steps=[(None, "green"), (0.8, "yellow"), (0.95, "red")], maximum=1,
                 decimals=1),
            graph("Raft lag", "Entries that each member has yet to apply, against the leader's index of the round before.",
                  {"{{member}}": per(MEMBER, "kube_ha_etcd_member_raft_applied_lag")}, width=8),
        ]),
        ("Alarms and certificates", [
            number("etcd alarms", "Alarms NOSPACE and CORRUPT that are raised.",
                   total(f"{MEMBER}, alarm", "kube_ha_etcd_alarm_active"), height=7, steps=NONE_IS_GOOD),
            grid("API servers' certificates", "Time until the earliest certificate of the chain that the instance presents "
                 "expires.", {"apiserver": "API server"}, [apiservers], width=10, height=7, sort=[("Expires in", False)]),
            grid("etcd members' certificates", "The same of each member.", member, [members], width=10, height=7,
                 sort=[("Expires in", False)]),
        ]),
    ])


def _of_member(family):
    """A family of members with the labels of kube_ha_etcd_member_info."""
    told = per(f"{MEMBER}, node, version, client_url", "kube_ha_etcd_member_info")
    return f"{told} * on ({MEMBER}) group_left () {per(MEMBER, family)}"
