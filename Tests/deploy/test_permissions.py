"""The roles against what the program asks for: nothing missing, nothing unused."""

import re

import pytest

from conftest import OVERLAYS, ROOT, chart, one, overlay

SOURCES = ROOT / "Sources"
REGISTRY = SOURCES / "KubernetesWire" / "APIResource+all.swift"


def asked_resources():
    """{source: (group, plural, verbs, lies in the namespaces that are selected)}, from the registry of resources."""
    text = re.sub(r"//.*", "", REGISTRY.read_text())
    found = {}
    for source, version, options in re.findall(r'APIResource\(\s*\.(\w+),\s*"([^"]+)",(.*?)\),?(?=\s*(?:APIResource|\]))', text, re.DOTALL):
        group = version.split("/")[0] if "/" in version else ""
        plural = re.search(r'plural: "([^"]+)"', options)
        verbs = {"list"} if "mode: .poll" in options else {"list", "watch"}
        # Leases are read in namespaces of others: kube-system, kube-node-lease.
        is_selected = "isNamespaced: false" not in options and "namespace: " not in options
        found[source] = (group, plural[1] if plural else source, verbs, is_selected)
    enumeration = (SOURCES / "ClusterState" / "ClusterState.swift").read_text().split("enum Source:")[1].split("\n}")[0]
    declared = set(re.findall(r"\w+", " ".join(re.findall(r"^    case ([\w, ]+)$", enumeration, re.MULTILINE))))
    assert set(found) == declared - {"version", "apiserver", "apiservermetrics", "etcd"}, "every source is found in the registry"
    return found


def asked_paths():
    """The paths beside resources: of discovery, of the probes of API servers, and of the check of a connection."""
    patterns = {
        "KubernetesClient/Discovery/Discovery.swift": r'read\("(/[^"]*)"\)',
        "ControlPlaneProbes/ControlPlaneProber.swift":
            r"questions\(apiServer endpoint: ProbeEndpoint\) -> \[Question\] \{\s*\[([^\]]*)\]",
        "HTTPTransport/Liveness.swift": r'with\(path: "([^"]*)"\)',
    }
    paths = set()
    for file, pattern in patterns.items():
        found = re.findall(pattern, (SOURCES / file).read_text())
        assert found, f"{file}: the paths that it asks are not where they were"
        paths |= {path for text in found for path in re.findall(r"/[a-z]+", text)}
    return paths


def granted(role):
    """({(group, resource, verb)}, {(path, verb)}) of a role; wildcards are refused."""
    resources, paths = set(), set()
    for rule in role["rules"]:
        assert "*" not in str(rule), rule
        assert set(rule) <= {"apiGroups", "resources", "verbs", "nonResourceURLs"}, rule
        resources |= {(group, resource, verb) for group in rule.get("apiGroups", []) for resource in
                      rule.get("resources", []) for verb in rule["verbs"]}
        paths |= {(path, verb) for path in rule.get("nonResourceURLs", []) for verb in rule["verbs"]}
    return resources, paths


def lease_rights(role):
    """{(verb, name)} that a role grants for leases, and for nothing else; name None is any."""
    rights = set()
    for rule in role["rules"]:
        assert (rule["apiGroups"], rule["resources"]) == (["coordination.k8s.io"], ["leases"]), rule
        rights |= {(verb, name) for verb in rule["verbs"] for name in rule.get("resourceNames", [None])}
    return rights


def asked_of_the_lease(name):
    """The same as the program asks: a POST to the collection, a PUT and a read of the one object."""
    client = (SOURCES / "KubernetesClient" / "Election" / "LeaseClient.swift").read_text()
    asked = set()
    if '"POST", collection' in client:
        asked.add(("create", None))
    if '"PUT", "\\(collection)/\\(name)"' in client:
        asked.add(("update", name))
    if 'client.read("\\(collection)/\\(name)"' in client:
        asked.add(("get", name))
    assert len(asked) == 3, "the requests of LeaseClient.swift are not where they were"
    return asked


def wanted(table):
    return {(group, plural, verb) for group, plural, verbs, _ in table.values() for verb in verbs}


