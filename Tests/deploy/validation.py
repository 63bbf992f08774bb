"""What an API server checks of an object, as far as it can be restated without one."""

import functools
import json
import pathlib
import re

import jsonschema
import kubernetes_validate

# The oldest version that the chart's kubeVersion admits, that of kubectl, and the newest of the schemas.
VERSIONS = ("1.25", "1.36", "1.37")
SCHEMAS = {
    ("monitoring.coreos.com/v1", "ServiceMonitor"): "service-monitor.json",
    ("monitoring.coreos.com/v1", "PrometheusRule"): "prometheus-rule.json",
    ("cilium.io/v2", "CiliumNetworkPolicy"): "cilium-network-policy.json",
}
# Group versions that are neither beta nor deprecated in any of VERSIONS.
API_VERSIONS = {
    "v1", "apps/v1", "policy/v1", "networking.k8s.io/v1", "rbac.authorization.k8s.io/v1",
    *(api_version for api_version, _ in SCHEMAS),
}
SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
LABEL = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
CLUSTER_KINDS = {"Namespace", "ClusterRole", "ClusterRoleBinding"}


@functools.cache
def _own_schema(file):
    schema = json.loads((pathlib.Path(__file__).parent / "schemas" / file).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@functools.cache
def _schema_faults(text):
    """What Kubernetes' own schemas refuse; kept, since overlays share most of their objects."""
    faults = []
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(json.loads(text), version, strict=True)
        except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
            faults.append(f"{version}: {error.message}")
    return faults


def faults_of_object(item):
    """What is wrong with an object by itself, a line each."""
    place = f"{item.get('kind')}/{item.get('metadata', {}).get('name')}"
    own = SCHEMAS.get((item.get("apiVersion"), item.get("kind")))
    if own:
        yield from (f"{place}: {error.json_path}: {error.message}" for error in _own_schema(own).iter_errors(item))
    else:
        yield from (f"{place}: {fault}" for fault in _schema_faults(json.dumps(item, sort_keys=True)))
    if item.get("apiVersion") not in API_VERSIONS:
        yield f"{place}: {item.get('apiVersion')} is not among the group versions that are meant to be used"
    metadata = item.get("metadata", {})
    if not SUBDOMAIN.fullmatch(metadata.get("name", "")) or len(metadata["name"]) > 253:
        yield f"{place}: the name is no DNS subdomain"
    if (item.get("kind") in CLUSTER_KINDS) == ("namespace" in metadata):
        yield f"{place}: has a namespace and must not, or the other way round"
    for key, value in metadata.get("labels", {}).items():
        if not isinstance(value, str) or len(value) > 63 or not LABEL.fullmatch(value):
            yield f"{place}: label {key} has the value {value!r}"


def _selects(selector, labels):
    return selector.items() <= labels.items()


def faults_of_set(items):
    """What is wrong with objects that are applied together, a line each."""
    for item in items:
        yield from faults_of_object(item)
    keys = [(item["kind"], item["metadata"].get("namespace"), item["metadata"]["name"]) for item in items]
    yield from (f"{key} is there twice" for key in set(keys) if keys.count(key) > 1)
    names = {(kind, name) for kind, _, name in keys}
    for deployment in (item for item in items if item["kind"] == "Deployment"):
        yield from _faults_of_deployment(deployment, names)
        template = deployment["spec"]["template"]
        labels, container = template["metadata"]["labels"], template["spec"]["containers"][0]
        ports = {port["name"] for port in container["ports"]}
        for item in items:
            place, spec = f"{item['kind']}/{item['metadata']['name']}", item.get("spec", {})
            selector = {
                "Service": lambda: spec["selector"],
                "PodDisruptionBudget": lambda: spec["selector"]["matchLabels"],
                "NetworkPolicy": lambda: spec["podSelector"]["matchLabels"],
                "CiliumNetworkPolicy": lambda: spec["endpointSelector"]["matchLabels"],
            }.get(item["kind"])
            if selector and not _selects(selector(), labels):
                yield f"{place}: does not select the pods"
            if item["kind"] == "Service":
                yield from (f"{place}: no port {port['targetPort']}" for port in spec["ports"]
                            if port["targetPort"] not in ports)
            if item["kind"] == "NetworkPolicy":
                named = {port["port"] for rule in spec.get("ingress", []) for port in rule.get("ports", [])}
                yield from (f"{place}: no port {port}" for port in named - ports if isinstance(port, str))
            if item["kind"] == "ServiceMonitor":
                yield from _faults_of_monitor(item, items)
    for binding in (item for item in items if item["kind"].endswith("RoleBinding")):
        place = f"{binding['kind']}/{binding['metadata']['name']}"
        if (binding["roleRef"]["kind"], binding["roleRef"]["name"]) not in names:
            yield f"{place}: its role is not there"
        for subject in binding["subjects"]:
            if ("ServiceAccount", subject["namespace"], subject["name"]) not in keys:
                yield f"{place}: its subject is not there"


def _faults_of_deployment(deployment, names):
    place = f"Deployment/{deployment['metadata']['name']}"
    template = deployment["spec"]["template"]
    labels, spec = template["metadata"]["labels"], template["spec"]
    selectors = [deployment["spec"]["selector"]["matchLabels"]]
    selectors += [spread["labelSelector"]["matchLabels"] for spread in spec.get("topologySpreadConstraints", [])]
    yield from (f"{place}: {selector} does not select its own pods" for selector in selectors
                if not _selects(selector, labels))
    if ("ServiceAccount", spec["serviceAccountName"]) not in names:
        yield f"{place}: ServiceAccount {spec['serviceAccountName']} is not there"
    volumes = {volume["name"]: volume for volume in spec.get("volumes", [])}
    for container in spec["containers"]:
        mounts = {mount["name"] for mount in container.get("volumeMounts", [])}
        if mounts != set(volumes):
            yield f"{place}: mounts {sorted(mounts)} of the volumes {sorted(volumes)}"
        ports = {port["name"] for port in container["ports"]}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            if container[probe]["httpGet"]["port"] not in ports:
                yield f"{place}: {probe} asks a port that is not there"
    for volume in volumes.values():
        name = volume.get("configMap", {}).get("name")
        if name and ("ConfigMap", name) not in names:
            yield f"{place}: ConfigMap {name} is not there"


def _faults_of_monitor(monitor, items):
    place = f"ServiceMonitor/{monitor['metadata']['name']}"
    namespaces = monitor["spec"].get("namespaceSelector", {}).get("matchNames", [monitor["metadata"]["namespace"]])
    services = [item for item in items if item["kind"] == "Service" and item["metadata"]["namespace"] in namespaces
                and _selects(monitor["spec"]["selector"]["matchLabels"], item["metadata"]["labels"])]
    if len(services) != 1:
        yield f"{place}: selects {len(services)} Services"
    for service in services:
        if monitor["spec"]["jobLabel"] not in service["metadata"]["labels"]:
            yield f"{place}: the Service has no label {monitor['spec']['jobLabel']}"
        ports = {port["name"] for port in service["spec"]["ports"]}
        yield from (f"{place}: the Service has no port {endpoint['port']}" for endpoint in monitor["spec"]["endpoints"]
                    if endpoint["port"] not in ports)


def faults_of_restricted(spec):
    """What the pod security level `restricted` refuses of a pod, by the table of Pod Security Standards
    (kubernetes.io/docs/concepts/security/pod-security-standards), its level `baseline` included."""
    pod = spec.get("securityContext", {})
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            yield field
    allowed = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
    for volume in spec.get("volumes", []):
        yield from (f"volume {kind}" for kind in set(volume) - {"name"} - allowed)
    if pod.get("sysctls"):
        yield "sysctls"
    for container in [*spec["containers"], *spec.get("initContainers", []), *spec.get("ephemeralContainers", [])]:
        own = container.get("securityContext", {})
        merged = {**pod, **own}
        capabilities = own.get("capabilities", {})
        if own.get("privileged"):
            yield "privileged"
        if own.get("allowPrivilegeEscalation") is not False:
            yield "allowPrivilegeEscalation"
        if "ALL" not in capabilities.get("drop", []) or set(capabilities.get("add", [])) - {"NET_BIND_SERVICE"}:
            yield "capabilities"
        if own.get("procMount", "Default") != "Default":
            yield "procMount"
        if any(port.get("hostPort") for port in container.get("ports", [])):
            yield "hostPort"
        if merged.get("runAsNonRoot") is not True:
            yield "runAsNonRoot"
        if merged.get("runAsUser") == 0:
            yield "runAsUser"
        if merged.get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
            yield "seccompProfile"
        if {"user", "role"} & set(merged.get("seLinuxOptions", {})):
            yield "seLinuxOptions"
        if merged.get("appArmorProfile", {}).get("type", "RuntimeDefault") == "Unconfined":
            yield "appArmorProfile"
