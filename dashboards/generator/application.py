"""Application: one application, its replicas and zones, and the outages that were measured."""

from .board import board, filled, variable
from .elements import DEGRADED, FEW_IS_GOOD, GREY, LOSS, NONE_IS_GOOD, Column, graph, grid, number
from .links import RUNBOOK
from .promql import CLUSTER, FINDING, WORKLOAD, per, with_cause
from .survival import hosts

DAYS = 30
NAMESPACE = f'{CLUSTER}, namespace="$namespace"'
LABELS = {"namespace": "Namespace", "workload": "Workload", "workload_type": "Type"}
MEMBER = per(WORKLOAD, 'kube_ha_workload_application_info{application="$application"}')

# Counters begin at 0 with each replica that takes over, and two may serve at once: merged first, increased then. The
# range is that of the panel, 30 days.
UNAVAILABLE = f"increase({per(WORKLOAD, 'kube_ha_workload_unavailable_seconds_total')}[$__range:1m])"
OUTAGES = f"increase({per(WORKLOAD, 'kube_ha_workload_outages_total')}[$__range:1m])"
OBSERVED = f"increase({per('workload_type', f'kube_ha_workloads_observed_seconds_total{{{CLUSTER}}}')}[$__range:1m])"
# Time that nobody observed is no availability: without 90 % of the range there is no answer.
AVAILABILITY = (f"clamp_min(1 - {UNAVAILABLE} / on (workload_type) group_left () {OBSERVED}, 0)"
                f" and on (workload_type) {OBSERVED} >= 0.9 * $__range_s")


def _of(expression):
    """The expression for the workloads of the application."""
    return f"({expression}) and on ({WORKLOAD}) {MEMBER}"


def workload(family):
    """A family of the application's workloads."""
    return _of(per(WORKLOAD, f"kube_ha_workload_{family}"))


def _application(family):
    return per("namespace, application", f'kube_ha_application_{family}{{application="$application"}}')


