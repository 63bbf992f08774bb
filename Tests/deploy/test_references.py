"""What files under deploy/ say of the program: flags, variables, rules, values."""

import os
import re
import subprocess

import pytest
import yaml

import references
from conftest import CHART, DEPLOY, KUBERNETES, OVERLAYS, ROOT, chart, one, overlay, run

COMMAND = ".venv/bin/python Tests/deploy/write-references.py PROGRAM"


@pytest.fixture(scope="module")
def flags(program):
    return references.flags(program)


@pytest.fixture(scope="module")
def known(flags):
    return {f"--{references.name(item)}" for item in flags}


def used(text):
    """The flags of `serve` and the variables that a text names."""
    return (set(re.findall(r"(?<![\w-])--(?:etcd|expected|upgrade|web|probe|rules|metric|workload|log|namespaces|resources|"
                           r"kubeconfig|leader|dns|rbac|finding|stale|interval)[\w.-]*\w", text)),
            set(re.findall(r"KUBE_HA_EXPORTER_[A-Z][A-Z_]*[A-Z]", text)))


def test_the_reference_of_flags_is_up_to_date(program):
    text = (DEPLOY / "README.md").read_text()
    assert references.replaced(text, "flags", references.flag_table(program)) == text, f"run {COMMAND}"


def test_the_environment_file_is_up_to_date(program):
    file = DEPLOY / "systemd" / "kube-ha-exporter.env"
    assert file.read_text() == references.environment_file(program), f"run {COMMAND}"


def test_the_environment_file_sets_nothing():
    text = (DEPLOY / "systemd" / "kube-ha-exporter.env").read_text()
    assert [line for line in text.splitlines() if line and not line.startswith("#")] == []


def test_the_reference_of_values_is_up_to_date():
    text = (CHART / "README.md").read_text()
    assert references.replaced(text, "values", references.value_table(CHART / "values.yaml")) == text, f"run {COMMAND}"


def test_every_value_is_described():
    """Each value, or the map that it is in."""
    described = set(re.findall(r"^\| `([^`]+)`", references.value_table(CHART / "values.yaml"), re.MULTILINE))

    def missing(values, path=()):
        for key, value in values.items():
            name = ".".join((*path, key))
            if name in described:
                continue
            if isinstance(value, dict) and value:
                yield from missing(value, (*path, key))
            else:
                yield name
    assert list(missing(yaml.safe_load((CHART / "values.yaml").read_text()))) == []


def test_the_scrape_configuration_is_one(tmp_path):
    text, = (text for text in re.findall(r"```yaml\n(.*?)```", (DEPLOY / "README.md").read_text(), re.DOTALL)
             if "scrape_configs" in text)
    configuration = yaml.safe_load(text)
    # Debian's Prometheus is built without this kind of discovery: the rest is checked by promtool.
    discovery, = configuration["scrape_configs"][0].pop("kubernetes_sd_configs")
    assert discovery == {"role": "endpointslice", "namespaces": {"names": ["kube-ha-exporter"]}}
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(configuration))
    told = run("promtool", "check", "config", tmp_path / "prometheus.yml")
    assert told.returncode == 0, told.stdout + told.stderr


def arguments():
    """(where, container) of everything that starts the program."""
    for name in OVERLAYS:
        yield name, one(overlay(name), "Deployment")["spec"]["template"]["spec"]["containers"][0]
    yield "chart", one(chart({
        "etcd": {"endpoints": ["https://a:2379"], "existingSecret": "etcd", "serverName": "x"},
        "rulesConfig": {"rules": {"bare-pod": {"enabled": False}}}}),
        "Deployment")["spec"]["template"]["spec"]["containers"][0]


def test_every_flag_and_variable_exists(known, flags):
    variables = {references.variable(item) for item in flags}
    seen = set()
    for where, container in arguments():
        command, *rest = container["args"]
        assert command == "serve"
        seen |= set(rest)
        assert {argument.split("=")[0] for argument in rest} <= known, where
        assert {variable["name"] for variable in container.get("env", [])} <= variables, where
    assert seen


@pytest.mark.parametrize("file", sorted(
    str(path.relative_to(ROOT)) for path in [DEPLOY / "README.md", CHART / "README.md", CHART / "values.yaml",
                                             *(DEPLOY / "systemd").iterdir(), *KUBERNETES.rglob("*.yaml"),
                                             *(CHART / "templates").iterdir()]))
def test_every_flag_that_is_named_exists(file, known, flags):
    named, variables = used((ROOT / file).read_text())
    # Those that Kubernetes adds where service links are on.
    variables -= {"KUBE_HA_EXPORTER_PORT"}
    assert named <= known and variables <= {references.variable(item) for item in flags}


def test_the_rules_for_ess_are_read(program, tmp_path):
    """By the program, with a recorded cluster: a rule that does not exist ends it with a line that names it."""
    file = DEPLOY / "examples" / "ess-rules.yaml"

    def report(path):
        return subprocess.run(
            [program, "report", "--from", str(ROOT / "Tests/Fixtures/three-zone-healthy"), "--rules-config", str(path),
             "--fail-on", "never"],
            capture_output=True, text=True, timeout=60, check=False, env={"PATH": os.environ["PATH"]})
    told = report(file)
    assert told.returncode in (0, 2) and "rules-config" not in told.stderr, told.stderr
    broken = tmp_path / "rules.yaml"
    broken.write_text(file.read_text().replace("ingress-backend-unavailable", "ingress-backend-gone"))
    assert "ingress-backend-gone" in report(broken).stderr


def test_the_readme_lists_every_overlay_and_component():
    text = (DEPLOY / "README.md").read_text()
    listed = {name for row in re.findall(r"^\| (`[^|]+`) \|", text, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)}
    folders = {path.name for kind in ("overlays", "components") for path in (KUBERNETES / kind).iterdir()}
    assert folders - listed == set()
