"""`report` as a step of a pipeline: what it prints and how it ends."""

import json
import subprocess

import jsonschema
import pytest

from conftest import FIXTURES, ROOT


def report(program, recording, *arguments, **environment):
    return subprocess.run(
        [program, "report", "--from", str(FIXTURES / recording), *arguments], capture_output=True, text=True,
        env={"PATH": "/usr/bin", **environment}, timeout=60)


def test_degraded_names_what_is_wrong(program):
    told = report(program, "three-zone-degraded", "--severity", "info", "--all")
    assert told.returncode == 1, told.stderr
    for wanted in [
        "cp-2", "cp-3", "tolerance 0", "192.0.2.12:6443", "shop/api", "shop/never-moves", "shop/single", "shop/web",
        "data/postgres", "shop/overlap-a", "shop/overlap-b", "matches-nothing",
    ]:
        assert wanted in told.stdout, wanted
    assert "\x1b" not in told.stdout, "no colour where the output is not a terminal"


def test_degraded_groups_by_cause(program):
    """The causes that are worked out by hand in RecordedCausesTests: the lost node once, with what it explains."""
    told = report(program, "three-zone-degraded", "--output", "json")
    causes = {(c["cause"]["object"]["kind"], c["cause"]["object"]["name"]): c for c in json.loads(told.stdout)["causes"]}
    explained = {(f["rule"], f["object"]["name"]) for f in causes["Node", "worker-00005"]["consequences"]}
    assert {("workload-deficit", "web"), ("workload-deficit", "coredns"), ("cluster-dns-single-node", "kube-dns")} <= explained
    assert {f["rule"] for f in causes["Node", "cp-2"]["findings"]} == {"master-not-ready", "node-not-ready"}
    assert causes["Node", "cp-2"]["consequences"] == []


@pytest.mark.parametrize("recording", ["three-zone-healthy", "three-zone-degraded", "etcd-quorum-lost"])
@pytest.mark.parametrize("asked", [[], ["--node", "worker-00001"], ["--zone", "zone-a"], ["--drain", "worker-00001"],
                                   ["--upgrade-to", "1.37"]])
