"""Every overlay and component of deploy/kubernetes, as kubectl renders it."""

import copy
import os
import re

import pytest

from conftest import COMPONENTS, DEPLOY, OVERLAYS, kustomize, objects, one, overlay
from validation import faults_of_object, faults_of_restricted, faults_of_set

# What mounts kubeadm's keys from the disk says so in its namespace's label.
PRIVILEGED = {"etcd-host-certificates"}


def template(items):
    return one(items, "Deployment")["spec"]["template"]["spec"]


@pytest.mark.parametrize("name", OVERLAYS)
def test_an_overlay_is_valid(name):
    assert list(faults_of_set(overlay(name))) == []


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_is_valid_on_the_base(name, with_components):
    assert list(faults_of_set(with_components(name))) == []


def test_components_go_together(with_components):
    items = with_components("service-monitor", "priority", "egress", "egress-cilium", "etcd-secret", "dashboards",
                            "prometheus-rule")
    assert list(faults_of_set(items)) == []


@pytest.mark.parametrize("name", [*OVERLAYS, *PRIVILEGED])
def test_pods_are_what_the_namespace_demands(name, with_components):
    items = with_components(name) if name in PRIVILEGED else overlay(name)
    faults = sorted(faults_of_restricted(template(items)))
    namespaces = [item for item in items if item["kind"] == "Namespace"]
    level = "privileged" if name in PRIVILEGED else "restricted"
    for namespace in namespaces:
        labels = namespace["metadata"]["labels"]
        assert {labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "audit", "warn")} == {level}
    if name in PRIVILEGED:
        # Root without capabilities, and files of the host: nothing beyond.
        assert faults == ["runAsNonRoot", "runAsUser"] + ["volume hostPath"] * 3
    else:
        assert faults == []


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_container_can_write_nowhere(name):
    spec = template(overlay(name))
    container, = spec["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
    assert all(mount["readOnly"] for mount in container.get("volumeMounts", []))
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}


@pytest.mark.parametrize("name", OVERLAYS)
def test_an_api_outage_restarts_nothing(name):
    container, = template(overlay(name))["containers"]
    paths = {probe: container[f"{probe}Probe"]["httpGet"]["path"] for probe in ("startup", "liveness", "readiness")}
    assert paths == {"startup": "/livez", "liveness": "/livez", "readiness": "/readyz"}


@pytest.mark.parametrize("name", OVERLAYS)
def test_two_replicas_elect_a_leader(name):
    """Without an election every replica serves every series: with two, each sum doubles and each join fails."""
    items = overlay(name)
    deployment = one(items, "Deployment")
    assert deployment["spec"]["replicas"] == 2
    assert "--leader-elect" in template(items)["containers"][0]["args"]
    binding = one(items, "RoleBinding", "kube-ha-exporter-leader-election")
    assert binding["roleRef"]["name"] == one(items, "Role", "kube-ha-exporter-leader-election")["metadata"]["name"]
    assert binding["metadata"]["namespace"] == deployment["metadata"]["namespace"]
    subject, = binding["subjects"]
    account = template(items)["serviceAccountName"]
    assert (subject["name"], subject["namespace"]) == (account, deployment["metadata"]["namespace"])


def test_another_namespace_moves_everything(with_components):
    items = with_components("service-monitor", "priority", "egress", "egress-cilium", namespace="watch")
    assert list(faults_of_set(items)) == []
    assert one(items, "Namespace")["metadata"]["name"] == "watch"
    assert one(items, "ClusterRoleBinding")["subjects"][0]["namespace"] == "watch"
    assert {item["metadata"].get("namespace", "watch") for item in items} == {"watch"}


@pytest.mark.parametrize("name", OVERLAYS)
def test_another_namespace_moves_an_overlay(name, with_components):
    items = with_components(base=f"overlays/{name}", namespace="watch")
    assert list(faults_of_set(items)) == []
    assert {item["metadata"].get("namespace", "watch") for item in items} == {"watch"}


def test_a_namespace_of_others_is_left_alone(with_components):
    items = with_components("existing-namespace", namespace="monitoring")
    assert {item["metadata"].get("namespace", "monitoring") for item in items} == {"monitoring"}
    assert "Namespace" not in {item["kind"] for item in items}


README = re.findall(r"```yaml\n(.*?)```", (DEPLOY / "README.md").read_text(), re.DOTALL)


@pytest.mark.parametrize("text", [text for text in README if "kind: Kustomization" in text])
def test_an_overlay_of_the_readme_is_valid(text, tmp_path):
    (tmp_path / "kustomization.yaml").write_text(
        text.replace("kube-ha-exporter/deploy", os.path.relpath(DEPLOY, tmp_path)))
    items = objects(kustomize(tmp_path))
    assert list(faults_of_set(items)) == []
    assert list(faults_of_restricted(template(items))) == []


