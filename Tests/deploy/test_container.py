"""The Containerfile and the list of what the image is made of."""

import json
import pathlib
import re
import subprocess
import sys

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from conftest import DEPLOY, ROOT, run

CONTAINER = DEPLOY / "container"
TEXT = (CONTAINER / "Containerfile").read_text()

RESOLVED = {"version": 3, "originHash": "0", "pins": [
    {"identity": "swift-nio", "kind": "remoteSourceControl", "location": "https://github.com/apple/swift-nio.git",
     "state": {"revision": "a" * 40, "version": "2.101.2"}},
    {"identity": "swift-main", "kind": "remoteSourceControl", "location": "https://github.com/apple/swift-main",
     "state": {"revision": "b" * 40, "branch": "main"}}]}
STATUS = """Package: libstdc++6
Status: install ok installed
Architecture: amd64
Version: 1:12.2.0-14+deb12u1
Description: GNU library
 Version: of nothing

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1
"""


def test_hadolint():
    program = pathlib.Path(sys.executable).parent / "hadolint"
    told = run(program, "--config", CONTAINER / "hadolint.yaml", CONTAINER / "Containerfile")
    assert told.returncode == 0, told.stdout + told.stderr


def stages():
    """The text of the two stages."""
    _, build, runtime = re.split(r"^FROM .*$", TEXT, flags=re.MULTILINE)
    return build, runtime


def test_the_image_has_what_the_program_links_and_no_more():
    packages = re.search(r"--no-install-recommends ([^\n&]*?)\s*\\?\n", stages()[1])[1].split()
    assert packages == ["ca-certificates", "libcurl4", "libyaml-0-2", "zlib1g"]


def test_the_build_has_what_the_manifest_asks_for():
    asked = set(re.findall(r'\.apt\(\["([^"]+)"\]\)', (ROOT / "Package.swift").read_text()))
    assert set(re.search(r"--no-install-recommends ([^\n\\]*)", stages()[0])[1].split()) == asked


def test_the_build_is_that_of_the_readme():
    flags = "-c release --static-swift-stdlib -Xlinker --no-export-dynamic --product kube-ha-exporter"
    assert f"swift build {flags} " in stages()[0] and f"swift build {flags}\n" in (ROOT / "README.md").read_text()


def test_no_architecture_is_written_into_it():
    assert not re.search(r"amd64|x86_64|arm64|aarch64|--platform", TEXT)


def test_labels_and_user():
    runtime = stages()[1]
    labels = set(re.findall(r"org\.opencontainers\.image\.(\w+)=", runtime))
    assert labels == {"title", "description", "licenses", "version", "revision", "created", "source"}
    assert re.findall(r"^USER (.*)$", runtime, re.MULTILINE) == ["65532:65532"]
    assert re.findall(r"^ENTRYPOINT (.*)$", runtime, re.MULTILINE) == ['["/usr/local/bin/kube-ha-exporter"]']


def test_the_revision_goes_where_the_manifest_looks_for_it():
    """The image is built without .git; its argument must reach the program by the variable that Package.swift reads."""
    variable = re.search(r'RUN (\w+)="\$\{REVISION\}" swift build ', TEXT)[1]
    assert f'Context.environment["{variable}"]' in (ROOT / "Package.swift").read_text()


def sbom(tmp_path, resolved=RESOLVED, status=STATUS, **environment):
    (tmp_path / "Package.resolved").write_text(json.dumps(resolved))
    (tmp_path / "status").write_text(status)
    return subprocess.run(
        [sys.executable, str(CONTAINER / "sbom"), "--resolved", str(tmp_path / "Package.resolved"), "--dpkg-status",
         str(tmp_path / "status"), "--version", "0.1.0"], capture_output=True, text=True, check=False,
        env=environment)


def test_the_bill_of_materials_names_every_package(tmp_path):
    told = sbom(tmp_path, SOURCE_DATE_EPOCH="1700000000")
    assert told.returncode == 0, told.stderr
    document = json.loads(told.stdout)
    # github.com/package-url/purl-spec: types swift and deb.
    assert [component["purl"] for component in document["components"]] == [
        "pkg:deb/debian/libstdc%2B%2B6@1%3A12.2.0-14%2Bdeb12u1?arch=amd64",
        f"pkg:swift/github.com/apple/swift-main@{'b' * 40}",
        "pkg:swift/github.com/apple/swift-nio@2.101.2"]
    assert document["metadata"]["timestamp"] == "2023-11-14T22:13:20Z"
    assert document["dependencies"][0]["dependsOn"] == [item["bom-ref"] for item in document["components"]]
    assert sbom(tmp_path, SOURCE_DATE_EPOCH="1700000000").stdout == told.stdout


def test_the_bill_of_materials_is_cyclonedx(tmp_path):
    text = sbom(tmp_path).stdout
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text.replace('"purl"', '"pural"')) is not None


@pytest.mark.parametrize("change", [
    {"resolved": {}}, {"resolved": {"pins": [{"identity": "x", "location": "/somewhere", "state": {}}]}},
    {"status": "Package: x\nStatus: install ok installed\n"},
])
def test_what_cannot_be_read_is_one_line(change, tmp_path):
    told = sbom(tmp_path, **change)
    assert told.returncode == 1 and told.stdout == "" and len(told.stderr.splitlines()) == 1
