"""What the program and the chart say of themselves, as text for files under deploy/."""

import json
import pathlib
import re
import subprocess
import typing

import yaml

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy"
# What `rules` prints, by its flag.
RULE_FILES = {
    "prometheus": DEPLOY / "prometheus" / "kube-ha-exporter.rules.yaml",
    "prometheusrule": DEPLOY / "prometheus" / "prometheusrule.yaml",
}
PREFIX = "KUBE_HA_EXPORTER_"


def flags(program):
    """The flags of `serve` that take a value, as its parser tells them."""
    told = subprocess.run([program, "serve", "--experimental-dump-help"], capture_output=True, text=True, check=True)
    return [argument for argument in json.loads(told.stdout)["command"]["arguments"] if argument["kind"] == "option"]


def name(argument):
    return argument["preferredName"]["name"]


def variable(argument):
    return PREFIX + re.sub(r"[.-]", "_", name(argument)).upper()


def sections(arguments):
    """[(title, arguments)] in the order of the help."""
    titles = dict.fromkeys(argument["sectionTitle"] for argument in arguments)
    return [(title, [item for item in arguments if item["sectionTitle"] == title]) for title in titles]


def cell(text):
    return re.sub(r"([|<>\\])", r"\\\1", text)


def flag_table(program):
    """The flags as Markdown."""
    lines = []
    for title, arguments in sections(flags(program)):
        lines += ["", f"**{title}**", "", "| flag | environment variable | |", "| --- | --- | --- |"]
        lines += [f"| `--{name(item)} <{item['valueName']}>` | `{variable(item)}` | {cell(item['abstract'])} |"
                  for item in arguments]
    return "\n".join(lines[1:]) + "\n"


def environment_file(program):
    """A file for systemd's EnvironmentFile: every variable, switched off, under what it does."""
    lines = [
        "# Settings of kube-ha-exporter for systemd, all switched off: what stands here are the names. A change needs",
        "# `systemctl restart kube-ha-exporter`. Lists are separated by commas. Written by",
        "# Tests/deploy/write-references.py.",
    ]
    for title, arguments in sections(flags(program)):
        lines += ["", f"## {title}"]
        for item in arguments:
            lines += ["", *wrapped(item["abstract"]), f"#{variable(item)}="]
    return "\n".join(lines) + "\n"


def wrapped(text, width=118):
    """Lines of a comment."""
    lines, line = [], "#"
    for word in text.split():
        if len(line) + 1 + len(word) > width:
            lines.append(line)
            line = "#"
        line += f" {word}"
    return [*lines, line]


def value_table(values_file):
    """The values of the chart as Markdown, from the comments of values.yaml that begin with `# --`."""
    text = values_file.read_text()
    values = yaml.safe_load(text)
    rows, path, said = [], [], None
    for line in text.splitlines():
        comment = re.match(r"\s*# -- (.*)", line)
        key = re.match(r"(\s*)([A-Za-z][\w./-]*):", line)
        if comment:
            said = comment[1]
        elif key:
            path = path[:len(key[1]) // 2] + [key[2]]
            if said:
                value = values
                for step in path:
                    value = value[step]
                rows.append(f"| `{'.'.join(path)}` | `{json.dumps(value)}` | {cell(said)} |")
            said = None
    return "\n".join(["| value | default | |", "| --- | --- | --- |", *rows]) + "\n"


def replaced(text, name, content):
    """The text with another content between its two comments of that name."""
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, rest = text.split(start)
    return before + start + content + end + rest.split(end)[1]


class Rule(typing.NamedTuple):
    """A rule of the program, as `rules` prints it."""
    name: str
    severity: str
    area: str


def rules(program):
    """All rules of the program."""
    told = subprocess.run([program, "rules"], capture_output=True, text=True, check=True).stdout
    found, area = [], None
    for line in told.splitlines()[1:]:
        if line.startswith("# area "):
            area = line.split()[-1]
        else:
            name, severity, *_ = line.split("\t")
            found.append(Rule(name, severity, area))
    return found


def prometheus_rules(program, form, *flags):
    """The file of rules for Prometheus (form `prometheus`) or its operator (`prometheusrule`)."""
    return subprocess.run([program, "rules", f"--{form}", *flags], capture_output=True, text=True, check=True).stdout


def alert_table():
    """The alerts of the committed file as Markdown: what raises each, its severity, and how long it waits and goes on."""
    groups = yaml.safe_load(RULE_FILES["prometheus"].read_text())["groups"]
    lines = ["| alert | raised by | severity | after | goes on for |", "| --- | --- | --- | --- | --- |"]
    for rule in (rule for group in groups for rule in group["rules"] if "alert" in rule):
        found = re.search(r'\{(?:rule(=~?)"([^"]*)"|area="([^"]*)")', rule["expr"])
        if not found or "finding_with_cause" not in rule["expr"]:
            raised, severity = "the exporter itself", rule["labels"]["severity"]
        else:
            names = [f"[`{name}`](runbook.md#{name})" for name in (found[2] or "").split("|") if name]
            raised = ", ".join(names) or f"the other rules of the area `{found[3]}`"
            severity = "that of the rule"
        name = rule["alert"]
        link = f"[`{name}`](runbook.md#{name.lower()})" if raised == "the exporter itself" else f"`{name}`"
        lines.append(f"| {link} | {raised} | {severity} | {rule.get('for', '')} | {rule.get('keep_firing_for', '')} |")
    return "\n".join(lines) + "\n"
