"""Areas 15 upgrades and 16 extension_points."""

import base64
import json
import os
import re
import ssl
import tempfile

from cluster import BUILT_IN
from nodes import blocking
from recording import condition, is_true, key, meta
from selection import selects
from services import all_services

CONFIGURATIONS = {"mutating": "MutatingWebhookConfiguration", "validating": "ValidatingWebhookConfiguration"}


def api_minor(cluster):
    """Leading digits of minor in /version."""
    match = re.match(r"\d+", str((cluster.recording.version or {}).get("minor", "")))
    return int(match[0]) if match and cluster.recording.ok("version") else None


def kubelet_version(node):
    return (node.thing["status"].get("nodeInfo") or {}).get("kubeletVersion", "")


def kubelet_minor(node):
    match = re.match(r"v?\d+\.(\d+)", kubelet_version(node))
    return int(match[1]) if match else None


def minors(cluster):
    return {n: kubelet_minor(n) for n in cluster.node_list if kubelet_minor(n) is not None}


def told_versions(cluster):
    """Distinct versions over API server instances, None unless every instance told."""
    from control import host_port
    told = {}
    for entry in cluster.recording.probes if cluster.recording.ok("apiserver") else []:
        if entry["source"] == "apiserver" and entry["path"] == "/version" and entry["status"] == 200:
            told[host_port(entry["endpoint"])] = json.loads(entry["body"]).get("gitVersion")
    complete = cluster.control.instances and set(told) >= cluster.control.instances
    return len(set(told.values())) if complete else None


def upgrades(cluster, out):
    if cluster.recording.version is not None:
        # Interpretation: the label is gitVersion as it is told; only the arithmetic must not rest on it.
        out.add("kube_ha_kubernetes_info", 1, cluster.recording.version.get("gitVersion", ""))
    versions = [kubelet_version(n) for n in cluster.node_list]
    for version in sorted(set(versions)):
        out.add("kube_ha_kubelet_nodes", versions.count(version), version)
    server, kubelets = api_minor(cluster), minors(cluster)
    if server is not None:
        if kubelets:
            out.add("kube_ha_kubelet_version_skew_minor", server - min(kubelets.values()))
        out.add("kube_ha_kubelet_ahead_of_apiserver", sum(minor > server for minor in kubelets.values()))
    out.add("kube_ha_apiserver_versions", told_versions(cluster))
    out.add("kube_ha_nodes_cordoned", sum(n.cordoned for n in cluster.node_list))
    held = blocking(cluster)
    out.add("kube_ha_nodes_drain_blocked", sum(bool(held.get(n.name)) for n in cluster.node_list))


