"""Writes the metric and rule references into deploy/reference.md: python3 Tests/system/write-references.py PROGRAM"""

import pathlib
import subprocess
import sys

reference = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "reference.md"
text = reference.read_text()
for name in ("metrics", "rules"):
    told = subprocess.run([sys.argv[1], name, "--markdown"], capture_output=True, text=True, check=True).stdout.strip()
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    before, rest = text.split(start)
    text = before + start + told + "\n" + end + rest.split(end)[1]
reference.write_text(text)
