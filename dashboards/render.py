"""Draws the dashboards from what a Prometheus answers, one sheet each, where there is no Grafana:

    .venv/bin/python dashboards/render.py --prometheus http://localhost:9090 --folder /tmp/sheets
    .venv/bin/python dashboards/render.py … --range 6h --cluster prod --variable namespace=shop overview application
"""

import argparse
import json
import pathlib
import re
import time
import urllib.parse
import urllib.request

from renderer import grafana
from renderer.sheet import Sheet

FOLDER = pathlib.Path(__file__).parent
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))


def asker(url):
    """A function that asks Prometheus: path and parameters to data."""
    def ask(path, **parameters):
        with urllib.request.urlopen(f"{url}/api/v1/{path}?{urllib.parse.urlencode(parameters)}", timeout=60) as answer:
            return json.load(answer)["data"]
    return ask


def results(panel, view, ask):
    """What the queries of a panel answer."""
    for target in panel["targets"]:
        query = grafana.interpolated(target["expr"], view, panel)
        if target.get("instant"):
            yield ask("query", query=query, time=view.end)["result"]
        else:
            yield ask("query_range", query=query, start=view.start, end=view.end, step=view.step)["result"]


def chosen(dashboard, view, ask, wanted):
    """The view with a value for each variable: the one that is wanted, all of them, or the first there is."""
    for variable in dashboard["templating"]["list"]:
        name = variable["name"]
        if name in wanted:
            view.variables[name] = wanted[name]
        elif variable.get("includeAll"):
            view.variables[name] = variable["allValue"]
        elif variable["type"] == "query":
            family, label = re.fullmatch(r"label_values\((.+), (\w+)\)", variable["query"]).groups()
            values = ask(f"label/{label}/values", **{
                "match[]": grafana.interpolated(family, view), "start": view.start, "end": view.end})
            view.variables[name] = values[0] if values else ""
        else:
            view.variables[name] = variable.get("query", "")
    return view


def render(name, ask, path, *, start, end, wanted, note, rate_interval="1m"):
    """Draws the dashboard of that name into a file."""
    dashboard = json.loads((FOLDER / f"{name}.json").read_text())
    view = chosen(dashboard, grafana.View(start, end, {}, rate_interval), ask, wanted)
    sheet = Sheet(dashboard, view, note)
    for panel in grafana.panels(dashboard):
        sheet.draw(panel, list(results(panel, view, ask)))
    sheet.save(path)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--prometheus", default="http://localhost:9090", help="where it listens")
    arguments.add_argument("--folder", type=pathlib.Path, default=pathlib.Path("."), help="where the sheets go")
    arguments.add_argument("--range", default="3h", help="how far back is looked: 30m, 6h, 2d")
    arguments.add_argument("--end", type=float, default=None, help="until when, in seconds since 1970 (default: now)")
    arguments.add_argument("--variable", action="append", default=[], metavar="NAME=VALUE")
    arguments.add_argument("--cluster", default=None)
    arguments.add_argument("--rate-interval", default="1m")
    arguments.add_argument("names", nargs="*", choices=[[], *NAMES], help="dashboards (default: all)")
    given = arguments.parse_args()
    amount, unit = re.fullmatch(r"(\d+)([smhd])", given.range).groups()
    end = given.end or time.time()
    start = end - int(amount) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]
    wanted = dict(item.split("=", 1) for item in given.variable)
    if given.cluster is not None:
        wanted["cluster"] = given.cluster
    for name in given.names or NAMES:
        render(name, asker(given.prometheus), given.folder / f"{name}.png", start=start, end=end, wanted=wanted,
               rate_interval=given.rate_interval,
               note="A rendering of what Prometheus answered, by dashboards/render.py; Grafana draws it in its own way.")


if __name__ == "__main__":
    main()
