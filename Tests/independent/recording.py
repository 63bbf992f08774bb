"""A recorded cluster read from its JSON files: objects, source states, time and quantities."""

import json
import os
import re
from datetime import datetime, timezone
from fractions import Fraction

# source -> file; leases are split by namespace below.
FILES = {
    "nodes": "core_v1_nodes",
    "pods": "core_v1_pods",
    "namespaces": "core_v1_namespaces",
    "replicationcontrollers": "core_v1_replicationcontrollers",
    "services": "core_v1_services",
    "persistentvolumeclaims": "core_v1_persistentvolumeclaims",
    "persistentvolumes": "core_v1_persistentvolumes",
    "deployments": "apps_v1_deployments",
    "replicasets": "apps_v1_replicasets",
    "statefulsets": "apps_v1_statefulsets",
    "daemonsets": "apps_v1_daemonsets",
    "controllerrevisions": "apps_v1_controllerrevisions",
    "poddisruptionbudgets": "policy_v1_poddisruptionbudgets",
    "endpointslices": "discovery.k8s.io_v1_endpointslices",
    "storageclasses": "storage.k8s.io_v1_storageclasses",
    "volumeattachments": "storage.k8s.io_v1_volumeattachments",
    "ingresses": "networking.k8s.io_v1_ingresses",
    "ingressclasses": "networking.k8s.io_v1_ingressclasses",
    "networkpolicies": "networking.k8s.io_v1_networkpolicies",
    "gatewayclasses": "gateway.networking.k8s.io_v1_gatewayclasses",
    "gateways": "gateway.networking.k8s.io_v1_gateways",
    "httproutes": "gateway.networking.k8s.io_v1_httproutes",
    "clusterroles": "rbac.authorization.k8s.io_v1_clusterroles",
    "clusterrolebindings": "rbac.authorization.k8s.io_v1_clusterrolebindings",
    "roles": "rbac.authorization.k8s.io_v1_roles",
    "rolebindings": "rbac.authorization.k8s.io_v1_rolebindings",
    "horizontalpodautoscalers": "autoscaling_v2_horizontalpodautoscalers",
    "validatingwebhookconfigurations": "admissionregistration.k8s.io_v1_validatingwebhookconfigurations",
    "mutatingwebhookconfigurations": "admissionregistration.k8s.io_v1_mutatingwebhookconfigurations",
    "apiservices": "apiregistration.k8s.io_v1_apiservices",
}
LEASES = "coordination.k8s.io_v1_leases"
GATEWAY = {"gateways", "gatewayclasses", "httproutes"}
STATES = {"ok", "not_synced", "stale", "forbidden", "unauthorized", "unreachable", "malformed", "absent", "disabled"}


def seconds(text):
    """RFC 3339 time as an exact number of seconds since 1970."""
    match = re.fullmatch(r"(\d+-\d+-\d+T\d+:\d+:\d+)(\.\d+)?(Z|[+-]\d\d:\d\d)", text.strip())
    if not match:
        raise ValueError(f"not a time: {text!r}")
    zone = "+00:00" if match[3] == "Z" else match[3]
    whole = datetime.fromisoformat(match[1] + zone).astimezone(timezone.utc)
    return Fraction(int(whole.timestamp())) + Fraction("0" + (match[2] or ".0"))


SUFFIXES = {"": 1, "n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000), "k": 10**3, "M": 10**6,
            "G": 10**9, "T": 10**12, "P": 10**15, "E": 10**18, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40,
            "Pi": 2**50, "Ei": 2**60}


def quantity(value):
    """A Kubernetes quantity, exactly."""
    text = str(value).strip()
    match = re.fullmatch(r"([+-]?[0-9]*\.?[0-9]*)(?:[eE]([+-]?[0-9]+))?([a-zA-Z]*)", text)
    if not match or match[3] not in SUFFIXES:
        raise ValueError(f"not a quantity: {text!r}")
    number = Fraction(match[1])
    return number * Fraction(10) ** int(match[2] or 0) * SUFFIXES[match[3]]


