"""What the built program is made of and what it costs."""

import os
import subprocess

import pytest

from conftest import ROOT, Exporter, FIXTURES


def test_full_foundation_is_not_linked(program):
    told = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    linked = {line.split()[0] for line in told.splitlines() if line.strip()}
    assert not {name for name in linked if name.startswith(("libFoundation.so", "libFoundationNetworking",
                                                            "libFoundationInternationalization", "lib_FoundationICU"))}


def test_anonymous_memory_stays_below_16_mb(program):
    """Anonymous memory is what a cgroup cannot take back: pages of the program's file are read again where needed."""
    exporter = Exporter(program, "--from", str(FIXTURES / "three-zone-degraded"))
    try:
        for _ in range(20):
            exporter.get("/metrics", Accept_Encoding="gzip")
            exporter.get("/metrics")
        status = open(f"/proc/{exporter.process.pid}/status").read()
        anonymous = int(next(line.split()[1] for line in status.splitlines() if line.startswith("RssAnon")))
        assert anonymous < 16 * 1024, f"{anonymous} KiB anonymous"
    finally:
        exporter.stop()


def test_the_commit_is_the_one_that_was_built(program):
    """Tests/run hands it to the build as SOURCE_REVISION; without, it is not known what was built."""
    revision = os.environ.get("SOURCE_REVISION")
    if not revision:
        pytest.skip("SOURCE_REVISION is not set: run Tests/run")
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    assert f"(revision {revision}, " in told
    exporter = Exporter(program, "--from", str(FIXTURES / "three-zone-healthy"))
    try:
        assert f'kube_ha_exporter_build_info{{version="0.1.0",revision="{revision}",' in exporter.get("/metrics")[2].decode()
    finally:
        exporter.stop()


def test_the_references_are_those_of_the_program(program):
    reference = (ROOT / "deploy" / "reference.md").read_text()
    for name in ("metrics", "rules"):
        told = subprocess.run([program, name, "--markdown"], capture_output=True, text=True, check=True).stdout.strip()
        start, end = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
        written = reference[reference.index(start) + len(start):reference.index(end)].strip()
        assert written == told, "run .venv/bin/python Tests/system/write-references.py PROGRAM"
