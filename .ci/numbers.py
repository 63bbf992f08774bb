#!/usr/bin/env python3
"""Refuses what ends the process over a number or a value that somebody wrote into the cluster: a whole number made of a
floating-point value other than by `Int64(clamping:)`, and `as!`, `try!`, `fatalError`.

Looked at is what lies behind the decoders. A value is taken for floating point where its expression has a literal with a
fraction or an exponent, `.rounded(`, `Double(`, or a name that the file or, behind a dot, any file declares as Double;
and a local constant that is given such an expression is one itself. It cannot see every type: the recordings that
Tests/fuzz changes are the other half.
"""

import pathlib
import re
import sys

FOLDERS = [
    "Capture", "ClusterState", "Collection", "ControlPlaneProbes", "ExporterServer", "Exposition", "HASignals", "KubernetesClient",
    "KubernetesWire", "Recordings", "Report",
]
# The one function that makes whole numbers of floating-point ones.
ALLOWED = {"Sources/ClusterState/Saturating.swift"}
# Whose numbers are the operator's own, or the process's.
LEFT_OUT = {
    "Sources/Collection/Settings", "Sources/ExporterServer/Settings", "Sources/ExporterServer/OwnFamilies",
}

CONVERSION = re.compile(r"(?<![\w.])U?Int(?:8|16|32|64)?\((?![a-zA-Z]\w*:)")
FLOATING = re.compile(r"\d\.\d|\b0x[\da-fA-F.]+p|(?<![\w.])\d+e\d|\.rounded\(|(?<!\w)Double\(|\.infinity\b|\.inSeconds\b")
DECLARED = re.compile(r"(\w+)\??: Double\b")
LOCAL = re.compile(r"\b(?:let|var) (\w+)(?:: Double\??)? = (.*)")
BOUND = re.compile(r"\blet (\w+) = ([^,{]*)")
REFUSED = re.compile(r"\bas!|\btry!|\bfatalError\(")
COMMENT = re.compile(r"//.*")
# Names of members that are Double in one type and a whole number in another; not told apart by name.
AMBIGUOUS = {"value", "count"}


def argument(text, start):
    """The text up to the parenthesis that closes the one before `start`."""
    depth = 1
    for position in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        if depth == 0:
            return text[start:position]
    return text[start:]


def is_floating(expression, names, members):
    if FLOATING.search(expression):
        return True
    if any(word in names for word in re.findall(r"(?<![\w.])[a-zA-Z_]\w*\b(?!\()", expression)):
        return True
    return any(word in members for word in re.findall(r"\.([a-zA-Z_]\w*)\b(?!\()", expression))


def faults_in(text, members):
    """Line number and fault of each."""
    names = set(DECLARED.findall(text)) - AMBIGUOUS
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        code = COMMENT.sub("", line)
        for match in REFUSED.finditer(code):
            found.append((number, f"{match[0].rstrip('(')} may end the process"))
        for match in CONVERSION.finditer(code):
            expression = argument(code, match.end())
            if is_floating(expression, names, members):
                found.append((number, f"{match[0]}{expression}) ends the process beyond its range: use Int64(clamping:)"))
        for match in list(LOCAL.finditer(code)) + list(BOUND.finditer(code)):
            # What a conversion gives is a whole number again.
            if not CONVERSION.match(match[2]) and not re.match(r"U?Int\d*\(", match[2]):
                if is_floating(match[2], names, members):
                    names.add(match[1])
    return found


# What must be found and what must not.
PLANTED = [
    ('func a(_ age: Double?) { if let age { print(Int(age)) } }', True),
    ('let hours = Int((expiry.seconds - now.seconds) / 3_600)', True),
    ('let left = a.seconds - b.seconds\nlet text = "\\(Int64(left / 60)) min"', True),
    ('let percent = UInt32((ratio * 100.0).rounded(.up))', True),
    ('let row = object as! Pod', True),
    ('let list = try! decode(bytes)', True),
    ('let hours = Int64(clamping: (expiry.seconds - now.seconds) / 3_600)', False),
    ('let total = Int(budget.expectedPods)', False),
    ('/// `Int(age)` of a Double', False),
]


def check_self():
    for code, is_fault in PLANTED:
        if bool(faults_in(code, {"seconds"})) != is_fault:
            sys.exit(f".ci/numbers.py: {'does not find' if is_fault else 'refuses'}: {code}")


def main():
    check_self()
    files = [file for folder in FOLDERS for file in sorted(pathlib.Path("Sources", folder).rglob("*.swift"))]
    if not files:
        sys.exit(".ci/numbers.py: no source found; bring it in line with the folders")
    texts = {file: file.read_text() for file in files}
    members = set()
    for text in texts.values():
        members |= set(re.findall(r"\b(?:var|let) (\w+): Double\b", text)) - AMBIGUOUS
    faults = 0
    for file, text in texts.items():
        if str(file) in ALLOWED or any(str(file).startswith(folder) for folder in LEFT_OUT):
            continue
        for number, fault in faults_in(text, members):
            print(f"{file}:{number}: {fault}", file=sys.stderr)
            faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
