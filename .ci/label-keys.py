#!/usr/bin/env python3
"""Checks that a redacted recording keeps every label that the exporter reads by its name.

`capture --redact` keeps the labels of LabelKeys.alwaysRead beside those that selectors name. The fixtures do not hold
every label that some cluster has, so tests alone would not show one that is missing there. Found are keys written out
where a label is looked up, `label("KEY"` and `Label(key: "KEY"`; not those that come there by a variable.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIST = pathlib.Path("Sources/Capture/Redaction/LabelKeys.swift")
# The one makes clusters, the other holds the list.
LEFT_OUT = {"ClusterSimulator", "Capture"}
READ = re.compile(r'\b(?:label\(|Label\(key:)\s*"([^"\\]+)"')


def main():
    text = (ROOT / LIST).read_text()
    block = re.search(r"static let alwaysRead: Set<String> = \[(.*?)\n    \]", text, re.DOTALL)
    prefix = re.search(r'static let rolePrefix = "([^"]+)"', text)
    if not block or not prefix:
        sys.exit(f"{LIST}: alwaysRead or rolePrefix not found; bring .ci/label-keys.py in line with it")
    kept = set(re.findall(r'"([^"]+)"', block[1]))
    found = 0
    missing = []
    for file in sorted((ROOT / "Sources").rglob("*.swift")):
        path = file.relative_to(ROOT)
        if path.parts[1] in LEFT_OUT:
            continue
        for number, line in enumerate(file.read_text().splitlines(), 1):
            for key in READ.findall(line):
                found += 1
                if key not in kept and not key.startswith(prefix[1]):
                    missing.append(f"{path}:{number}: label {key} is read, but {LIST} does not keep it: add it there")
    if not found:
        missing.append("no label is read anywhere: bring .ci/label-keys.py in line with how labels are looked up")
    for fault in missing:
        print(fault, file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
