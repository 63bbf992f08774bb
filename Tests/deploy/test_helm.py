"""The chart, by Helm itself."""

import json
import re

import pytest
import yaml

from conftest import CHART, DEPLOY, KUBERNETES, ROOT, chart, helm, one, overlay, run, tool
from validation import faults_of_restricted, faults_of_set

VALUES = yaml.safe_load((CHART / "values.yaml").read_text())
OWN_LABELS = ("helm.sh/chart", "app.kubernetes.io/managed-by")

# Each value of values.yaml, switched once: the value, and where it must be found in what is rendered. Values beside it
# are those without which it says nothing.
SWITCHED = {
    "nameOverride": ("ha", {}, '"app.kubernetes.io/name": "ha"'),
    "fullnameOverride": ("ha", {}, '"name": "ha"'),
    "commonLabels": ({"team": "ops"}, {}, '"team": "ops"'),
    "image.repository": ("registry.example/ha", {}, '"image": "registry.example/ha:0.1.0"'),
    "image.tag": ("9", {}, '"image": "kube-ha-exporter:9"'),
    "image.digest": ("sha256:" + "0" * 64, {}, '"image": "kube-ha-exporter@sha256:' + "0" * 64),
    "image.pullPolicy": ("Always", {}, '"imagePullPolicy": "Always"'),
    "imagePullSecrets": ([{"name": "pull"}], {}, '"imagePullSecrets": [{"name": "pull"}]'),
    "replicaCount": (0, {}, '"replicas": 0'),
    "rbac.create": (False, {}, None),
    "serviceAccount.create": (False, {"rbac": {"create": False}}, '"serviceAccountName": "default"'),
    "serviceAccount.name": ("reader", {}, '"serviceAccountName": "reader"'),
    "serviceAccount.annotations": ({"a": "b"}, {}, '"annotations": {"a": "b"}'),
    "service.type": ("NodePort", {}, '"type": "NodePort"'),
    "service.port": (80, {}, '"port": 80'),
    "service.annotations": ({"a": "b"}, {}, '"annotations": {"a": "b"}'),
    "serviceMonitor.enabled": (True, {}, '"kind": "ServiceMonitor"'),
    "serviceMonitor.additionalLabels": (
        {"release": "prometheus"}, {"serviceMonitor": {"enabled": True}}, '"release": "prometheus"'),
    "serviceMonitor.namespace": (
        "monitoring", {"serviceMonitor": {"enabled": True}}, '"matchNames": ["kube-ha-exporter"]'),
    "serviceMonitor.interval": ("1m", {"serviceMonitor": {"enabled": True}}, '"interval": "1m"'),
    "serviceMonitor.scrapeTimeout": ("9s", {"serviceMonitor": {"enabled": True}}, '"scrapeTimeout": "9s"'),
    "serviceMonitor.basicAuth": (
        {"username": {"name": "scraper", "key": "user"}, "password": {"name": "scraper", "key": "word"}},
        {"serviceMonitor": {"enabled": True}},
        '"basicAuth": {"password": {"key": "word", "name": "scraper"}, "username": {"key": "user", "name": "scraper"}}'),
    "serviceMonitor.relabelings": (
        [{"targetLabel": "x", "replacement": "z"}], {"serviceMonitor": {"enabled": True}}, '"targetLabel": "x"'),
    "serviceMonitor.metricRelabelings": (
        [{"action": "labeldrop", "regex": "x"}], {"serviceMonitor": {"enabled": True}}, '"metricRelabelings": ['),
    "prometheusRule.enabled": (True, {}, '"kind": "PrometheusRule"'),
    "prometheusRule.additionalLabels": (
        {"release": "prometheus"}, {"prometheusRule": {"enabled": True}}, '"release": "prometheus"'),
    "prometheusRule.namespace": ("monitoring", {"prometheusRule": {"enabled": True}}, '"namespace": "monitoring"'),
    "prometheusRule.runbookUrl": (
        "https://wiki.example/ha", {"prometheusRule": {"enabled": True}}, '"runbook_url": "https://wiki.example/ha#'),
    "prometheusRule.dashboardUrl": (
        "https://graf.example/d", {"prometheusRule": {"enabled": True}}, '"dashboard_url": "https://graf.example/d/kube-ha-'),
    "dashboards.enabled": (True, {}, '"kind": "ConfigMap"'),
    "dashboards.label": ("board", {"dashboards": {"enabled": True}}, '"board": "1"'),
    "dashboards.labelValue": ("2", {"dashboards": {"enabled": True}}, '"grafana_dashboard": "2"'),
    "dashboards.annotations": (
        {"grafana_folder": "HA"}, {"dashboards": {"enabled": True}}, '"annotations": {"grafana_folder": "HA"}'),
    "dashboards.namespace": ("monitoring", {"dashboards": {"enabled": True}}, '"namespace": "monitoring"'),
    "dashboards.runbookUrl": (
        "https://wiki.example/ha", {"dashboards": {"enabled": True}}, '\\"query\\": \\"https://wiki.example/ha\\"'),
    "networkPolicy.enabled": (False, {}, None),
    "networkPolicy.from": ([{"podSelector": {"matchLabels": {"app": "scraper"}}}], {}, '"matchLabels": {"app": "scraper"}'),
    "networkPolicy.egress.enabled": (True, {}, '"policyTypes": ["Egress"]'),
    "networkPolicy.egress.ports": ([16443], {"networkPolicy": {"egress": {"enabled": True}}}, '"port": 16443'),
    "podDisruptionBudget.enabled": (False, {}, None),
    "podDisruptionBudget.maxUnavailable": ("50%", {}, '"maxUnavailable": "50%"'),
    "priorityClassName": ("system-cluster-critical", {}, '"priorityClassName": "system-cluster-critical"'),
    "resourceQuota.enabled": (True, {"priorityClassName": "system-cluster-critical"}, '"kind": "ResourceQuota"'),
    "resourceQuota.pods": (
        6, {"priorityClassName": "system-cluster-critical", "resourceQuota": {"enabled": True}}, '"pods": "6"'),
    "etcd.endpoints": (
        ["https://a:2379", "https://b:2379"], {}, "--etcd.endpoints=https://a:2379,https://b:2379"),
    "etcd.metricsEndpoints": (
        ["http://a:2381", "http://b:2381"], {}, "--etcd.metrics-endpoints=http://a:2381,http://b:2381"),
    "upgradePreflight.enabled": (True, {}, '"nonResourceURLs": ["/metrics"]'),
    "etcd.existingSecret": ("etcd", {}, '"secretName": "etcd"'),
    "etcd.serverName": ("etcd.internal", {}, "--etcd.server-name=etcd.internal"),
    "auth.kubernetes": (True, {}, "--auth=kubernetes"),
    "tls.existingSecret": ("web", {}, '"secretName": "web"'),
    "webConfig": ({"rate_limit": {"interval": "1s", "burst": 9}}, {}, "burst: 9"),
    "rulesConfig": ({"rules": {"bare-pod": {"enabled": False}}}, {}, "bare-pod:\\n    enabled: false"),
    "extraArgs": (["--log-format=json"], {}, '"--log-format=json"'),
    "extraEnv": ([{"name": "KUBE_HA_EXPORTER_LOG_LEVEL", "value": "debug"}], {}, "KUBE_HA_EXPORTER_LOG_LEVEL"),
    "extraVolumes": (
        [{"name": "x", "emptyDir": {}}], {"extraVolumeMounts": [{"name": "x", "mountPath": "/x"}]}, '"emptyDir": {}'),
    "extraVolumeMounts": (
        [{"name": "x", "mountPath": "/x"}], {"extraVolumes": [{"name": "x", "emptyDir": {}}]}, '"mountPath": "/x"'),
    "extraManifests": (
        ["{apiVersion: v1, kind: ConfigMap, metadata: {name: '{{ .Release.Name }}-x', namespace: x}}"], {},
        '"name": "kube-ha-exporter-x"'),
    "resources.requests.cpu": ("1", {}, '"cpu": "1"'),
    "resources.requests.memory": ("96Mi", {}, '"memory": "96Mi"'),
    "resources.limits.memory": ("256Mi", {}, '"memory": "256Mi"'),
    "podAnnotations": ({"a": "b"}, {}, '"annotations": {"a": "b"}'),
    "podLabels": ({"a": "b"}, {}, '"a": "b"'),
    "podSecurityContext.runAsNonRoot": (None, {}, None),
    "podSecurityContext.runAsUser": (None, {}, None),
    "podSecurityContext.runAsGroup": (None, {}, None),
    "podSecurityContext.fsGroup": (None, {}, None),
    "podSecurityContext.seccompProfile.type": ("Unconfined", {}, '"type": "Unconfined"'),
    "securityContext.allowPrivilegeEscalation": (True, {}, '"allowPrivilegeEscalation": true'),
    "securityContext.readOnlyRootFilesystem": (False, {}, '"readOnlyRootFilesystem": false'),
    "securityContext.capabilities.drop": (["NET_RAW"], {}, '"drop": ["NET_RAW"]'),
    "terminationGracePeriodSeconds": (30, {}, '"terminationGracePeriodSeconds": 30'),
    "nodeSelector.kubernetes.io/os": ("plan9", {}, '"kubernetes.io/os": "plan9"'),
    "tolerations": ([{"key": "x", "operator": "Exists"}], {}, '"tolerations": [{"key": "x", "operator": "Exists"}]'),
    "affinity": ({"podAntiAffinity": {}}, {}, '"affinity": {"podAntiAffinity": {}}'),
    "topologySpreadConstraints": (
        [{"maxSkew": 2, "topologyKey": "rack", "whenUnsatisfiable": "DoNotSchedule"}], {}, '"topologyKey": "rack"'),
}


