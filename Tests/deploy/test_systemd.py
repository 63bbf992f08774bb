"""The unit, by systemd's own checks."""

import re

from conftest import DEPLOY, run

UNIT = DEPLOY / "systemd" / "kube-ha-exporter.service"


def settings():
    """{name: [values]} of the section Service; commented lines are not among them."""
    found = {}
    for name, value in re.findall(r"^([A-Z]\w+)=(.*)$", UNIT.read_text(), re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def installed(tmp_path):
    """The unit with a program that is there on this machine: `verify` looks for it."""
    text = UNIT.read_text()
    assert text.count("/usr/local/bin/kube-ha-exporter serve") == 1
    unit = tmp_path / UNIT.name
    unit.write_text(text.replace("/usr/local/bin/kube-ha-exporter serve", "/bin/true serve"))
    return unit


def test_verify(tmp_path):
    told = run("systemd-analyze", "verify", "--man=no", installed(tmp_path))
    # What it says of a unit comes as text; some of it with a return code of 0.
    lines = [line for line in (told.stdout + told.stderr).splitlines() if UNIT.name in line]
    assert (told.returncode, lines) == (0, [])


def test_exposure_is_under_two(tmp_path):
    told = run("systemd-analyze", "security", "--offline=true", "--threshold=20", installed(tmp_path))
    score = re.search(r"Overall exposure level for \S+: ([\d.]+)", told.stdout)
    assert score, told.stdout + told.stderr
    assert float(score[1]) < 2.0 and told.returncode == 0, told.stdout


def test_it_is_limited_and_comes_back():
    found = settings()
    assert found["DynamicUser"] == ["yes"] and found["ProtectSystem"] == ["strict"]
    assert found["Restart"] == ["on-failure"] and found["RestartPreventExitStatus"] == ["64"]
    assert found["MemoryMax"] == ["256M"]


def test_every_credential_is_used():
    text = re.sub(r"^#(?=[A-Z]\w+=)", "", UNIT.read_text(), flags=re.MULTILINE)
    credentials = set(re.findall(r"^LoadCredential=([^:]+):", text, re.MULTILINE))
    assert credentials == set(re.findall(r"=%d/(\S+)$", text, re.MULTILINE)) and "kubeconfig" in credentials