class Webhook:
    def __init__(self, kind, configuration, entry):
        self.kind, self.configuration, self.name = kind, meta(configuration)["name"], entry["name"]
        self.thing, self.entry = configuration, entry
        self.policy = entry.get("failurePolicy") or "Fail"
        service = (entry.get("clientConfig") or {}).get("service")
        self.service = (service["namespace"], service["name"]) if service else None

    @property
    def id(self):
        return (self.kind, self.configuration, self.name, self.policy)

    @property
    def object(self):
        return (CONFIGURATIONS[self.kind], "", self.configuration, self.thing)

    def ready(self, cluster):
        service = all_services(cluster).get(self.service)
        return len(service.ready) if service else 0

    def matches_pods(self):
        def one(rule):
            return (set(rule.get("operations") or []) & {"CREATE", "*"}
                    and set(rule.get("apiGroups") or []) & {"", "*"}
                    and set(rule.get("apiVersions") or []) & {"v1", "*"}
                    and set(rule.get("resources") or []) & {"pods", "*", "pods/*", "*/*"}
                    and rule.get("scope", "*") in ("*", "Namespaced"))
        return any(one(rule) for rule in self.entry.get("rules") or [])

    def takes_in(self, namespace):
        return selects(self.entry.get("namespaceSelector") or {}, meta(namespace).get("labels") or {})

    def creates(self, cluster, namespace):
        """Label sets of pods that are created in the namespace: templates of workloads, and the pods there are."""
        for w in cluster.workload_list:
            if w.namespace == namespace and w.template_labels is not None:
                yield w.template_labels
        for p in cluster.pods:
            if p.namespace == namespace and not p.terminal:
                yield p.labels

    def blocks(self, cluster, only=None):
        """None where it cannot be told: matchConditions are expressions over each request, and what an objectSelector
        selects takes workloads and pods to know."""
        if self.policy != "Fail" or not self.matches_pods():
            return False
        selector = self.entry.get("objectSelector") or {}
        every = not selector.get("matchLabels") and not selector.get("matchExpressions")
        taken = [meta(n)["name"] for n in cluster.recording.all("namespaces")
                 if self.takes_in(n) and (only is None or meta(n)["name"] == only)]
        found = any(every or any(selects(selector, one) for one in self.creates(cluster, n)) for n in taken)
        if not found and taken and not all(cluster.recording.ok(s) for s in ("pods", *BUILT_IN.values())):
            return None
        return None if found and self.entry.get("matchConditions") else found

    def blocks_itself(self, cluster):
        return False if self.service is None else self.blocks(cluster, self.service[0])

    def expiry(self):
        """Latest notAfter in its caBundle; the standard library reads certificates from files only."""
        bundle, times = (self.entry.get("clientConfig") or {}).get("caBundle"), []
        pem = base64.b64decode(bundle).decode("ascii", "replace") if bundle else ""
        for block in re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", pem, re.S):
            with tempfile.NamedTemporaryFile("w", suffix=".pem", delete=False) as file:
                file.write(block + "\n")
            try:
                times.append(ssl.cert_time_to_seconds(ssl._ssl._test_decode_cert(file.name)["notAfter"]))
            except (ssl.SSLError, ValueError):
                pass
            finally:
                os.unlink(file.name)
        return max(times) if times else None


def told(fact):
    return None if fact is None else int(fact)


def webhooks(cluster):
    return [Webhook(kind, c, w) for kind in ("mutating", "validating")
            for c in cluster.recording.all(kind + "webhookconfigurations") for w in c.get("webhooks") or []]


def current(hpa):
    return (hpa.get("status") or {}).get("currentReplicas", 0)


def smallest(hpa):
    return 1 if hpa["spec"].get("minReplicas") is None else hpa["spec"]["minReplicas"]


def scaling_active(hpa):
    """None where it is disabled or where no condition tells."""
    entry = condition(hpa, "ScalingActive")
    if entry is None or entry.get("reason") == "ScalingDisabled":
        return None
    return int(entry["status"] == "True")


def extension_points(cluster, out):
    for hook in webhooks(cluster):
        if hook.service is not None:
            out.add("kube_ha_admission_webhook_endpoints_ready", hook.ready(cluster), *hook.id)
        out.add("kube_ha_admission_webhook_blocks_pods", told(hook.blocks(cluster)), *hook.id)
        out.add("kube_ha_admission_webhook_blocks_itself", told(hook.blocks_itself(cluster)), *hook.id)
        out.add("kube_ha_admission_webhook_ca_expiry_timestamp_seconds", hook.expiry(), *hook.id)
    for thing in cluster.recording.all("apiservices"):
        if thing["spec"].get("service"):
            out.add("kube_ha_apiservice_available", int(is_true(thing, "Available")), meta(thing)["name"])
    for hpa in cluster.recording.all("horizontalpodautoscalers"):
        out.add("kube_ha_hpa_min_replicas", smallest(hpa), *key(hpa))
        out.add("kube_ha_hpa_max_replicas", hpa["spec"]["maxReplicas"], *key(hpa))
        out.add("kube_ha_hpa_at_max", int(current(hpa) >= hpa["spec"]["maxReplicas"]), *key(hpa))
        out.add("kube_ha_hpa_scaling_active", scaling_active(hpa), *key(hpa))