def leaves(values, prefix=""):
    """The paths of values that are not maps, and of maps that are empty."""
    for key, value in values.items():
        path = f"{prefix}.{key}" if prefix else key
        if isinstance(value, dict) and value:
            yield from leaves(value, path)
        else:
            yield path


def merged(base, path, value):
    """Values with one more, by its path; keys with dots in them are found in values.yaml."""
    result, known = json.loads(json.dumps(base)), VALUES
    place = result
    rest = path
    while True:
        key = max((key for key in known if rest == key or rest.startswith(key + ".")), key=len)
        if rest == key:
            place[key] = value
            return result
        place, known, rest = place.setdefault(key, {}), known[key], rest[len(key) + 1:]


def test_lint():
    told = run(tool("helm"), "lint", "--strict", CHART)
    assert told.returncode == 0, told.stdout + told.stderr


def test_the_notes_name_the_next_command():
    def notes(*arguments):
        told = run(tool("helm"), "install", "prod", CHART, "--namespace", "watch", "--dry-run=client", *arguments)
        assert told.returncode == 0, told.stderr
        return told.stdout.split("\nNOTES:\n")[1]
    assert "kubectl --namespace watch rollout status deployment/prod-kube-ha-exporter" in notes()
    assert "port-forward service/prod-kube-ha-exporter 10142:80 &" in notes("--set", "service.port=80")
    assert "does not scrape it" in notes() and "does not scrape it" not in notes("--set", "serviceMonitor.enabled=true")


