"""Writes the flags and values into deploy/: .venv/bin/python Tests/deploy/write-references.py PROGRAM"""

import pathlib
import sys

import references

deploy = pathlib.Path(__file__).resolve().parents[2] / "deploy"
chart = deploy / "helm" / "kube-ha-exporter"
for file, name, content in (
    (deploy / "README.md", "flags", references.flag_table(sys.argv[1])),
    (chart / "README.md", "values", references.value_table(chart / "values.yaml")),
):
    file.write_text(references.replaced(file.read_text(), name, content))
(deploy / "systemd" / "kube-ha-exporter.env").write_text(references.environment_file(sys.argv[1]))