def test_json_is_what_its_schema_says(program, recording, asked):
    schema = json.loads((ROOT / "deploy/report.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    told = report(program, recording, "--output", "json", *asked)
    jsonschema.Draft202012Validator(schema).validate(json.loads(told.stdout))


@pytest.mark.parametrize("arguments", [["--node", "a", "--zone", "b"], ["--upgrade-to", "soon"], ["--upgrade-to", "2.1"],
                                       ["--drain", ""]])
def test_a_question_that_cannot_be_meant_is_64(program, arguments):
    told = report(program, "three-zone-healthy", *arguments)
    assert told.returncode == 64, told.stdout
    assert arguments[-2] in told.stderr


def test_a_drain_that_is_not_safe_is_1(program):
    """A budget over the single replica of shop/single never lets its pod go: core_v1_pods.json has it on worker-00001."""
    told = report(program, "three-zone-healthy", "--drain", "worker-00001")
    assert told.returncode == 1, told.stdout + told.stderr
    assert "shop/single" in told.stdout


def test_a_drain_of_an_unknown_node_is_2(program, copy):
    assert report(program, "three-zone-healthy", "--drain", "no-such-node").returncode == 2
    (copy / "sources.json").write_text('{"poddisruptionbudgets": "forbidden"}')
    assert report(program, copy, "--drain", "worker-00001").returncode == 2


def test_an_upgrade_with_blockers_is_1(program):
    """The recording is of 1.36: two minor versions at once, and a budget that never lets its pods go."""
    told = report(program, "three-zone-healthy", "--upgrade-to", "1.38")
    assert told.returncode == 1, told.stdout
    assert "1.37 comes before 1.38" in told.stdout


def test_an_upgrade_of_which_nothing_is_known_is_2(program):
    assert report(program, "etcd-quorum-lost", "--upgrade-to", "1.37").returncode == 2


def test_the_example_for_ess_exempts_what_runs_once_by_design(program):
    rules = ROOT / "deploy/examples/ess-rules.yaml"
    told = report(program, "three-zone-healthy", "--rules-config", str(rules), "--output", "json")
    document = json.loads(told.stdout)
    single = {f["object"]["name"] for f in document["findings"] if f["rule"] == "workload-single-replica"}
    assert "synapse-main" not in single and "matrix-authentication-service" in single
    synapse = document["exemptions"][0]
    assert [f["object"]["name"] for f in synapse["findings"]] == ["synapse-main"] and not synapse["is_unused"]
    shown = report(program, "three-zone-healthy", "--rules-config", str(rules)).stdout
    assert synapse["reason"] in shown and "matches nothing" in shown


def test_markdown_says_the_same(program):
    told = report(program, "three-zone-degraded", "--output", "markdown")
    assert told.returncode == 1
    for wanted in ["**loss of any node**", "Node worker-00005", "| `etcd` |"]:
        assert wanted in told.stdout, wanted


def findings(told):
    return {(f["rule"], f["object"]["namespace"], f["object"]["name"]) for f in json.loads(told.stdout)["findings"]}


def test_json_tells_healthy_and_degraded_apart(program):
    healthy = findings(report(program, "three-zone-healthy", "--output", "json"))
    degraded = findings(report(program, "three-zone-degraded", "--output", "json"))
    for finding in [("pdb-exhausted", "shop", "web"), ("pdb-exhausted", "data", "postgres"),
                    ("master-not-ready", "", "cp-2"), ("etcd-member-unhealthy", "", "cp-3"),
                    ("apiserver-not-ready", "", "192.0.2.12:6443"), ("etcd-no-tolerance", "", "main")]:
        assert finding in degraded and finding not in healthy, finding
    for finding in [("pdb-single-replica", "shop", "single"), ("pdb-matches-nothing", "shop", "matches-nothing"),
                    ("pdb-blocks-drain", "shop", "never-moves"), ("pdb-blocks-drain", "shop", "overlap-a"),
                    ("pdb-blocks-drain", "shop", "overlap-b"), ("workload-zone-pinned", "shop", "api")]:
        assert finding in degraded and finding in healthy, finding


def test_quorum_lost_is_critical_whatever_is_unknown(program):
    told = report(program, "etcd-quorum-lost", "--output", "json")
    assert told.returncode == 1
    assert ("etcd-quorum-lost", "", "main") in findings(told)


@pytest.mark.parametrize("level, code", [("critical", 0), ("warning", 1), ("info", 1), ("never", 0)])
def test_healthy_fails_on_what_is_asked(program, level, code):
    told = report(program, "three-zone-healthy", "--fail-on", level)
    assert told.returncode == code, told.stdout + told.stderr


@pytest.fixture
def copy(tmp_path):
    import shutil
    folder = tmp_path / "recording"
    shutil.copytree(FIXTURES / "three-zone-healthy", folder)
    return folder


def test_unknown_is_2(program, copy):
    (copy / "sources.json").write_text('{"pods": "forbidden"}')
    told = report(program, copy)
    assert told.returncode == 2
    assert "pods" in told.stdout and "forbidden" in told.stdout


def one_line(told, *words):
    lines = told.stderr.strip().splitlines()
    assert len(lines) == 1, told.stderr
    for word in words:
        assert word in lines[0], f"{word!r} in {lines[0]!r}"


def test_bad_input_gets_one_clear_line(program, copy):
    told = report(program, "no-such-folder")
    assert told.returncode == 2
    one_line(told, "no-such-folder")

    pods = copy / "core_v1_pods.pb"
    whole = pods.read_bytes()
    pods.write_bytes(whole[: len(whole) // 2])
    told = report(program, copy)
    assert told.returncode == 2
    one_line(told, "core_v1_pods.pb")
    pods.write_bytes(whole)

    probes = copy / "probes.jsonl"
    probes.write_text(probes.read_text() + "{garbage\n")
    told = report(program, copy)
    assert told.returncode == 2
    one_line(told, "probes.jsonl", "line")


@pytest.mark.parametrize("arguments, words, code", [
    (["serve", "--no-such-flag"], ["--no-such-flag"], 64),
    (["serve", "--from", "x", "--interval", "soon"], ["--interval", "soon"], 64),
    (["report", "--output", "yaml", "--from", "x"], ["yaml"], 64),
])
def test_wrong_usage_is_64(program, arguments, words, code):
    told = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=60)
    assert told.returncode == code, told.stderr
    for word in words:
        assert word in told.stderr, told.stderr


def test_a_bad_environment_variable_is_named(program):
    told = subprocess.run(
        [program, "serve", "--from", str(FIXTURES / "three-zone-healthy")], capture_output=True, text=True, timeout=60,
        env={"PATH": "/usr/bin", "KUBE_HA_EXPORTER_INTERVAL": "soon"})
    assert told.returncode == 64
    assert "KUBE_HA_EXPORTER_INTERVAL" in told.stderr and "soon" in told.stderr


def test_a_port_in_use_is_one_line(program, exporter):
    told = subprocess.run(
        [program, "serve", "--from", str(FIXTURES / "three-zone-healthy"), "--web.listen-address", exporter.address],
        capture_output=True, text=True, timeout=60)
    assert told.returncode == 1
    named = [line for line in told.stderr.splitlines() if exporter.address in line]
    assert len(named) == 1 and "in use" in named[0].lower(), told.stderr
