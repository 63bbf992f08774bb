"""Area 6 services, and the endpoints that areas 7, 12 and 16 ask for."""

from cluster import labels, surviving
from recording import key, meta


class Endpoint:
    def __init__(self, entry, cluster, publishes_not_ready=False):
        """With publishNotReadyAddresses `ready` is true of every pod; `serving` tells which are
        (discovery/v1 EndpointConditions)."""
        flags = entry.get("conditions") or {}
        told = flags.get("serving") if publishes_not_ready else flags.get("ready")
        self.ready = told is not False and flags.get("terminating") is not True
        target = entry.get("targetRef") or {}
        pod = cluster.pod_by_uid.get(target.get("uid")) if target.get("uid") else None
        self.node = entry.get("nodeName") or (pod.node_name if pod else "") or ""
        node = cluster.nodes.get(self.node)
        self.zone = (node.zone if node else "") or entry.get("zone") or ""
        self.target = target.get("uid")
        self.identity = target.get("uid") or (entry.get("addresses") or [""])[0]


class Service:
    def __init__(self, thing, slices, cluster):
        self.thing, self.slices = thing, slices
        self.namespace, self.name = key(thing)
        self.selector = thing["spec"].get("selector") or {}
        self.type = thing["spec"].get("type", "ClusterIP")
        # FindPort (kubernetes/pkg/api/v1/pod/util.go) fails where no container has the port that targetPort names: the
        # slice is written without ports, and nobody is reached.
        reached = [s for s in slices if s.get("ports") or not thing["spec"].get("ports")]
        self.endpoints = endpoints(reached, cluster, bool(thing["spec"].get("publishNotReadyAddresses")))
        self.judged = self.type != "ExternalName" and bool(self.selector or slices)

    @property
    def ready(self):
        return [e for e in self.endpoints if e.ready]


def endpoints(slices, cluster, publishes_not_ready=False):
    """One per target UID, else per address; of two address families the one with more of them (IPv4 in a draw).
    Interpretation: an endpoint that two slices list is ready if either says so."""
    families = {}
    for thing in slices:
        if thing.get("addressType") == "FQDN":
            continue
        found = families.setdefault(thing.get("addressType", "IPv4"), {})
        for entry in thing.get("endpoints") or []:
            endpoint = Endpoint(entry, cluster, publishes_not_ready)
            seen = found.get(endpoint.identity)
            if seen is None or (endpoint.ready and not seen.ready):
                found[endpoint.identity] = endpoint
    if not families:
        return []
    best = max(sorted(families), key=lambda family: len(families[family]))
    return list(families[best].values())


def all_services(cluster):
    if not hasattr(cluster, "services"):
        slices = {}
        for thing in cluster.recording.all("endpointslices"):
            name = labels(thing).get("kubernetes.io/service-name")
            if name:
                slices.setdefault((meta(thing).get("namespace", ""), name), []).append(thing)
        cluster.services = {key(s): Service(s, slices.get(key(s), []), cluster)
                            for s in cluster.recording.all("services")}
        cluster.judged_services = [s for _, s in sorted(cluster.services.items()) if s.judged]
    return cluster.services


def dns_service(cluster):
    """By its name, else by the label that its manifests carry, NodeLocal DNSCache's upstream Service left out.
    Interpretation: of several the one with the shortest name, and no headless one."""
    known = all_services(cluster)
    labelled = [s for (namespace, name), s in sorted(known.items(), key=lambda i: (len(i[0][1]), i[0]))
                if namespace == "kube-system" and labels(s.thing).get("k8s-app") == "kube-dns"
                and not name.endswith("-upstream") and s.thing["spec"].get("clusterIP") != "None" and s.judged]
    return (known.get(("kube-system", "kube-dns")) or (labelled[0] if labelled else None)
            or known.get(("openshift-dns", "dns-default")))


def has_address(thing):
    entries = ((thing.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    return any(e.get("ip") or e.get("hostname") for e in entries)


def services(cluster, out):
    all_services(cluster)
    for service in cluster.judged_services:
        name, ready = (service.namespace, service.name), service.ready
        out.add("kube_ha_service_endpoints_ready", len(ready), *name)
        out.add("kube_ha_service_endpoints_not_ready", len(service.endpoints) - len(ready), *name)
        out.add("kube_ha_service_endpoint_nodes", len({e.node for e in ready if e.node}), *name)
        out.add("kube_ha_service_endpoint_zones", len({e.zone for e in ready if e.zone}), *name)
        out.add("kube_ha_service_endpoints_surviving_zone_loss", surviving([e.zone for e in ready]), *name)
        out.add("kube_ha_service_endpoints_surviving_node_loss", surviving([e.node for e in ready]), *name)
    for service in cluster.services.values():
        if service.type == "LoadBalancer":
            out.add("kube_ha_service_load_balancer_ready", int(has_address(service.thing)),
                    service.namespace, service.name)
    out.add("kube_ha_services", len(cluster.judged_services))
    out.add("kube_ha_services_without_ready_endpoints", sum(not s.ready for s in cluster.judged_services))
    dns = dns_service(cluster)
    if dns is not None:
        out.add("kube_ha_cluster_dns_endpoints_ready", len(dns.ready))
        out.add("kube_ha_cluster_dns_nodes", len({e.node for e in dns.ready if e.node}))
