"""What Grafana does with a dashboard, as far as these dashboards ask for it: variables, value mappings, thresholds,
units, and the transformations of tables."""

import dataclasses
import json
import math
import re

UNITS = (("y", 365 * 86400), ("d", 86400), ("h", 3600), ("min", 60), ("s", 1), ("ms", 0.001), ("µs", 1e-6))


@dataclasses.dataclass
class View:
    """What is looked at: the time range in seconds since 1970, and the values of the dashboard's variables."""
    start: float
    end: float
    variables: dict
    rate_interval: str = "1m"

    @property
    def step(self):
        """Seconds between the points of a graph."""
        return max((self.end - self.start) / 400, 1)


def panels(dashboard):
    """The panels of a dashboard that show something, from top to bottom."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def interpolated(text, view, panel=None):
    """The text with the values of variables in it. A panel with a time of its own has its own range."""
    own = re.fullmatch(r"(\d+)d", (panel or {}).get("timeFrom") or "")
    seconds = int(own[1]) * 86400 if own else max(round(view.end - view.start), 1)
    values = {"__rate_interval": view.rate_interval, "__range": f"{seconds}s", "__range_s": str(seconds),
              **view.variables}

    def value(found):
        name = found[1] or found[2]
        if name not in values:
            raise KeyError(f"no variable ${name} in {text}")
        return values[name]
    return re.sub(r"\$(?:(\w+)|\{(\w+)(?::\w+)?\})", value, text)


def legend(target, labels):
    """The name of a series."""
    return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda found: labels.get(found[1], ""), target["legendFormat"]).strip()


@dataclasses.dataclass
class Shown:
    """How a value is shown: the words, and the colour, None for that of ordinary text."""
    text: str
    colour: str | None = None


def shown(value, field):
    """A value as the field's mappings, unit and thresholds show it; None is no value."""
    for mapping in field.get("mappings", []):
        options = mapping["options"]
        if mapping["type"] == "value" and value is not None and _plain(value) in options:
            result = options[_plain(value)]
        elif mapping["type"] == "special" and (value is None or math.isnan(value)):
            result = options["result"]
        else:
            continue
        return Shown(result.get("text", ""), result.get("color"))
    if value is None:
        return Shown(field.get("noValue", ""))
    colour = None
    for step in field.get("thresholds", {}).get("steps", []):
        if step["value"] is None or value >= step["value"]:
            colour = step["color"]
    return Shown(with_unit(value, field.get("unit", "none"), field.get("decimals")), colour)


def _plain(value):
    return str(int(value)) if math.isfinite(value) and value == int(value) else str(value)


def with_unit(value, unit, decimals=None):
    """A number with its unit."""
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"

    def number(amount, digits):
        return f"{amount:.{digits if decimals is None else int(decimals)}f}"
    if unit == "percentunit":
        return number(value * 100, 0 if abs(value) >= 1 else 1) + " %"
    if unit == "s":
        name, size = next(((name, size) for name, size in UNITS if abs(value) >= size), ("s", 1))
        amount = round(value / size, 1)
        return f"{number(amount, 0 if amount == int(amount) else 1)} {name}"
    if unit in ("bytes", "Bps"):
        power = min(int(math.log(abs(value), 1024)), 4) if abs(value) >= 1 else 0
        return f"{number(value / 1024 ** power, 1 if power else 0)} {('B', 'KiB', 'MiB', 'GiB', 'TiB')[power]}" + (
            "/s" if unit == "Bps" else "")
    suffix = {"ops": " /s", "reqps": " /s", "opm": " /min"}.get(unit, "")
    return (number(value, 0) if value == int(value) else number(value, 2)) + suffix


def overridden(panel, name):
    """The field's configuration for a column or series of that name."""
    field = json.loads(json.dumps(panel["fieldConfig"]["defaults"]))
    for override in panel["fieldConfig"]["overrides"]:
        if override["matcher"] == {"id": "byName", "options": name}:
            for found in override["properties"]:
                place, *parts = field, *found["id"].split(".")
                for part in parts[:-1]:
                    place = place.setdefault(part, {})
                place[parts[-1]] = found["value"]
    return field


def rows(panel, results):
    """A table's columns and rows: (titles, [{title: a label's text or a number}]).

    `results` are those of its queries, as Prometheus answers them. Rows of several queries with the same labels are
    merged into one, as `merge` does; `organize` and the table's own order follow.
    """
    transformations = {item["id"]: item["options"] for item in panel["transformations"]}
    merged = {}
    for target, result in zip(panel["targets"], results):
        name = f"Value #{target['refId']}" if len(panel["targets"]) > 1 else "Value"
        for series in result:
            labels = tuple(sorted(series["metric"].items()))
            merged.setdefault(labels, dict(labels))[name] = float(series["value"][1])
    organize = transformations["organize"]
    columns = [(name, title) for name, title in organize["renameByName"].items()
               if not organize["excludeByName"].get(name)]
    names = {title: name for name, title in organize["renameByName"].items()}
    table = list(merged.values())
    for order in reversed(panel["options"].get("sortBy") or []):
        name = names[order["displayName"]]
        table.sort(key=lambda row, name=name: _order(row.get(name)), reverse=bool(order["desc"]))
    present = {name for row in table for name in row}
    # Grafana has no column of a label or query that no row has.
    columns = [(name, title) for name, title in columns if not table or name in present]
    return [title for _, title in columns], [
        {title: row.get(name) for name, title in columns} for row in table]


def _order(value):
    """Empty cells are the least."""
    if value is None:
        return (0, 0, "")
    return (1, value, "") if isinstance(value, float) else (1, 0, value)
