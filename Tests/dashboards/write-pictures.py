"""Draws the dashboards as they are during the demo's outage of a zone, for README:

    .venv/bin/python Tests/dashboards/write-pictures.py PROGRAM SIMULATOR [FOLDER]

Takes three minutes: the demo's story until its zone is lost, and half a minute of that.
"""

import pathlib
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "dashboards"), str(ROOT / "Tests" / "system")]

import render  # noqa: E402 (after the folders it is found in)
from outage import ZoneOutage  # noqa: E402
from programs import wait_for  # noqa: E402

NOTE = ("Rendered without Grafana, by dashboards/render.py, from what a Prometheus answered during the demo's outage of a "
        "zone. Grafana draws the same panels in its own way.")
# What the demo's cluster has, for the dashboard of one application.
APPLICATION = {"namespace": "team-001", "application": "app-0001"}


def main(program, simulator, folder):
    with tempfile.TemporaryDirectory() as scratch:
        outage = ZoneOutage(program, simulator, scratch, "--pace", "20s")
        try:
            wait_for(lambda: outage.demo.find(r"^zone-\S+ loses power"), "the zone to be lost", deadline=180)
            time.sleep(30)
            end = time.time()
            for name in render.NAMES:
                wanted = {"cluster": "elected", **(APPLICATION if name == "application" else {})}
                render.render(name, render.asker(outage.prometheus.url), folder / f"{name}.png", start=outage.start + 3,
                              end=end, wanted=wanted, note=NOTE, rate_interval="10s")
        finally:
            outage.stop()


if __name__ == "__main__":
    main(*sys.argv[1:3], pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else ROOT / "dashboards" / "pictures")
