"""A recording that the program makes of a simulated cluster, and what it says of it afterwards."""

import json
import os
import pathlib
import subprocess
import urllib.request

import pytest

from simulator import Simulator


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    running = Simulator(
        tmp_path_factory.mktemp("capture"), "--nodes", "12", "--pods", "1240", "--pod-bytes", "4800")
    yield running
    assert running.stop() == 0, "\n".join(running.lines)


def run(program, *arguments):
    return subprocess.run([program, *arguments], capture_output=True, text=True, timeout=120, check=False)


def capture(program, simulator, folder, *arguments):
    flags = [flag for url in simulator.addresses["apiServers"] for flag in ("--probe.endpoint", url)]
    return run(program, "capture", str(folder), "--kubeconfig", str(simulator.kubeconfig), "--etcd.endpoints",
               ",".join(simulator.addresses["etcd"]), *flags, *arguments)


def objects(simulator, path):
    """How many objects a list has, as the simulator itself serves it: its length in items of protobuf."""
    request = urllib.request.Request(
        simulator.addresses["server"] + path, headers={"Accept": "application/vnd.kubernetes.protobuf"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return count_items(answer.read())


def varint(data, position):
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, position


def fields(data):
    position = 0
    while position < len(data):
        tag, position = varint(data, position)
        assert tag & 7 in (0, 2), tag
        length, position = varint(data, position)
        if tag & 7 == 2:
            yield tag >> 3, data[position:position + length]
            position += length


def count_items(data):
    assert data[:4] == b"k8s\0"
    raw = dict(fields(data[4:]))[2]
    return sum(1 for number, _ in fields(raw) if number == 2)


def report(program, folder):
    done = run(program, "report", "--from", str(folder), "--output", "json")
    assert done.returncode in (0, 1, 2), done.stderr
    return done.returncode, json.loads(done.stdout)


LISTS = {"core_v1_nodes.pb": "/api/v1/nodes", "core_v1_pods.pb": "/api/v1/pods",
         "apps_v1_deployments.pb": "/apis/apps/v1/deployments", "apps_v1_statefulsets.pb": "/apis/apps/v1/statefulsets",
         "apps_v1_daemonsets.pb": "/apis/apps/v1/daemonsets"}


@pytest.mark.parametrize("flags", [[], ["--redact"]], ids=["whole", "redacted"])
def test_a_recording_holds_what_the_cluster_holds(program, simulator, tmp_path, flags):
    folder = tmp_path / "recording"
    done = capture(program, simulator, folder, *flags)
    assert done.returncode == 0, done.stderr
    counts = {name: count_items((folder / name).read_bytes()) for name in LISTS}
    assert counts == {name: objects(simulator, path) for name, path in LISTS.items()}
    assert counts["core_v1_nodes.pb"] == 12 and counts["core_v1_pods.pb"] == 1240
    # A line a resource, with its objects and bytes, and one for the whole.
    assert f"pods: {counts['core_v1_pods.pb']} objects, " in done.stderr
    assert done.stderr.splitlines()[-1].endswith("sources recorded")
    assert done.stdout == ""
    assert json.loads((folder / "sources.json").read_text()) == {}
    assert not [name for name in os.listdir(folder) if name.endswith((".part", ".txt")) and name != "recorded-at.txt"]
    code, document = report(program, folder)
    assert code in (0, 1)
    assert {area["status"] for area in document["areas"]} <= {"ok", "warning", "critical", "info", "not_applicable"}
    assert all(not area["unknown_sources"] for area in document["areas"])


def test_redaction_changes_no_finding(program, simulator, tmp_path):
    found = []
    for folder, flags in ((tmp_path / "whole", []), (tmp_path / "redacted", ["--redact"])):
        assert capture(program, simulator, folder, *flags).returncode == 0
        found.append(sorted((finding["rule"], finding["object"]["kind"], finding["object"]["namespace"],
                             finding["object"]["name"]) for finding in report(program, folder)[1]["findings"]))
    assert found[0] == found[1]
    sizes = [(tmp_path / name / "core_v1_pods.pb").stat().st_size for name in ("whole", "redacted")]
    assert sizes[1] < sizes[0] / 3


def test_what_is_forbidden_is_unknown(program, simulator, tmp_path):
    folder = tmp_path / "recording"
    simulator.fault("POST", fault="forbidden", resource="persistentvolumeclaims")
    try:
        done = capture(program, simulator, folder)
    finally:
        simulator.fault("DELETE")
    assert done.returncode == 0, done.stderr
    assert "persistentvolumeclaims: forbidden (403 Forbidden" in done.stderr
    assert json.loads((folder / "sources.json").read_text()) == {"persistentvolumeclaims": "forbidden"}
    assert not (folder / "core_v1_persistentvolumeclaims.pb").exists()
    _, document = report(program, folder)
    storage = next(area for area in document["areas"] if area["name"] == "storage")
    assert storage["unknown_sources"] == [{"source": "persistentvolumeclaims", "state": "forbidden"}]
    assert storage["status"] == "unknown"


def test_a_folder_with_something_in_it_is_refused(program, simulator, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    done = capture(program, simulator, tmp_path)
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        f"kube-ha-exporter: {tmp_path} is not empty; name an empty folder, or one that does not exist yet")
    assert os.listdir(tmp_path) == ["notes.txt"]


def test_one_line_where_nothing_can_be_read(program, simulator, tmp_path):
    kubeconfig = tmp_path / "kubeconfig"
    text = pathlib.Path(simulator.kubeconfig).read_text()
    kubeconfig.write_text(text.replace(simulator.addresses["server"], "http://127.0.0.1:1"))
    assert kubeconfig.read_text() != text
    folder = tmp_path / "recording"
    done = run(program, "capture", str(folder), "--kubeconfig", str(kubeconfig), "--log-level", "error")
    assert done.returncode == 2
    assert done.stderr.startswith("kube-ha-exporter: cannot read http://127.0.0.1:1: cannot connect to 127.0.0.1")
    assert done.stderr.count("\n") == 1
    assert not folder.exists()


def test_what_is_unfinished_is_refused(program, simulator, tmp_path):
    folder = tmp_path / "recording"
    assert capture(program, simulator, folder, "--resources", "nodes").returncode == 0
    (folder / "capture-unfinished.txt").write_text("")
    for arguments in (("report", "--from", str(folder)), ("capture", str(folder), "--kubeconfig", simulator.kubeconfig)):
        done = run(program, *arguments)
        assert done.returncode == 2
        assert "holds a capture that did not finish" in done.stderr