def normalised(items, is_chart):
    """Objects by kind and name, without what the two ways of installing may differ in: the Namespace, and two labels."""
    found = {}
    for item in items:
        if item["kind"] == "Namespace":
            continue
        labels = [item["metadata"]["labels"]]
        if item["kind"] == "Deployment":
            labels.append(item["spec"]["template"]["metadata"]["labels"])
        for place in labels:
            for name in OWN_LABELS:
                assert (name in place) == is_chart
                place.pop(name, None)
        found[(item["kind"], item["metadata"]["name"])] = item
    return found


def test_the_default_is_that_of_kustomize():
    ours, theirs = normalised(chart(), True), normalised(overlay("default"), False)
    assert sorted(ours) == sorted(theirs)
    for key, item in ours.items():
        assert item == theirs[key]


def test_etcd_by_secret_is_that_of_kustomize(with_components):
    """The Secret's name is the user's in the chart; the rest is the same."""
    ours = normalised(chart({"etcd": {"existingSecret": "kube-ha-exporter-etcd"}}), True)
    assert ours == normalised(with_components("etcd-secret"), False)


def test_upgrade_preflight_is_that_of_kustomize(with_components):
    ours = normalised(chart({"upgradePreflight": {"enabled": True}}), True)
    assert ours == normalised(with_components("upgrade-preflight"), False)


