"""Area 7 ingress, with gateways."""

from cluster import annotations, labels, surviving
from recording import condition, key, meta
from services import all_services, has_address

DEFAULT = "ingressclass.kubernetes.io/is-default-class"
LEGACY = "kubernetes.io/ingress.class"
# The usual name label of what runs a controller, where the IngressClass does not carry it itself.
USUAL = {"k8s.io/ingress-nginx": "ingress-nginx", "nginx.org/ingress-controller": "nginx-ingress",
         "traefik.io/ingress-controller": "traefik", "haproxy.org/ingress-controller/haproxy": "kubernetes-ingress",
         "haproxy-ingress.github.io/controller": "haproxy-ingress", "projectcontour.io/ingress-controller": "contour"}
NAME = "app.kubernetes.io/name"


def classes(cluster):
    return {meta(c)["name"]: c for c in cluster.recording.all("ingressclasses")}


def is_default(thing):
    return annotations(thing).get(DEFAULT) == "true"


def class_of(cluster, ingress):
    """From spec, else the legacy annotation, else the default class; "" where there is none."""
    given = ingress["spec"].get("ingressClassName") or annotations(ingress).get(LEGACY)
    if given:
        return given
    defaults = sorted(name for name, c in classes(cluster).items() if is_default(c))
    return defaults[0] if defaults else ""


def backends(ingress):
    """Names of the Services it sends to. Interpretation: two ports of one Service are one backend.
    ingress-nginx answers a redirect itself (annotations permanent-redirect, temporal-redirect); AWS Load Balancer
    Controller takes what stands behind port use-annotation from the annotation actions.NAME."""
    spec, found, notes = ingress["spec"], set(), annotations(ingress)
    if any(notes.get("nginx.ingress.kubernetes.io/" + kind + "-redirect") for kind in ("permanent", "temporal")):
        return found
    entries = [spec.get("defaultBackend") or {}]
    for rule in spec.get("rules") or []:
        entries += [path["backend"] for path in (rule.get("http") or {}).get("paths") or []]
    for entry in entries:
        service = entry.get("service")
        if not service:
            continue
        if ((service.get("port") or {}).get("name") == "use-annotation"
                and "alb.ingress.kubernetes.io/actions." + service["name"] in notes):
            continue
        found.add(service["name"])
    return found


def counted(cluster, names):
    """Without ExternalName Services, which have no endpoints and need none."""
    known = all_services(cluster)
    return {name for name in names if name not in known or known[name].type != "ExternalName"}


def ingress_counted(cluster, ingress):
    return counted(cluster, {(meta(ingress)["namespace"], name) for name in backends(ingress)})


def available(cluster, names):
    """Of (namespace, name) those whose Service exists and has a ready endpoint."""
    known = all_services(cluster)
    return {name for name in names if name in known and known[name].ready}


def ingress_available(cluster, ingress):
    return available(cluster, ingress_counted(cluster, ingress))


def covered(name, given):
    if name == given:
        return True
    return given.startswith("*.") and "." in name and name.split(".", 1)[1] == given[2:]


def tls_hosts(ingress, hosts):
    """Hosts of its rules that a TLS entry names; an entry without hosts covers all of them."""
    entries = ingress["spec"].get("tls") or []
    if any(not entry.get("hosts") for entry in entries):
        return set(hosts)
    named = {host for entry in entries for host in entry["hosts"]}
    return {host for host in hosts if any(covered(host, given) for given in named)}


def controllers(cluster, thing):
    """Workloads whose template or pods carry the class's own name label, else the controller's usual one."""
    wanted = labels(thing).get(NAME) or USUAL.get(thing["spec"].get("controller"))
    instance = labels(thing).get("app.kubernetes.io/instance")
    found = []
    for w in cluster.workload_list:
        own = w.template_labels if w.template_labels is not None else (w.pods[0].labels if w.pods else {})
        if not wanted or own.get(NAME) != wanted:
            continue
        if instance and own.get("app.kubernetes.io/instance") not in (None, instance):
            continue
        if own.get("app.kubernetes.io/component", "controller") == "controller":
            found.append(w)
    return found


def controller_pods(cluster, thing):
    """Healthy pods of its controller and the workload types; None where it cannot be told."""
    found = controllers(cluster, thing)
    return ([p for w in found for p in w.healthy], {w.kind for w in found}) if found else None


# Controllers that set up a load balancer elsewhere: no request passes their pods.
OUTSIDE = ("ingress.k8s.aws/", "eks.amazonaws.com/", "networking.gke.io/", "cloud.google.com/", "azure/",
           "ingress.k8s.alibabacloud/", "oci.oraclecloud.com/", "k8s.ngrok.com/", "ako.vmware.com/")


