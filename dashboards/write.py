"""Writes the dashboards beside this file: .venv/bin/python dashboards/write.py"""

import json
import pathlib

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from generator.application import application
from generator.control_plane import control_plane
from generator.exporter import exporter
from generator.nodes import nodes
from generator.overview import overview
from generator.survival import survival
from generator.workloads import workloads

DASHBOARDS = {
    "overview": overview, "survival": survival, "control-plane": control_plane, "workloads": workloads, "nodes": nodes,
    "application": application, "exporter": exporter,
}


def text(name):
    """The JSON of a dashboard."""
    return json.dumps(DASHBOARDS[name]().build(), cls=JSONEncoder, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for name in DASHBOARDS:
        (pathlib.Path(__file__).parent / f"{name}.json").write_text(text(name))
