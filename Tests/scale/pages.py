#!/usr/bin/env python3
"""Writes a curl configuration that fetches lists in pages of 500, one after the other over one connection.

    pages.py SERVER CA all|RESOURCE... >FILE        then: curl --config FILE

A page's address needs the continue token of the page before it, so the pages are fetched here once; the tokens stay
good for five minutes. What curl then takes is what the server and the connection can do, without a client's thinking.

A resource is named as its recorded list is: core_v1_pods. "all" are those of the recording in the program: the lists
that the exporter reads.
"""

import http.client
import json
import pathlib
import ssl
import sys
import urllib.parse

LIMIT = 500
RECORDING = pathlib.Path(__file__).resolve().parents[2] / "Sources/CDemoRecording/recording"
PROTOBUF = "application/vnd.kubernetes.protobuf"


def fail(message):
    sys.exit(f"pages.py: {message}")


def path(name):
    """core_v1_pods is served under /api/v1/pods, apps_v1_deployments under /apis/apps/v1/deployments."""
    group, version, resource = name.split("_")
    return f"/api/{version}/{resource}" if group == "core" else f"/apis/{group}/{version}/{resource}"


def is_custom(name):
    """Custom resources come as JSON only."""
    return "gateway" in name.split("_")[0]


def field(message, number):
    """The first length-delimited field of that number in a protobuf message; nothing where there is none."""
    position = 0

    def varint():
        nonlocal position
        value = shift = 0
        while True:
            byte = message[position]
            position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while position < len(message):
        tag = varint()
        if tag & 7 == 0:
            varint()
            continue
        if tag & 7 != 2:
            fail("a list with a field that is neither a number nor bytes")
        length = varint()
        if tag >> 3 == number:
            return message[position : position + length]
        position += length
    return b""


def token(body, name):
    """The continue token of a page; empty after the last."""
    if is_custom(name):
        return json.loads(body)["metadata"].get("continue", "")
    if not body.startswith(b"k8s\0"):
        fail(f"{name}: not a list in protobuf: {body[:80]!r}")
    return field(field(field(body[4:], 2), 1), 3).decode()


def main(server, authority, names):
    if names == ["all"]:
        names = sorted(file.stem for file in RECORDING.iterdir() if file.stem.count("_") == 2)
    connection = http.client.HTTPSConnection(
        urllib.parse.urlsplit(server).netloc, context=ssl.create_default_context(cafile=authority))
    blocks = []
    for name in names:
        accept = "application/json" if is_custom(name) else PROTOBUF
        next_token, is_last = "", False
        while not is_last:
            url = f"{server}{path(name)}?limit={LIMIT}" + (f"&continue={next_token}" if next_token else "")
            connection.request("GET", url[len(server):], headers={"Accept": accept})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                fail(f"{url} answered {answer.status}")
            next_token = token(body, name)
            is_last = not next_token
            blocks.append(
                f'url = "{url}"\nheader = "Accept: {accept}"\ncacert = "{authority}"\noutput = "/dev/null"\n'
                'noproxy = "*"\nhttp2\nsilent\nshow-error\nfail\n'
                'write-out = "%{http_version} %{http_code} %{num_connects} %{size_download}\\n"\n'
            )
    print("next\n".join(blocks), end="")


if len(sys.argv) < 4:
    fail("usage: pages.py SERVER CA all|RESOURCE...")
try:
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
except (OSError, http.client.HTTPException) as error:
    fail(f"a page could not be fetched: {error}")
