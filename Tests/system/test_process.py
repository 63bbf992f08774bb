"""What the program does with the descriptors and files that it is given."""

import os
import shutil
import socket
import subprocess
import urllib.request

import pytest

from conftest import DEADLINE, FIXTURES, wait_for

RECORDING = str(FIXTURES / "three-zone-healthy")


def run(*arguments, **options):
    options.setdefault("stdout", subprocess.PIPE)
    return subprocess.run(
        arguments, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, timeout=DEADLINE, **options)


@pytest.mark.parametrize("arguments", [["report", "--from", RECORDING], ["metrics"], ["rules"], ["--version"]])
def test_what_cannot_be_written_is_no_success(program, arguments):
    """/dev/full fails as a full disk does (full(4)); 74 is EX_IOERR."""
    with open("/dev/full", "w") as full:
        result = run(program, *arguments, stdout=full)
    assert result.returncode == 74
    assert result.stderr == "kube-ha-exporter: cannot write to standard output: No space left on device\n"


def test_a_reader_that_has_seen_enough_is_no_error(program):
    result = run("bash", "-c", '"$0" metrics | head -n 1; exit ${PIPESTATUS[0]}', program)
    assert (result.returncode, result.stdout.count("\n"), result.stderr) == (0, 1, "")


@pytest.fixture
def pipe(tmp_path):
    """A named pipe that nobody writes to."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


@pytest.mark.parametrize("file", ["pipe", "/dev/zero"])
@pytest.mark.parametrize("what", ["kubeconfig", "token", "rules", "recording"])
def test_what_is_no_regular_file_is_refused(program, tmp_path, pipe, what, file):
    path = pipe if file == "pipe" else file
    if what == "kubeconfig":
        arguments = ["--kubeconfig", path]
    elif what == "token":
        (tmp_path / "config").write_text(
            "current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\n"
            "clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n"
            f"users: [{{name: u, user: {{tokenFile: {path}}}}}]\n")
        arguments = ["--kubeconfig", tmp_path / "config"]
    elif what == "rules":
        arguments = ["--from", RECORDING, "--rules-config", path]
    else:
        shutil.copytree(RECORDING, tmp_path / "recording")
        (tmp_path / "recording" / "core_v1_pods.json").unlink()
        (tmp_path / "recording" / "core_v1_pods.pb").unlink()
        (tmp_path / "recording" / "core_v1_pods.pb").symlink_to(path)
        arguments = ["--from", tmp_path / "recording"]
    result = run(program, "report", *map(str, arguments))
    assert result.returncode in (2, 64)
    assert "not a regular file" in result.stderr and result.stderr.count("\n") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
@pytest.mark.parametrize("arguments", [["metrics"], ["report", "--from", RECORDING, "--output", "json"], []])
def test_arguments_are_read_without_proc(program, arguments):
    here = run(program, *arguments, "--version")
    hidden = run("unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /proc && exec "$0" "$@"', program, *arguments,
                 "--version")
    assert (hidden.returncode, hidden.stdout) == (here.returncode, here.stdout)
    assert hidden.stdout.startswith("kube-ha-exporter ")


def test_closed_descriptors_are_not_given_to_others(program):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        ["sh", "-c", 'exec "$0" "$@" <&- >&- 2>&-', program, "serve", "--from", RECORDING, "--web.listen-address",
         f"127.0.0.1:{port}"])
    try:
        url = f"http://127.0.0.1:{port}/livez"
        wait_for(lambda: urllib.request.urlopen(url, timeout=DEADLINE).status == 200, "an answer")
        opened = [os.readlink(f"/proc/{process.pid}/fd/{descriptor}") for descriptor in range(3)]
        assert opened == ["/dev/null"] * 3
    finally:
        process.terminate()
        assert process.wait(DEADLINE) == 0
