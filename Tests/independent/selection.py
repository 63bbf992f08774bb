"""Label selectors and what node selectors, node affinity and tolerations admit."""

import re

ZONE_KEYS = ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone")


def is_zone_key(name):
    """The well-known keys and those of CSI drivers (topology.ebs.csi.aws.com/zone): they all end so."""
    return name.endswith("/zone")


def expression(entry, labels):
    name, operator, values = entry["key"], entry["operator"], entry.get("values") or []
    if operator == "In":
        return name in labels and labels[name] in values
    if operator == "NotIn":
        return name not in labels or labels[name] not in values
    if operator == "Exists":
        return name in labels
    if operator == "DoesNotExist":
        return name not in labels
    if operator in ("Gt", "Lt"):
        if name not in labels or len(values) != 1:
            return False
        if not (re.fullmatch(r"[+-]?\d+", labels[name]) and re.fullmatch(r"[+-]?\d+", values[0])):
            return False
        have, want = int(labels[name]), int(values[0])
        return have > want if operator == "Gt" else have < want
    return False


def selects(selector, labels):
    """A LabelSelector: missing selects nothing, empty selects everything."""
    if selector is None:
        return False
    wanted = selector.get("matchLabels") or {}
    if any(labels.get(name) != value for name, value in wanted.items()):
        return False
    return all(expression(entry, labels) for entry in selector.get("matchExpressions") or [])


def plain(selector, labels):
    """A Service's or ReplicationController's map of labels; empty selects nothing."""
    return bool(selector) and all(labels.get(name) == value for name, value in selector.items())


def required_terms(affinity):
    required = ((affinity or {}).get("nodeAffinity") or {}).get("requiredDuringSchedulingIgnoredDuringExecution")
    return None if required is None else required.get("nodeSelectorTerms") or []


def term_matches(term, name, labels):
    """An empty term matches no node, as in the scheduler."""
    by_label, by_field = term.get("matchExpressions") or [], term.get("matchFields") or []
    if not by_label and not by_field:
        return False
    return (all(expression(entry, labels) for entry in by_label)
            and all(expression(entry, {"metadata.name": name}) for entry in by_field))


def tolerates(tolerations, taint):
    for entry in tolerations or []:
        if entry.get("effect") and entry["effect"] != taint["effect"]:
            continue
        operator = entry.get("operator") or "Equal"
        if not entry.get("key"):
            if operator == "Exists":
                return True
            continue
        if entry["key"] != taint["key"]:
            continue
        if operator == "Exists" or (operator == "Equal" and (entry.get("value") or "") == (taint.get("value") or "")):
            return True
    return False


def admits(spec, node):
    """Whether a pod spec's nodeSelector, required node affinity and tolerations admit the node."""
    labels, name = node["metadata"].get("labels") or {}, node["metadata"]["name"]
    if any(labels.get(wanted) != value for wanted, value in (spec.get("nodeSelector") or {}).items()):
        return False
    terms = required_terms(spec.get("affinity"))
    if terms is not None and not any(term_matches(term, name, labels) for term in terms):
        return False
    hard = [t for t in node["spec"].get("taints") or [] if t["effect"] in ("NoSchedule", "NoExecute")]
    return all(tolerates(spec.get("tolerations"), taint) for taint in hard)


def zone_requirement(spec, nodes):
    """The zones that a pod spec's own node selector and required affinity on the zone keys admit,
    or None where neither speaks of a zone. A term without a zone key admits every zone. The scheduler compares labels
    of nodes (GetRequiredNodeAffinity in k8s.io/component-helpers/scheduling/corev1/nodeaffinity), so the zones are those
    of the nodes that meet what is said on zone keys; an empty value is no zone."""
    def on_zones(entries):
        return [e for e in entries if is_zone_key(e["key"])
                and not (e["operator"] == "In" and not any(e.get("values") or []))]

    selector = on_zones([{"key": name, "operator": "In", "values": [value]}
                         for name, value in (spec.get("nodeSelector") or {}).items()])
    terms = required_terms(spec.get("affinity"))
    own = [on_zones(term.get("matchExpressions") or []) for term in terms or []]
    if not selector and not any(own):
        return None

    def meets(node, entries):
        return all(expression(e, node.thing["metadata"].get("labels") or {}) for e in entries)
    return {n.zone for n in nodes if n.zone and meets(n, selector)
            and (terms is None or any(meets(n, entries) for entries in own))}
