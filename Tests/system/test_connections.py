"""Clients that are hostile, slow or old, and what the system does not give: real connections to the built program."""

import os
import re
import resource
import socket
import subprocess

import pytest

from conftest import DEADLINE, FIXTURES, Exporter, wait_for

GET = b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture
def served(program):
    running = Exporter(program, "--from", str(FIXTURES / "three-zone-degraded"))
    yield running
    assert running.stop() == 0, "\n".join(running.lines)


def connect(running, source="127.0.0.1"):
    host, port = running.address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=DEADLINE, source_address=(source, 0))


def read_all(connection):
    received = b""
    while part := connection.recv(65536):
        received += part
    return received


def is_answered(connection):
    """False where the server closed it, by an end or a reset."""
    try:
        connection.sendall(GET % b"/livez")
        return connection.recv(65536).startswith(b"HTTP/1.1 200 ")
    except ConnectionError:
        return False


@pytest.mark.parametrize("path", ["/metrics", "/livez", "/nothing"])
def test_an_http_1_0_answer_ends_by_closing(served, path):
    """RFC 9112, 6.1: no chunks to a client of HTTP/1.0."""
    with connect(served) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".encode())
        head, body = read_all(connection).split(b"\r\n\r\n", 1)
    assert head.startswith(b"HTTP/1.0 ")
    names = {line.split(b":")[0].lower() for line in head.split(b"\r\n")[1:]}
    assert b"transfer-encoding" not in names
    assert b"connection: close" in head.lower()
    if path == "/metrics":
        assert body.startswith(b"# ") and body.rstrip().split(b"\n")[-1].startswith(b"process_")


def test_connections_of_one_address_are_limited(served):
    held = [connect(served) for _ in range(64)]
    assert all(map(is_answered, held))
    with connect(served) as one_more:
        assert not is_answered(one_more)
    with connect(served, "127.0.0.2") as other:
        assert is_answered(other)
    held.pop().close()

    def again():
        with connect(served) as connection:
            return is_answered(connection)

    wait_for(again, "a connection in the place of one that was closed")
    assert all(map(is_answered, held))
    for connection in held:
        connection.close()


@pytest.mark.parametrize("beginning", [b"", b"GET /metrics HTTP/1.1\r\nHost: loc"])
def test_a_connection_without_a_request_is_closed(served, beginning):
    with connect(served) as connection:
        connection.sendall(beginning)
        # Within 60 s, as all that is waited for here; ten minutes before there was a limit.
        assert connection.recv(1) == b""


def test_a_larger_head_is_refused(served):
    with connect(served) as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Large: " + b"a" * (17 << 10) + b"\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 400 ")


def test_requests_that_were_sent_at_once_are_answered_in_order(served):
    paths = [b"/livez", b"/nothing", b"/readyz"] * 60
    with connect(served) as connection:
        connection.sendall(b"".join(GET % path for path in paths))
        connection.shutdown(socket.SHUT_WR)
        received = read_all(connection)
    codes = re.findall(rb"HTTP/1\.1 (\d+) ", received)
    assert codes == [b"404" if path == b"/nothing" else b"200" for path in paths]


def anonymous_memory(running):
    status = open(f"/proc/{running.process.pid}/status").read()
    return int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]) << 10


def answered(served):
    """How many scrapes were answered so far by code, asked from another address than the attack comes from."""
    with connect(served, "127.0.0.2") as connection:
        connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        received = read_all(connection)
    assert received.startswith(b"HTTP/1.1 200 ")
    found = re.findall(rb'kube_ha_exporter_http_requests_total\{path="/metrics",code="(\d+)"\} (\d+)', received)
    return {int(code): int(count) for code, count in found}, len(received)


def test_answers_that_nobody_reads_are_not_made(served):
    """20 connections that ask 50 times each for an exposition of 170 kB. What is made lies in memory: the exporter's, or
    that of its sockets."""
    before, _ = answered(served)
    memory = anonymous_memory(served)
    attackers = [connect(served) for _ in range(20)]
    for attacker in attackers:
        attacker.sendall((GET % b"/metrics") * 50)
    totals = [0]

    def is_standing_still():
        totals.append(sum(answered(served)[0].values()))
        # Our own question is one of them.
        return totals[-2] > 20 and totals[-1] == totals[-2] + 1

    wait_for(is_standing_still, "no further answer to be made")
    after, size = answered(served)
    made = after[200] - before.get(200, 0) - len(totals)
    assert made * size < 50 << 20
    assert after.get(503, 0) > 0, "eight expositions are sent to one address at a time"
    assert anonymous_memory(served) - memory < 50 << 20
    for attacker in attackers:
        attacker.close()


def test_accepting_goes_on_after_descriptors_ran_out(served):
    """One line, and no attempt after the other: accept fails at once, and the socket stays readable."""
    pid = served.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    assert before[0] == before[1], "the soft limit is raised to the hard one"
    warm = connect(served)
    assert is_answered(warm)
    highest = max(map(int, os.listdir(f"/proc/{pid}/fd")))
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (highest + 1, before[1]))
    waiting = [connect(served) for _ in range(4)]
    line = wait_for(lambda: served.find(r"level=warning .*cannot accept connections.*"), "the line")[0]
    assert "Too many open files" in line
    resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
    assert all(map(is_answered, waiting))
    assert is_answered(warm)
    assert sum("cannot accept connections" in line for line in served.lines) == 1
    for connection in [warm, *waiting]:
        connection.close()


@pytest.mark.parametrize("limit", [20, 40, 63])
def test_a_limit_that_is_too_low_is_told(program, limit):
    result = subprocess.run(
        ["prlimit", f"--nofile={limit}:{limit}", program, "metrics"], capture_output=True, text=True,
        timeout=DEADLINE)
    assert result.returncode == 71
    assert result.stderr.count("\n") == 1 and f"at most {limit} files" in result.stderr
