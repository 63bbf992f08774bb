"""Rules of areas 4 to 7, 10, 11 and 13 to 16."""

import access
import extension
import ingress
import storage
from findings import WEBHOOKS, WORKLOADS, rule
from recording import is_true, key, meta
from rules_workloads import objects
from selection import plain
from services import all_services, dns_is_down, dns_service, has_address
from volumes import bound_volume, claims
from workloads import stuck

SERVICES = ("services", "endpointslices")
CLUSTER = ("Cluster", "", "")


# 4 rollouts

@rule("rollouts", "rollout-stuck", "warning", *WORKLOADS, "pods")
def rollout_stuck(cluster):
    return objects(w for w in cluster.workload_list if stuck(cluster, w))


@rule("rollouts", "rollout-paused", "info", "deployments")
def rollout_paused(cluster):
    return objects(w for w in cluster.workload_list if w.kind == "deployment" and w.thing["spec"].get("paused"))


@rule("rollouts", "rollback-impossible", "info", "deployments", "statefulsets", "daemonsets")
def rollback_impossible(cluster):
    return objects(w for w in cluster.workload_list if w.thing is not None
                   and w.kind in ("deployment", "statefulset", "daemonset")
                   and w.thing["spec"].get("revisionHistoryLimit") == 0)


# 6 services

def selected(cluster, service):
    return [w for w in cluster.workload_list if w.namespace == service.namespace and (
        plain(service.selector, w.template_labels) if w.template_labels is not None
        else any(plain(service.selector, p.labels) for p in w.pods))]


def empty_services(cluster):
    all_services(cluster)
    return [s for s in cluster.judged_services if not s.ready]


def service_objects(services):
    return [("Service", s.namespace, s.name, s.thing) for s in services]


def idle(cluster, service):
    """Interpretation: all workloads that it selects are scaled to 0."""
    own = selected(cluster, service)
    return bool(own) and all(w.desired == 0 for w in own)


@rule("services", "service-without-endpoints", "warning", *SERVICES, *WORKLOADS)
def without_endpoints(cluster):
    """«Its workload has a finding»: the critical one that names its Services, workload-down, or a deficit of one that
    runs otherwise. A workload that never came up explains nothing to those who call its Service.
    Interpretation: the cluster DNS Service has a critical rule of its own."""
    named = set(cluster.findings.get("workload-down", ()))
    return service_objects(
        s for s in empty_services(cluster) if not idle(cluster, s)
        and not (s is dns_service(cluster) and dns_is_down(cluster, s))
        and (s.without_port or not any((w.kind_name, w.namespace, w.name) in named or ((w.available or 0) > 0 and (w.deficit or 0) > 0)
                    for w in selected(cluster, s))))


@rule("services", "service-scaled-to-zero", "info", *SERVICES, *WORKLOADS)
def scaled_to_zero(cluster):
    return service_objects(s for s in empty_services(cluster) if idle(cluster, s))


@rule("services", "service-load-balancer-pending", "warning", "services")
def load_balancer_pending(cluster):
    return service_objects(s for s in all_services(cluster).values()
                           if s.type == "LoadBalancer" and not has_address(s.thing)
                           and not s.thing["spec"].get("externalIPs"))


@rule("services", "cluster-dns-down", "critical", *SERVICES)
def dns_down(cluster):
    dns = dns_service(cluster)
    return service_objects([dns]) if dns is not None and dns_is_down(cluster, dns) else []


@rule("services", "cluster-dns-single-node", "warning", *SERVICES, "nodes")
def dns_single(cluster):
    dns = dns_service(cluster)
    if dns is None or sum(n.usable for n in cluster.node_list) < 2:
        return []
    return service_objects([dns]) if len({e.node for e in dns.ready if e.node}) == 1 else []


# 7 ingress

@rule("ingress", "ingress-backend-unavailable", "warning", "ingresses", *SERVICES)
def backend_unavailable(cluster):
    return [("Ingress", *key(i), i) for i in cluster.recording.all("ingresses")
            if len(ingress.ingress_available(cluster, i)) < len(ingress.ingress_counted(cluster, i))]