def test_the_image_is_set_in_one_place(with_components):
    items = with_components(images=[{"name": "kube-ha-exporter", "newName": "registry.example/ha", "newTag": "2"}])
    assert template(items)["containers"][0]["image"] == "registry.example/ha:2"


def test_the_namespaced_overlay_needs_no_rights_in_the_cluster():
    kinds = {item["kind"] for item in overlay("namespaced")}
    assert not kinds & {"Namespace", "ClusterRole", "ClusterRoleBinding"}
    assert {"Role", "RoleBinding"} <= kinds


def test_the_quota_admits_a_rollout(with_components):
    items = with_components("priority")
    deployment, quota = one(items, "Deployment")["spec"], one(items, "ResourceQuota")["spec"]
    surge = deployment["strategy"]["rollingUpdate"]["maxSurge"]
    assert int(quota["hard"]["pods"]) >= deployment["replicas"] + surge
    expression, = quota["scopeSelector"]["matchExpressions"]
    assert expression["values"] == [deployment["template"]["spec"]["priorityClassName"]]


def test_a_monitor_keeps_the_labels_of_the_series(with_components):
    """Labels of the target are dropped before the scrape; dropped after it, those of the series would go too."""
    endpoint, = one(with_components("service-monitor"), "ServiceMonitor")["spec"]["endpoints"]
    assert endpoint["honorLabels"] is True
    assert endpoint["relabelings"] == [{"action": "labeldrop", "regex": "namespace|pod|service|endpoint|container"}]
    assert "metricRelabelings" not in endpoint


def broken(change):
    items = copy.deepcopy(overlay("default"))
    change({item["kind"]: item for item in items})
    return items


@pytest.mark.parametrize("change, fault", [
    (lambda kinds: kinds["Deployment"]["spec"].update(replica=1), "replica"),
    (lambda kinds: kinds["Deployment"]["spec"]["template"]["spec"]["containers"][0].update(port=[]), "port"),
    (lambda kinds: kinds["Deployment"]["spec"].update(replicas="1"), "'1' is not"),
    (lambda kinds: kinds["PodDisruptionBudget"].update(apiVersion="policy/v1beta1"), "policy/v1beta1"),
    (lambda kinds: kinds["Service"]["spec"]["selector"].update(x="y"), "does not select"),
    (lambda kinds: kinds["Service"]["spec"]["ports"][0].update(targetPort="web"), "no port web"),
    (lambda kinds: kinds["Service"]["metadata"]["labels"].update(x="a b"), "label x"),
    (lambda kinds: kinds["Service"]["metadata"].update(name="A"), "subdomain"),
    (lambda kinds: kinds["ClusterRole"]["metadata"].update(namespace="x"), "namespace"),
    (lambda kinds: kinds["ClusterRoleBinding"]["roleRef"].update(name="x"), "role is not there"),
    (lambda kinds: kinds["ServiceAccount"]["metadata"].update(name="x"), "is not there"),
])
def test_the_validation_sees(change, fault):
    assert any(fault in line for line in faults_of_set(broken(change))), list(faults_of_set(broken(change)))


@pytest.mark.parametrize("change, fault", [
    (lambda spec, _: spec.update(hostNetwork=True), "hostNetwork"),
    (lambda spec, _: spec.update(volumes=[{"name": "x", "hostPath": {"path": "/"}}]), "volume hostPath"),
    (lambda spec, _: spec["securityContext"].pop("runAsNonRoot"), "runAsNonRoot"),
    (lambda spec, _: spec["securityContext"].pop("seccompProfile"), "seccompProfile"),
    (lambda spec, _: spec["securityContext"].update(runAsUser=0), "runAsUser"),
    (lambda _, container: container.pop("securityContext"), "capabilities"),
    (lambda _, container: container["securityContext"].pop("allowPrivilegeEscalation"), "allowPrivilegeEscalation"),
    (lambda _, container: container["securityContext"]["capabilities"].update(add=["SYS_PTRACE"]), "capabilities"),
    (lambda _, container: container["ports"][0].update(hostPort=10142), "hostPort"),
])
def test_the_pod_security_check_sees(change, fault):
    spec = copy.deepcopy(template(overlay("default")))
    change(spec, spec["containers"][0])
    assert fault in list(faults_of_restricted(spec))


@pytest.mark.parametrize("change, fault", [
    (lambda spec: spec.update(scrapeProtocols=["OpenMetricsText2.0.0"]), "OpenMetricsText2.0.0"),
    (lambda spec: spec["endpoints"][0].update(honourLabels=True), "honourLabels"),
    (lambda spec: spec["endpoints"][0].update(interval="1 minute"), "1 minute"),
])
def test_the_schema_of_monitors_sees(change, fault, with_components):
    monitor = copy.deepcopy(one(with_components("service-monitor"), "ServiceMonitor"))
    change(monitor["spec"])
    assert any(fault in line for line in faults_of_object(monitor))
