"""What the built program is made of and what it costs."""

import os
import subprocess
import sys

import pytest

from conftest import ROOT, Exporter, FIXTURES

sys.path.insert(0, str(ROOT / "Tests/scale"))

import binary

# What README says to install, and what C and C++ need.
LIBRARIES = {"libcurl", "libz", "libyaml-0", "libcrypt", "libc", "libm", "libstdc++", "libgcc_s", "ld-linux-x86-64",
             "ld-linux-aarch64"}


def test_only_known_libraries_are_linked(program):
    """Swift's own libraries are linked in; full Foundation and ICU are in none of what is loaded in the end."""
    assert set(binary.libraries(program)) <= LIBRARIES
    assert not [name for name in binary.all_libraries(program) if "Foundation" in name or "icu" in name.lower()]


def test_size_and_memory_at_rest_are_bounded(program):
    """The bounds stand an eighth above what was measured (README, «What it costs»); 8 MB at rest is the target."""
    assert binary.stripped_megabytes(program) < 40
    assert binary.idle_megabytes(program) < 8


def test_instructions_of_a_report_are_bounded(program):
    """Counted by callgrind, so that the load of the machine does not matter: runs differ by less than 0.1 %."""
    assert binary.instructions(program) < 170_000_000


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