def carries_traffic(thing):
    given = thing["spec"].get("controller") or ""
    return not given.startswith(OUTSIDE) and given != "k8s.io/ingress-gce"


def programmed(gateway):
    """And no listener that is in the spec is not."""
    named = {entry["name"] for entry in gateway["spec"].get("listeners") or []}
    failed = [entry for entry in (gateway.get("status") or {}).get("listeners") or [] if entry["name"] in named
              and (parent_condition(entry, "Programmed") or {}).get("status") == "False"]
    return current(condition(gateway, "Programmed"), gateway) and not failed


def current(entry, thing):
    """observedGeneration is optional (Condition in apimachinery/pkg/apis/meta/v1/types.go): unset says nothing."""
    return (entry is not None and entry["status"] == "True"
            and (not entry.get("observedGeneration")
                 or entry["observedGeneration"] >= meta(thing).get("generation", 0)))


def parent_key(reference, route):
    return (reference.get("group", "gateway.networking.k8s.io"), reference.get("kind", "Gateway"),
            reference.get("namespace") or meta(route)["namespace"], reference["name"],
            reference.get("sectionName"), reference.get("port"))


def accepting(cluster, route):
    """Entries of status.parents that are in the spec, exist and accept the current generation."""
    gateways = {key(g) for g in cluster.recording.all("gateways")}
    wanted = {parent_key(r, route) for r in route["spec"].get("parentRefs") or []}
    found = []
    for entry in (route.get("status") or {}).get("parents") or []:
        name = parent_key(entry["parentRef"], route)
        # A Service is a parent too, of a mesh (GEP-1294, GAMMA): no Gateway stands for it.
        is_gateway = name[:2] == ("gateway.networking.k8s.io", "Gateway")
        if name in wanted and (not is_gateway or name[2:4] in gateways):
            if current(parent_condition(entry, "Accepted"), route):
                found.append(entry)
    return found


def parent_condition(entry, kind):
    return next((c for c in entry.get("conditions") or [] if c["type"] == kind), None)


def resolved(cluster, route):
    """Interpretation: 0 where no parent accepts the route."""
    parents = accepting(cluster, route)
    return bool(parents) and all(current(parent_condition(e, "ResolvedRefs"), route) for e in parents)


def route_backends(route):
    found = set()
    for rule in route["spec"].get("rules") or []:
        for entry in rule.get("backendRefs") or []:
            if (entry.get("kind", "Service") == "Service" and not entry.get("group")
                    and (1 if entry.get("weight") is None else entry["weight"]) > 0):
                found.add((entry.get("namespace") or meta(route)["namespace"], entry["name"]))
    return found


def ingress(cluster, out):
    record, known = cluster.recording, classes(cluster)
    for thing in record.all("ingresses"):
        name = key(thing)
        hosts = {rule["host"] for rule in thing["spec"].get("rules") or [] if rule.get("host")}
        out.add("kube_ha_ingress_backends", len(ingress_counted(cluster, thing)), *name)
        out.add("kube_ha_ingress_backends_available", len(ingress_available(cluster, thing)), *name)
        out.add("kube_ha_ingress_load_balancer_ready", int(has_address(thing)), *name)
        out.add("kube_ha_ingress_class_exists", int(class_of(cluster, thing) in known), *name)
        out.add("kube_ha_ingress_hosts", len(hosts), *name)
        out.add("kube_ha_ingress_tls_hosts", len(tls_hosts(thing, hosts)), *name)
    out.add("kube_ha_ingress_classes", len(known))
    out.add("kube_ha_ingress_default_classes", sum(is_default(c) for c in known.values()))
    for name, thing in sorted(known.items()):
        told = controller_pods(cluster, thing)
        if told is None:
            continue
        pods, kinds = told
        kind = next(iter(kinds)) if len(kinds) == 1 else None
        out.add("kube_ha_ingress_controller_replicas_ready", len(pods), name, kind=kind)
        out.add("kube_ha_ingress_controller_replicas_surviving_zone_loss",
                surviving([p.zone for p in pods]), name, kind=kind)
    for thing in record.all("gateways"):
        out.add("kube_ha_gateway_programmed", int(programmed(thing)), *key(thing))
        out.add("kube_ha_gateway_addresses", len((thing.get("status") or {}).get("addresses") or []), *key(thing))
    for thing in record.all("httproutes"):
        name, sent = key(thing), counted(cluster, route_backends(thing))
        out.add("kube_ha_httproute_accepted", int(bool(accepting(cluster, thing))), *name)
        out.add("kube_ha_httproute_refs_resolved", int(resolved(cluster, thing)), *name)
        out.add("kube_ha_httproute_backends", len(sent), *name)
        out.add("kube_ha_httproute_backends_available", len(available(cluster, sent)), *name)