def test_monitor_quota_and_egress_are_those_of_kustomize(with_components):
    ours = normalised(chart({
        "serviceMonitor": {"enabled": True}, "priorityClassName": "system-cluster-critical",
        "resourceQuota": {"enabled": True}, "networkPolicy": {"egress": {"enabled": True}}}), True)
    assert ours == normalised(with_components("service-monitor", "priority", "egress"), False)


def test_rules_are_those_of_kustomize(with_components):
    ours = normalised(chart({"prometheusRule": {"enabled": True}}), True)
    assert ours == normalised(with_components("prometheus-rule"), False)
    assert ("PrometheusRule", "kube-ha-exporter") in ours


def test_rules_ask_for_the_job_of_the_monitor():
    """Which takes it from the label app.kubernetes.io/name."""
    rule = one(chart({"prometheusRule": {"enabled": True}, "nameOverride": "ha"}), "PrometheusRule")
    asked = set(re.findall(r'job="([^"]*)"', json.dumps(rule).replace('\\"', '"')))
    assert asked == {rule["metadata"]["labels"]["app.kubernetes.io/name"]} == {"ha"}


def test_dashboards_are_those_of_kustomize(with_components):
    ours = normalised(chart({"dashboards": {"enabled": True}}), True)
    theirs = normalised(with_components("dashboards"), False)
    assert ours == theirs
    found = {key: json.loads(text) for (kind, _), item in ours.items() if kind == "ConfigMap"
             for key, text in item["data"].items()}
    assert found == {file.name: json.loads(file.read_text()) for file in (ROOT / "dashboards").glob("*.json")}


def test_dashboards_in_another_namespace_need_no_other_change():
    items = chart({"dashboards": {"enabled": True, "namespace": "monitoring"}})
    places = {item["kind"]: item["metadata"].get("namespace") for item in items}
    assert places["ConfigMap"] == "monitoring" and places["Deployment"] == "kube-ha-exporter"


@pytest.mark.parametrize("rendered", ["chart", "kustomize"])
def test_a_dashboard_fits_into_an_annotation(rendered, with_components):
    """A client-side apply writes each object into its own annotation, and annotations may take 256 KiB in all."""
    items = chart({"dashboards": {"enabled": True}}) if rendered == "chart" else with_components("dashboards")
    sizes = [len(json.dumps(item).encode()) for item in items if item["kind"] == "ConfigMap"]
    assert len(sizes) == 7 and max(sizes) < 240 * 1024


FILES = sorted((CHART / "ci").iterdir())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_of_values_is_valid(file):
    items = chart(yaml.safe_load(file.read_text()))
    assert list(faults_of_set(items)) == []
    assert list(faults_of_restricted(one(items, "Deployment")["spec"]["template"]["spec"])) == []


def test_managed_is_that_of_kustomize():
    values = yaml.safe_load((CHART / "ci" / "managed-values.yaml").read_text())
    assert normalised(chart(values), True) == normalised(overlay("managed"), False)


def test_the_rules_for_ess_are_those_of_the_example():
    rules = yaml.safe_load((DEPLOY / "examples" / "ess-rules.yaml").read_text())
    assert yaml.safe_load((CHART / "ci" / "ess-values.yaml").read_text())["rulesConfig"] == rules
    config = one(chart({"rulesConfig": rules}), "ConfigMap")
    assert yaml.safe_load(config["data"]["rules.yaml"]) == rules


def test_another_release_has_other_names():
    items = chart(name="prod", namespace="watch")
    assert list(faults_of_set(items)) == []
    names = {item["metadata"]["name"].removesuffix("-leader-election") for item in items}
    assert names == {"prod-kube-ha-exporter"}
    assert {item["metadata"].get("namespace", "watch") for item in items} == {"watch"}


def test_every_value_is_switched():
    assert sorted(SWITCHED) == sorted(leaves(VALUES))


@pytest.mark.parametrize("path", SWITCHED)
def test_a_value_switched_once(path):
    value, beside, expected = SWITCHED[path]
    before = chart(beside) if beside else default_chart()
    after = chart(merged(beside, path, value))
    assert after != before
    if expected:
        assert expected in json.dumps(after) and expected not in json.dumps(before)
    faults = list(faults_of_set(after))
    if path == "serviceAccount.create":
        faults = [fault for fault in faults if not fault.endswith("ServiceAccount default is not there")]
    assert faults == []


DEFAULT = []


