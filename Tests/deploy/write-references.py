"""Writes flags, values and rules into deploy/: .venv/bin/python Tests/deploy/write-references.py PROGRAM"""

import sys

import references

deploy = references.DEPLOY
chart = deploy / "helm" / "kube-ha-exporter"
for form, file in references.RULE_FILES.items():
    file.write_text(references.prometheus_rules(sys.argv[1], form))
for file, name, content in (
    (deploy / "README.md", "flags", references.flag_table(sys.argv[1])),
    (deploy / "README.md", "alerts", references.alert_table()),
    (chart / "README.md", "values", references.value_table(chart / "values.yaml")),
):
    file.write_text(references.replaced(file.read_text(), name, content))
(deploy / "systemd" / "kube-ha-exporter.env").write_text(references.environment_file(sys.argv[1]))
