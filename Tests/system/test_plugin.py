"""A credential plugin that hangs: the program does not, and leaves nothing of it behind."""

import signal
import subprocess

import pytest

from conftest import DEADLINE, wait_for


@pytest.fixture
def kubeconfig(tmp_path):
    """A plugin that starts a program and waits for it, as shells do; both write down their numbers."""
    plugin = tmp_path / "plugin"
    plugin.write_text(
        "#!/bin/sh\ncd \"$(dirname \"$0\")\"\nsleep 1000 & echo $! > child\necho $$ > pid.part\nmv pid.part pid\nwait\n")
    plugin.chmod(0o700)
    file = tmp_path / "config"
    file.write_text(
        "current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\n"
        "clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n"
        "users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, "
        "interactiveMode: Never}}}]\n")
    return file


def are_gone(folder):
    for name in ("pid", "child"):
        try:
            status = open(f"/proc/{(folder / name).read_text().strip()}/stat").read()
            if status.rsplit(")", 1)[1].split()[0] not in "ZX":
                return False
        except OSError:
            pass
    return True


@pytest.mark.parametrize("command", ["serve", "report", "capture"])
def test_a_signal_ends_a_plugin_that_hangs(program, kubeconfig, tmp_path, command):
    arguments = {
        "serve": ["--web.listen-address", "127.0.0.1:0"],
        "report": ["--wait", "10m"],
        "capture": [str(tmp_path / "recording")],
    }[command]
    process = subprocess.Popen(
        [program, command, "--kubeconfig", kubeconfig, *arguments], stderr=subprocess.PIPE, text=True)
    wait_for(lambda: (tmp_path / "pid").exists(), "the plugin to run")
    process.send_signal(signal.SIGTERM)
    errors = process.communicate(timeout=DEADLINE)[1]
    assert "30 s" not in errors, "the plugin's own limit"
    # By the signal, or as without an answer where the end of the plugin was noticed first.
    assert process.returncode in ([0] if command == "serve" else [-signal.SIGTERM, 2])
    wait_for(lambda: are_gone(tmp_path), "the plugin and what it started to be gone")


def test_the_end_of_wait_ends_a_plugin_that_hangs(program, kubeconfig, tmp_path):
    result = subprocess.run(
        [program, "report", "--kubeconfig", kubeconfig, "--wait", "1s"], capture_output=True, text=True,
        timeout=DEADLINE)
    assert result.returncode == 2
    assert "30 s" not in result.stderr, "the plugin's own limit"
    assert result.stderr.count("\n") == 1
    wait_for(lambda: are_gone(tmp_path), "the plugin and what it started to be gone")
