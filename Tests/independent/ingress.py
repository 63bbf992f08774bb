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


REDIRECTS = ("nginx.ingress.kubernetes.io/permanent-redirect", "nginx.ingress.kubernetes.io/temporal-redirect")


def backends(cluster, ingress):
    """Names of the Services it sends to that have endpoints to lose. Interpretation: two ports of one Service are one
    backend. A redirect of ingress-nginx asks no backend; the AWS controller takes a port named use-annotation from
    the annotation of the backend's name; what an ExternalName Service stands for is elsewhere."""
    spec, found = ingress["spec"], set()
    if any(annotations(ingress).get(name) for name in REDIRECTS):
        return found
    entries = [spec.get("defaultBackend") or {}]
    for rule in spec.get("rules") or []:
        entries += [path["backend"] for path in (rule.get("http") or {}).get("paths") or []]
    for entry in entries:
        service = entry.get("service")
        if not service or external(cluster, (meta(ingress)["namespace"], service["name"])):
            continue
        action = "alb.ingress.kubernetes.io/actions." + service["name"]
        if (service.get("port") or {}).get("name") == "use-annotation" and action in annotations(ingress):
            continue
        found.add(service["name"])
    return found


def external(cluster, name):
    service = all_services(cluster).get(name)
    return service is not None and service.type == "ExternalName"


def available(cluster, names):
    """Of (namespace, name) those whose Service exists and has a ready endpoint."""
    known = all_services(cluster)
    return {name for name in names if name in known and known[name].ready}


def ingress_available(cluster, ingress):
    return available(cluster, {(meta(ingress)["namespace"], name) for name in backends(cluster, ingress)})


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


def programmed(gateway):
    """Interpretation: a listener's condition of an older generation tells nothing."""
    listeners = (gateway.get("status") or {}).get("listeners") or []
    return current(condition(gateway, "Programmed"), gateway) and not any(
        c["type"] == "Programmed" and c["status"] == "False" and not old(c, gateway)
        for listener in listeners for c in listener.get("conditions") or [])


def old(entry, thing):
    """observedGeneration is optional in metav1.Condition: without it nothing says that the condition is old."""
    seen = entry.get("observedGeneration")
    return bool(seen) and seen < meta(thing).get("generation", 0)


def current(entry, thing):
    return entry is not None and entry["status"] == "True" and not old(entry, thing)


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
        # A Service is a parent too (GAMMA, mesh).
        there = {("gateway.networking.k8s.io", "Gateway"): gateways, ("", "Service"): all_services(cluster)}
        if name in wanted and name[2:4] in there.get(name[:2], ()):
            if current(parent_condition(entry, "Accepted"), route):
                found.append(entry)
    return found


def parent_condition(entry, kind):
    return next((c for c in entry.get("conditions") or [] if c["type"] == kind), None)


def resolved(cluster, route):
    """Interpretation: 0 where no parent accepts the route."""
    parents = accepting(cluster, route)
    return bool(parents) and all(current(parent_condition(e, "ResolvedRefs"), route) for e in parents)


def route_backends(cluster, route):
    found = set()
    for rule in route["spec"].get("rules") or []:
        for entry in rule.get("backendRefs") or []:
            if (entry.get("kind", "Service") == "Service" and not entry.get("group")
                    and (1 if entry.get("weight") is None else entry["weight"]) > 0):
                found.add((entry.get("namespace") or meta(route)["namespace"], entry["name"]))
    return {name for name in found if not external(cluster, name)}


def ingress(cluster, out):
    record, known = cluster.recording, classes(cluster)
    for thing in record.all("ingresses"):
        name = key(thing)
        hosts = {rule["host"] for rule in thing["spec"].get("rules") or [] if rule.get("host")}
        out.add("kube_ha_ingress_backends", len(backends(cluster, thing)), *name)
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
        name, sent = key(thing), route_backends(cluster, thing)
        out.add("kube_ha_httproute_accepted", int(bool(accepting(cluster, thing))), *name)
        out.add("kube_ha_httproute_refs_resolved", int(resolved(cluster, thing)), *name)
        out.add("kube_ha_httproute_backends", len(sent), *name)
        out.add("kube_ha_httproute_backends_available", len(available(cluster, sent)), *name)