@rule("ingress", "ingress-class-missing", "warning", "ingresses", "ingressclasses")
def class_missing(cluster):
    return [("Ingress", *key(i), i) for i in cluster.recording.all("ingresses")
            if ingress.class_of(cluster, i) not in ingress.classes(cluster)]


@rule("ingress", "ingress-controller-single", "warning", "ingressclasses", *WORKLOADS, "pods", "nodes")
def controller_single(cluster):
    """One healthy pod, on a cluster with more than one usable node."""
    if sum(n.usable for n in cluster.node_list) < 2:
        return []
    told = {name: ingress.controller_pods(cluster, c) for name, c in ingress.classes(cluster).items()
            if ingress.carries_traffic(c)}
    return [("IngressClass", "", name) for name, t in told.items() if t is not None and len(t[0]) == 1]


@rule("ingress", "gateway-not-programmed", "warning", "gateways")
def not_programmed(cluster):
    return [("Gateway", *key(g), g) for g in cluster.recording.all("gateways") if not ingress.programmed(g)]


@rule("ingress", "httproute-not-accepted", "warning", "httproutes", "gateways")
def not_accepted(cluster):
    return [("HTTPRoute", *key(r), r) for r in cluster.recording.all("httproutes")
            if not ingress.accepting(cluster, r)]


@rule("ingress", "httproute-backend-unavailable", "warning", "httproutes", *SERVICES)
def route_backend_unavailable(cluster):
    return [("HTTPRoute", *key(r), r) for r in cluster.recording.all("httproutes")
            if ingress.counted(cluster, ingress.route_backends(r))
            - ingress.available(cluster, ingress.route_backends(r))]


# 10 storage and 11 storage_classes

@rule("storage", "claim-pending", "warning", "persistentvolumeclaims", "storageclasses", "pods")
def claim_pending(cluster):
    return [("PersistentVolumeClaim", *key(c), c) for c in storage.unbound(cluster) if storage.phase(c) == "Pending"]


@rule("storage", "volume-lost", "warning", "persistentvolumeclaims")
def volume_lost(cluster):
    return [("PersistentVolumeClaim", *key(c), c) for c in cluster.recording.all("persistentvolumeclaims")
            if storage.phase(c) == "Lost"]


@rule("storage_classes", "storageclass-immediate-binding", "warning", "storageclasses", "persistentvolumeclaims",
      "persistentvolumes", "nodes")
def immediate_binding(cluster):
    found = []
    bound = [bound_volume(cluster, c) for c in claims(cluster).values()]
    for name, thing in storage.classes(cluster).items():
        own = [v for v in bound if v is not None and v["spec"].get("storageClassName") == name]
        tied = any(storage.zone_bound(cluster, v) or storage.node_bound(cluster, v) for v in own)
        if ((thing.get("volumeBindingMode") or "Immediate") == "Immediate" and len(cluster.zones) > 1
                and (thing.get("allowedTopologies") or tied)):
            found.append(("StorageClass", "", name, thing))
    return found


@rule("storage_classes", "default-storageclass-missing", "warning", "storageclasses", "persistentvolumeclaims")
def default_missing(cluster):
    waiting = any(storage.phase(c) == "Pending" and c["spec"].get("storageClassName") is None
                  and not storage.class_name(c) for c in cluster.recording.all("persistentvolumeclaims"))
    return [CLUSTER] if waiting and not any(storage.is_default(c) for c in storage.classes(cluster).values()) else []


@rule("storage_classes", "default-storageclass-several", "info", "storageclasses")
def default_several(cluster):
    return [CLUSTER] if sum(storage.is_default(c) for c in storage.classes(cluster).values()) > 1 else []


# 13 network_policies and 14 rbac

def other_policies(cluster):
    """Whether discovery shows policies of cilium or calico; a recording tells by its APIServices."""
    groups = {a["spec"].get("group") for a in cluster.recording.all("apiservices")}
    return bool(groups & {"cilium.io", "crd.projectcalico.org"})