def test_the_cluster_role_is_what_the_program_asks_for():
    resources, paths = granted(one(overlay("default"), "ClusterRole"))
    asked = wanted(asked_resources())
    assert sorted(asked - resources) == [], "missing: these sources would be forbidden"
    assert sorted(resources - asked) == [], "unused: nothing asks for these"
    assert sorted(paths) == sorted((path, "get") for path in asked_paths())


def test_metrics_of_api_servers_are_read_where_that_is_wanted(with_components):
    """Only the component grants it, and nothing else than what the program asks for."""
    source = (SOURCES / "ControlPlaneProbes" / "APIServerMetrics.swift").read_text()
    path = re.search(r'static let path = "(/[a-z]+)"', source)[1]
    plain, more = (granted(one(items, "ClusterRole")) for items in (overlay("default"), with_components("upgrade-preflight")))
    assert more[0] == plain[0]
    assert more[1] - plain[1] == {(path, "get")}


def test_the_role_of_a_namespace_is_the_part_that_lies_in_one():
    items = overlay("namespaced")
    table = {source: entry for source, entry in asked_resources().items() if entry[3]}
    resources, paths = granted(one(items, "Role", "kube-ha-exporter"))
    assert (resources, paths) == (wanted(table), set())
    container, = one(items, "Deployment")["spec"]["template"]["spec"]["containers"]
    environment = {variable["name"]: variable for variable in container["env"]}
    assert set(environment["KUBE_HA_EXPORTER_RESOURCES"]["value"].split(",")) == set(table)
    assert environment["KUBE_HA_EXPORTER_NAMESPACES"]["valueFrom"] == {"fieldRef": {"fieldPath": "metadata.namespace"}}


@pytest.mark.parametrize("name", OVERLAYS)
def test_nobody_may_write_or_read_secrets(name):
    roles = [item for item in overlay(name) if item["kind"] in ("Role", "ClusterRole")]
    for role in (role for role in roles if not role["metadata"]["name"].endswith("-leader-election")):
        resources, _ = granted(role)
        assert {verb for _, _, verb in resources} <= {"list", "watch"}
        assert not {resource for _, resource, _ in resources} & {"secrets", "configmaps"}


def test_readers_are_asked_about_with_these_rights(with_components):
    """What APIClient posts to, and what is bound for it; the chart binds the same."""
    text = (SOURCES / "KubernetesClient" / "Requests" / "AccessReviewer.swift").read_text()
    asked = {(group, resource, "create") for group, resource in re.findall(r'"/apis/([^/"]+)/v1/(\w+)"', text)}
    assert len(asked) == 2
    for items in (with_components("auth"), chart({"auth": {"kubernetes": True}})):
        role = one(items, "ClusterRole", "kube-ha-exporter-auth")
        assert granted(role) == (asked, set())
        binding = one(items, "ClusterRoleBinding", "kube-ha-exporter-auth")
        assert binding["subjects"] == [
            {"kind": "ServiceAccount", "name": "kube-ha-exporter", "namespace": "kube-ha-exporter"}]
        reader = one(items, "ClusterRole", "kube-ha-exporter-reader")
        assert granted(reader) == (set(), {("/metrics", "get")})


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_only_right_to_write_is_that_of_the_election(name):
    role = one(overlay(name), "Role", "kube-ha-exporter-leader-election")
    assert lease_rights(role) == asked_of_the_lease("kube-ha-exporter")


def test_the_chart_grants_the_same():
    assert granted(one(chart(), "ClusterRole")) == granted(one(overlay("default"), "ClusterRole"))
    role = one(chart(), "Role", "kube-ha-exporter-leader-election")
    assert role["rules"] == one(overlay("default"), "Role", "kube-ha-exporter-leader-election")["rules"]


def test_the_lease_of_a_release_has_its_name():
    items = chart(name="other")
    name = one(items, "Deployment")["metadata"]["name"]
    assert lease_rights(one(items, "Role")) == asked_of_the_lease(name)
    container, = one(items, "Deployment")["spec"]["template"]["spec"]["containers"]
    assert f"--leader-elect-resource-name={name}" in container["args"]