def application():
    """The dashboard."""
    component = per(
        f"{WORKLOAD}, component", 'kube_ha_workload_application_info{application="$application"}')
    wanted = f"{component} * on ({WORKLOAD}) group_left () {per(WORKLOAD, 'kube_ha_workload_replicas_desired')}"
    with_component = {**LABELS, "component": "Component"}

    def column(title, family, **options):
        return Column(title, f"{component} * on ({WORKLOAD}) group_left () "
                      f"{per(WORKLOAD, f'kube_ha_workload_{family}')}", **options)

    reliable = [(None, "red"), (0.99, "yellow"), (0.999, "green")]
    finding = per(FINDING, 'kube_ha_finding{severity!="info"}')
    return filled(board("application", "Application", "One application: its replicas and zones, and its outages.", [
        variable("namespace", "Namespace", "kube_ha_workload_application_info"),
        variable("application", "Application", "kube_ha_workload_application_info", matchers=NAMESPACE)]), [
        ("$namespace / $application", [
            number("Members", "Workloads of the application that want replicas, DaemonSets left out.",
                   _application("workloads"), matchers=NAMESPACE),
            number("Down now", "Of them without an available replica.", _application("workloads_unavailable"),
                   steps=NONE_IS_GOOD, matchers=NAMESPACE),
            number("On one node", "Of them with every healthy pod on one node.", _application("single_points"),
                   steps=FEW_IS_GOOD, matchers=NAMESPACE),
            number("Worst node", "Workloads that the loss of the worst node would take down.",
                   _application("node_loss_workloads_unavailable"), steps=NONE_IS_GOOD, matchers=NAMESPACE),
            number("Worst zone", "Workloads that the loss of the worst zone would take down.",
                   _application("zone_loss_workloads_unavailable"), steps=NONE_IS_GOOD, matchers=NAMESPACE),
            number("Availability", f"Of the workload that was down longest: 1 less the share of the time "
                   f"observed in the last {DAYS} days during which none of its replicas was available. Not said where less "
                   "than 90 % of that time was observed.", f"min({_of(AVAILABILITY)})", unit="percentunit", decimals=3,
                   steps=reliable, matchers=NAMESPACE, days=DAYS, absent=("too little seen", GREY)),
        ]),
        ("Replicas", [
            graph("Replicas missing", "Replicas wanted that are not available, by workload.",
                  {"{{workload}}": workload("replicas_deficit")}, height=9, matchers=NAMESPACE),
            graph("Zones", "Distinct zones of each workload's healthy pods. 1 means that the loss of that zone takes all.",
                  {"{{workload}}": workload("zones")}, height=9, matchers=NAMESPACE, decimals=0),
            grid("Workloads", "What each workload wants and has, where it is, and what the worst loss would leave of it.",
                 with_component, [
                     Column("Wanted", wanted, width=80),
                     column("Available", "replicas_available", width=90, steps=[(None, "red"), (1, "text")]),
                     column("Missing", "replicas_deficit", width=80, steps=DEGRADED),
                     column("Zones", "zones", width=70), column("Nodes", "nodes", width=70),
                     column("Without a node", "replicas_surviving_node_loss", width=120,
                            steps=[(None, "red"), (1, "text")]),
                     column("Without a zone", "replicas_surviving_zone_loss", width=120,
                            steps=[(None, "red"), (1, "text")]),
                     column("Zonal volumes", "zone_bound_volumes", width=110, steps=DEGRADED),
                     column("Budget", "pdb_covered", width=80, values={1: ("yes", "text"), 0: ("none", "yellow")}),
                     column("Rollout", "rollout_in_progress", width=80,
                            values={1: ("going on", "yellow"), 0: ("", "text")}),
                 ], height=9, hidden=("Namespace",), sort=[("Without a node", False)], matchers=NAMESPACE),
        ]),
        ("Outages", [
            grid("Outages measured", f"Over {DAYS} days: time during which a collection found no available replica though "
                 "some were wanted, and how often that began. Availability is blank where less than 90 % of the time was "
                 "observed.",
                 LABELS, [
                     Column("Availability", _of(AVAILABILITY), unit="percentunit", decimals=3, width=110, steps=reliable),
                     Column("Down for", _of(UNAVAILABLE), unit="s", decimals=0, width=100, steps=LOSS),
                     Column("Outages", _of(f"round({OUTAGES})"), width=85, steps=DEGRADED),
                     Column("Last one took", workload("last_outage_seconds"), unit="s", decimals=0, width=115),
                 ], width=14, height=8, hidden=("Namespace",), sort=[("Down for", True)], matchers=NAMESPACE, days=DAYS),
            graph("Down", "Workloads of the application without an available replica.",
                  {"down": _application("workloads_unavailable")}, width=10, height=8, matchers=NAMESPACE,
                  colours={"down": "red"}),
        ]),
        ("Hosts and findings of the namespace", [
            grid("Hosts", "Each host: the Services behind it, those without a ready endpoint now, and those that the loss of "
                 "the worst node or zone would leave without one.", {"namespace": "Namespace", "host": "Host"}, hosts(),
                 width=10, hidden=("Namespace",), sort=[("Down now", True), ("Worst node", True)],
                 matchers=NAMESPACE),
            grid("Findings", "Critical findings and warnings of the namespace, each with the object that explains it.",
                 {"area": "Area", "rule": "Rule", "severity": "Severity", "kind": "Kind", "namespace": "Namespace",
                  "name": "Name", "cause_kind": "Cause", "cause_namespace": "Cause in", "cause_name": "Cause name"},
                 [Column("Value", with_cause(finding))], width=14, hidden=("Value", "Namespace", "Area", "Cause in"),
                 sort=[("Severity", False), ("Rule", False)], links={"Rule": RUNBOOK}, matchers=NAMESPACE),
        ]),
    ])