@rule("network_policies", "pods-without-network-policy", "info", "networkpolicies", "pods")
def without_policy(cluster):
    """Interpretation: one finding a namespace, for pods that no policy selects in either direction. kube-system is
    left out: it has no policies on nearly every healthy cluster."""
    if other_policies(cluster):
        return None
    sending = {p.uid for p in access.unprotected(cluster, "egress")}
    bare = [p for p in access.unprotected(cluster, "ingress") if p.uid in sending]
    return [("Namespace", name, name) for name in {p.namespace for p in bare} - {"kube-system"}]


@rule("rbac", "cluster-admins", "info", "clusterroles", "clusterrolebindings")
def cluster_admins(cluster):
    return list(access.admins(cluster))


@rule("rbac", "disruptive-subjects", "info", "clusterroles", "clusterrolebindings", "roles", "rolebindings")
def disruptive(cluster):
    """Interpretation: one finding a subject, whatever it may do; cluster admins have a finding already."""
    return list(set().union(*access.holders(cluster).values()) - set(access.admins(cluster)))


# 15 upgrades

@rule("upgrades", "kubelet-version-skew", "warning", "nodes", "version")
def kubelet_skew(cluster):
    server = extension.api_minor(cluster)
    if server is None:
        return []
    most = 3 if server >= 28 else 2
    return [("Node", "", n.name, n.thing) for n, m in extension.minors(cluster).items() if server - m > most]


@rule("upgrades", "kubelet-ahead-of-apiserver", "warning", "nodes", "version")
def kubelet_ahead(cluster):
    server = extension.api_minor(cluster)
    return [("Node", "", n.name, n.thing) for n, m in extension.minors(cluster).items()
            if server is not None and m > server]


# 16 extension_points

@rule("extension_points", "webhook-blocks-pods", "critical", *WEBHOOKS, "namespaces", *SERVICES)
def blocks_pods(cluster):
    return [h.object for h in extension.webhooks(cluster)
            if h.service is not None and h.blocks(cluster) and h.ready(cluster) == 0]


@rule("extension_points", "webhook-no-endpoints", "warning", *WEBHOOKS, *SERVICES)
def no_endpoints(cluster):
    """Literally whatever its failure policy, and also where webhook-blocks-pods is raised."""
    return [h.object for h in extension.webhooks(cluster) if h.service is not None and h.ready(cluster) == 0]


@rule("extension_points", "webhook-blocks-itself", "warning", *WEBHOOKS, "namespaces")
def blocks_itself(cluster):
    return [h.object for h in extension.webhooks(cluster) if h.blocks_itself(cluster)]


@rule("extension_points", "webhook-single-endpoint", "info", *WEBHOOKS, *SERVICES)
def single_endpoint(cluster):
    return [h.object for h in extension.webhooks(cluster) if h.service is not None and h.ready(cluster) == 1]


@rule("extension_points", "apiservice-unavailable", "warning", "apiservices")
def apiservice_unavailable(cluster):
    return [("APIService", "", meta(a)["name"], a) for a in cluster.recording.all("apiservices")
            if a["spec"].get("service") and not is_true(a, "Available")]


def scalers(cluster, wanted):
    return [("HorizontalPodAutoscaler", *key(h), h) for h in cluster.recording.all("horizontalpodautoscalers")
            if wanted(h)]


@rule("extension_points", "hpa-at-max", "warning", "horizontalpodautoscalers")
def at_max(cluster):
    return scalers(cluster, lambda h: h["spec"]["maxReplicas"] > extension.smallest(h)
                   and extension.current(h) >= h["spec"]["maxReplicas"])


@rule("extension_points", "hpa-blind", "warning", "horizontalpodautoscalers")
def blind(cluster):
    return scalers(cluster, lambda h: extension.scaling_active(h) == 0)


@rule("extension_points", "hpa-fixed", "info", "horizontalpodautoscalers")
def fixed(cluster):
    return scalers(cluster, lambda h: h["spec"]["maxReplicas"] == extension.smallest(h))
