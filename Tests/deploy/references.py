"""What the program and the chart say of themselves, as text for files under deploy/."""

import json
import re
import subprocess

import yaml

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