def default_chart():
    """The chart without values, rendered once."""
    if not DEFAULT:
        DEFAULT.append(json.dumps(chart()))
    return json.loads(DEFAULT[0])


def test_what_is_switched_off_is_gone():
    items = chart({"rbac": {"create": False}, "networkPolicy": {"enabled": False},
                   "podDisruptionBudget": {"enabled": False}, "serviceAccount": {"create": False, "name": "x"}})
    assert sorted(item["kind"] for item in items) == ["Deployment", "Service"]


def test_the_pods_are_restricted():
    spec = one(default_chart(), "Deployment")["spec"]["template"]["spec"]
    assert list(faults_of_restricted(spec)) == []


def test_openshift_chooses_the_user():
    """Null takes a default away: the namespace's range of users is then the cluster's to give."""
    items = chart({"podSecurityContext": {"runAsUser": None, "runAsGroup": None, "fsGroup": None}})
    context = one(items, "Deployment")["spec"]["template"]["spec"]["securityContext"]
    assert context == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}


@pytest.mark.parametrize("values, word", [
    ({"imgae": {"tag": "1"}}, "imgae"),
    ({"image": {"tga": "1"}}, "tga"),
    ({"serviceMonitor": {"enable": True}}, "enable"),
    ({"networkPolicy": {"egress": {"port": []}}}, "port"),
    ({"etcd": {"existingSecrets": "x"}}, "existingSecrets"),
    ({"dashboards": {"runbookURL": "https://x"}}, "runbookURL"),
    ({"prometheusRule": {"runbookURL": "https://x"}}, "runbookURL"),
    ({"prometheusRule": {"dashboardUrl": "https://x {{ y }}"}}, "dashboardUrl"),
    ({"rulesConfig": {"rules": {"bare-pod": {"enable": False}}}}, "enable"),
    ({"resources": {"limit": {}}}, "limit"),
    ({"affinity": {"podAffinities": {}}}, "podAffinities"),
    ({"replicaCount": -1}, "replicaCount"),
    ({"image": {"pullPolicy": "always"}}, "pullPolicy"),
    ({"extraArgs": ["log-level=debug"]}, "extraArgs"),
    ({"etcd": {"endpoints": ["10.0.0.1:2379"]}}, "endpoints"),
    ({"serviceMonitor": {"interval": "soon"}}, "interval"),
])
def test_the_schema_refuses(values, word):
    told = helm(values=values)
    assert told.returncode != 0 and "schema" in told.stderr and word in told.stderr, told.stderr


def test_a_quota_without_a_class_is_refused():
    told = helm(values={"resourceQuota": {"enabled": True}})
    assert told.returncode != 0 and "priorityClassName" in told.stderr


def test_the_schema_knows_every_value():
    def known(schema, values, path=""):
        assert schema.get("additionalProperties") is False or not values or path.split(".")[0] in OPEN, path
        for key, value in values.items():
            properties = schema.get("properties", {})
            if path.split(".")[0] not in OPEN:
                assert key in properties, f"{path}.{key}"
            if isinstance(value, dict):
                known(properties.get(key, {}), value, f"{path}.{key}" if path else key)
    # Whatever Kubernetes allows there.
    OPEN = {"podSecurityContext", "securityContext", "nodeSelector", "resources"}
    known(json.loads((CHART / "values.schema.json").read_text()), VALUES)


def test_versions_agree():
    """The chart, the kustomization, the image and the program are of one version."""
    version = re.search(r'version = "([^"]+)"', (ROOT / "Sources/Collection/BuildInfo.swift").read_text())[1]
    metadata = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert (metadata["version"], metadata["appVersion"]) == (version, version)
    container = one(overlay("default"), "Deployment")["spec"]["template"]["spec"]["containers"][0]
    assert container["image"] == f"kube-ha-exporter:{version}"
    assert f"ARG VERSION={version}\n" in (DEPLOY / "container" / "Containerfile").read_text()
    label = re.compile(r"app\.kubernetes\.io/version: (.+)")
    dashboards = ROOT / "dashboards" / "kustomization.yaml"
    rules = DEPLOY / "prometheus" / "prometheusrule.yaml"
    for file in [*KUBERNETES.rglob("*.yaml"), *(DEPLOY / "examples").glob("*.yaml"), dashboards, rules]:
        assert set(label.findall(file.read_text())) <= {version}, file
