"""What the built program is made of and what it costs."""

import subprocess

from conftest import ROOT, Exporter, FIXTURES


def test_full_foundation_is_not_linked(program):
    told = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    linked = {line.split()[0] for line in told.splitlines() if line.strip()}
    assert not {name for name in linked if name.startswith(("libFoundation.so", "libFoundationNetworking",
                                                            "libFoundationInternationalization", "lib_FoundationICU"))}


def test_resident_memory_stays_below_40_mb(program):
    exporter = Exporter(program, "--from", str(FIXTURES / "three-zone-degraded"))
    try:
        for _ in range(20):
            exporter.get("/metrics", Accept_Encoding="gzip")
            exporter.get("/metrics")
        status = open(f"/proc/{exporter.process.pid}/status").read()
        resident = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))
        assert resident < 40 * 1024, f"{resident} KiB resident"
    finally:
        exporter.stop()


def test_readme_references_are_those_of_the_program(program):
    readme = (ROOT / "README.md").read_text()
    for name in ("metrics", "rules"):
        told = subprocess.run([program, name, "--markdown"], capture_output=True, text=True, check=True).stdout.strip()
        start, end = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
        written = readme[readme.index(start) + len(start):readme.index(end)].strip()
        assert written == told, f"README.md is behind: put the output of `kube-ha-exporter {name} --markdown` there"
