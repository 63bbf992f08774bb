"""PromQL that all dashboards share.

Two replicas of the exporter, or one that takes over from the other, must not double anything: each family is first
merged over its replicas by `per`, and only then summed, counted or joined.
"""

import re

NODE = "node"
ZONE = "topology_zone"
ZONES = "topology_zone, topology_region"
WORKLOAD = "namespace, workload, workload_type"
FINDING = "area, rule, severity, kind, namespace, name"
CLUSTER = 'cluster="$cluster"'

# What the rules of deploy/prometheus record as kube_ha:…, without a gap while one replica takes over from another. Read
# under both names: with the rules there is no gap, without them, and before they were loaded, there are values.
RECORDED = {
    "kube_ha_area_status", "kube_ha_finding", "kube_ha_finding_cause", "kube_ha_findings", "kube_ha_findings_not_listed",
    "kube_ha_maintenance_safe", "kube_ha_survives",
}

_FAMILY = re.compile(r"\b(kube_ha_[a-z0-9_]+|process_[a-z_]+)\b(?!\{cluster=)(\{)?")


def where(family, **labels):
    """The family's series with these labels."""
    return family + "{" + ", ".join(f'{name}="{value}"' for name, value in labels.items()) + "}"


def per(labels, family):
    """The family once for each value of the labels, whichever replica told it; of two that differ the larger value."""
    return f"max by ({labels}) ({family})"


def total(labels, family):
    """The sum of the family over its labels."""
    return f"sum({per(labels, family)})"


def selected(expression, matchers=CLUSTER):
    """The expression with the matchers in each selector of one of the exporter's families that names no cluster yet."""
    def selector(found):
        family, has_matchers = found.groups()
        name, own = family, matchers
        # Those of one replica are what the replica told.
        if family in RECORDED and "instance" not in matchers:
            name, own = "", f'__name__=~"{family}|{family.replace("kube_ha_", "kube_ha:", 1)}", {matchers}'
        return f"{name}{{{own}" + (", " if has_matchers else "}")
    return _FAMILY.sub(selector, expression)


def with_cause(findings):
    """Findings with the labels of their root cause, where it is known.

    `topk` leaves one cause a finding: two replicas that disagree would make the join fail.
    """
    of = "area, rule, kind, namespace, name"
    labels = "cause_kind, cause_namespace, cause_name"
    cause = f"topk by ({of}) (1, {per(f'{of}, {labels}', 'kube_ha_finding_cause')})"
    return f"{findings} * on ({of}) group_left ({labels}) {cause} or on ({of}) {findings}"
