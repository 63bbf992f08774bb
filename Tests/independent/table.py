"""The contract's table of families, and samples as they are printed, read and compared."""

import os
import pathlib
import re

from cluster import BUILT_IN

AREAS = ["control_plane", "etcd", "replicas", "rollouts", "daemonsets", "services", "ingress", "nodes",
         "disruption_budgets", "storage", "storage_classes", "zones", "network_policies", "rbac", "upgrades",
         "extension_points", "deployment", "survival"]


class Family:
    def __init__(self, area, name, kind, names, sources):
        self.area, self.name, self.kind, self.labels, self.sources = area, name, kind, names, sources


def families():
    found, area = {}, None
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "signals.tsv"), encoding="utf-8") as file:
        for line in file:
            line = line.rstrip("\n")
            mark = re.fullmatch(r"# area (?:\d+ )?(\w+)", line)
            if mark:
                area = mark[1]
            elif line and not line.startswith("#"):
                name, kind, names, sources = line.split("\t")[:4]
                found[name] = Family(area, name, kind, [n for n in names.split(",") if n],
                                     [s for s in sources.split(",") if s])
    return found


def computed(name, patterns=[]):
    """Whether some module here works the family out: its name, or the f-string that makes it, stands there."""
    if not patterns:
        for file in pathlib.Path(__file__).resolve().parent.glob("*.py"):
            for found in re.findall(r"kube_ha_[a-z_]*(?:\{\w+\}[a-z_]*)*", file.read_text(encoding="utf-8")):
                patterns.append(re.sub(r"\{\w+\}", "[a-z_]+", found))
    return any(re.fullmatch(pattern, name) for pattern in patterns)


def escaped(text):
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def number(value):
    value = float(value)
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) and abs(value) < 2**63 else repr(value)


def line(name, pairs, value):
    inside = ",".join(f'{label}="{escaped(text)}"' for label, text in pairs)
    return f"{name}{{{inside}}} {number(value)}" if inside else f"{name} {number(value)}"


class Samples:
    """Families filled by the areas; the drop-out rule is applied here and nowhere else."""

    def __init__(self, recording):
        self.recording, self.families = recording, families()
        self.values = {}  # (name, tuple of label pairs) -> value

    def add(self, name, value, *texts, kind=None):
        """Labels in the order of the contract. kind: the workload_type of a workload series without that label.
        None as value: absent."""
        family = self.families[name]
        if value is None or not self.usable(family, texts, kind):
            return
        if len(texts) != len(family.labels):
            raise ValueError(f"{name}: {len(family.labels)} labels wanted, got {texts}")
        identity = (name, tuple(zip(family.labels, texts)))
        if identity in self.values:
            raise ValueError(f"duplicate series {identity}")
        self.values[identity] = value

    def usable(self, family, texts, kind):
        record, named = self.recording, dict(zip(family.labels, texts))
        kind = named.get("workload_type", kind)
        for source in family.sources:
            if source == "workloads*":
                if not all(record.ok(s) for s in workload_sources(kind, "pods" in family.sources)):
                    return False
            elif source == "httproutes*":
                # There may be no Gateway API.
                if not record.ok("httproutes") and record.states.get("httproutes") != "absent":
                    return False
            elif source == "webhookconfigurations*":
                if not record.ok(named["webhook_type"] + "webhookconfigurations"):
                    return False
            elif not record.ok(source):
                return False
        return True


def workload_sources(kind, joins_pods):
    """Sources of a series of the kind. Without a kind the series is over all workloads: all five.
    Deployment series that join pods need replicasets for the owner chain. Workloads of a foreign kind are
    known by their ReplicaSets or their pods."""
    if kind is None:
        return sorted(BUILT_IN.values())
    if kind == "deployment" and joins_pods:
        return ["deployments", "replicasets"]
    return [BUILT_IN[kind]] if kind in BUILT_IN else []


LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"\s*(?:,|$)')


def read_exposition(text):
    """Samples of a text format 0.0.4 exposition: {(name, frozenset of label pairs): value}."""
    found, doubled = {}, []
    for row in text.split("\n"):
        row = row.strip()
        if not row or row.startswith("#"):
            continue
        match = re.fullmatch(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?", row)
        if not match:
            raise ValueError(f"not a sample: {row!r}")
        inside, at, pairs = match[2] or "", 0, []
        while at < len(inside):
            part = LABEL.match(inside, at)
            if not part:
                raise ValueError(f"labels of: {row!r}")
            unescaped = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], part[2])
            pairs.append((part[1], unescaped))
            at = part.end()
        identity = (match[1], frozenset(pairs))
        if identity in found:
            doubled.append(row)
        found[identity] = float(match[3])
    return found, doubled


def same(one, other):
    if one == other or (one != one and other != other):
        return True
    if float("inf") in (abs(one), abs(other)):
        return False
    # Times are subtracted in different orders; nothing else needs the slack.
    return abs(one - other) <= 1e-9 * max(1.0, abs(one), abs(other))