def ceiling(number, unit):
    """The number in units, rounded up as Kubernetes rounds quantities."""
    scaled = Fraction(number) / unit
    return -(-scaled.numerator // scaled.denominator)


class Recording:
    """Objects by source, with the objects of a source that is not ok left out."""

    def __init__(self, folder, overrides=None):
        if not os.path.isdir(folder):
            raise ValueError(f"{folder} is no folder")
        self.folder = folder
        self.states = {}
        self.held = {}
        for source, name in FILES.items():
            self._load(source, name)
        leases = self._read(LEASES)
        for source in ("leases", "nodeleases"):
            self.states[source] = "not_synced" if leases is None else "ok"
        for lease in leases or []:
            own = lease["metadata"].get("namespace") == "kube-node-lease"
            self.held.setdefault("nodeleases" if own else "leases", []).append(lease)
        self.version = self._json("version.json")
        self.states["version"] = "not_synced" if self.version is None else "ok"
        self._read_probes()
        self.now = self._now()
        given = self._json("sources.json")
        if given is not None:
            self._given_states(given)
        self.overrides = dict(overrides or {})
        for source, state in self.overrides.items():
            self.states[source] = state

    def _json(self, name):
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as file:
            try:
                return json.load(file)
            except ValueError as error:
                raise ValueError(f"{path}: {error}") from None

    def _read(self, name):
        body = self._json(name + ".json")
        return None if body is None else body.get("items") or []

    def _load(self, source, name):
        items = self._read(name)
        if items is None:
            self.states[source] = "absent" if source in GATEWAY else "not_synced"
        else:
            self.states[source] = "ok"
            self.held[source] = items

    def _read_probes(self):
        self.probes = []
        path = os.path.join(self.folder, "probes.jsonl")
        present = os.path.exists(path)
        if present:
            with open(path, encoding="utf-8") as file:
                self.probes = [json.loads(line) for line in file if line.strip()]
        # Interpretation: probes.jsonl without a line of a source = no endpoint of it is known (disabled);
        # without the file nothing is known (not_synced).
        for source in ("apiserver", "etcd"):
            asked = any(line["source"] == source for line in self.probes)
            self.states[source] = "ok" if asked else "disabled" if present else "not_synced"

    def _now(self):
        path = os.path.join(self.folder, "recorded-at.txt")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                return seconds(file.read())
        newest = Fraction(0)
        pattern = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"')
        for name in os.listdir(self.folder):
            if name.endswith(".json"):
                with open(os.path.join(self.folder, name), encoding="utf-8") as file:
                    for found in pattern.findall(file.read()):
                        newest = max(newest, seconds(found))
        return newest

    def _given_states(self, given):
        """sources.json: {source: state} or {source: {"state": state}} or a list of {"source"|"name", "state"}."""
        if isinstance(given, dict) and isinstance(given.get("sources"), (dict, list)):
            given = given["sources"]
        if isinstance(given, list):
            given = {entry.get("source", entry.get("name")): entry for entry in given}
        for source, state in given.items():
            self.states[source] = state if isinstance(state, str) else state["state"]

    def ok(self, source):
        return self.states.get(source, "not_synced") == "ok"

    def all(self, source):
        """Objects of the source. Interpretation: what a source that is not ok holds is used nowhere."""
        return self.held.get(source, []) if self.ok(source) else []


def meta(thing):
    return thing["metadata"]


def key(thing):
    return (thing["metadata"].get("namespace", ""), thing["metadata"]["name"])


def condition(thing, kind):
    for entry in (thing.get("status") or {}).get("conditions") or []:
        if entry["type"] == kind:
            return entry
    return None


def is_true(thing, kind):
    entry = condition(thing, kind)
    return entry is not None and entry["status"] == "True"
