"""Draws a dashboard on one sheet: the panels where Grafana would have them, in the same colours."""

import datetime

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plot  # noqa: E402 (after the choice of what draws)
from matplotlib import dates, patches, ticker  # noqa: E402

from . import grafana  # noqa: E402

# Those of Grafana's dark theme.
COLOURS = {"green": "#56a64b", "yellow": "#e0b400", "orange": "#ff780a", "red": "#e02f44", "purple": "#a352cc",
           "blue": "#3274d9", "text": "#ccccdc"}
PALETTE = ("#7eb26d", "#eab839", "#6ed0e0", "#ef843c", "#e24d42", "#1f78c1", "#ba43a9", "#705da0", "#508642", "#cca300",
           "#447ebc", "#c15c17", "#890f02", "#0a437c", "#6d1f62", "#584477")
PAGE, PANEL, BORDER, TEXT, DIM = "#111217", "#181b1f", "#2b2e36", "#ccccdc", "#8e8f9a"
# Pixels of a column and of a row of Grafana's grid, and between panels.
COLUMN, ROW, GAP = 54, 33, 8
DPI = 100
HEADER, FOOTER = 56, 46


def colour(name):
    """The colour of that name in Grafana."""
    return COLOURS.get(name, name or TEXT)


class Sheet:
    """A dashboard that is drawn, panel by panel."""

    def __init__(self, dashboard, view, note):
        self.view = view
        below = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in dashboard["panels"])
        self.width, self.height = 24 * COLUMN + GAP, self.height_of(below)
        self.figure = plot.figure(figsize=(self.width / DPI, self.height / DPI), dpi=DPI, facecolor=PAGE)
        self.page = self._axes(0, 0, self.width, self.height)
        self.page.axis("off")
        self.page.set_xlim(0, self.width)
        self.page.set_ylim(self.height, 0)
        self._text(12, 28, dashboard["title"], size=15, weight="bold")
        chosen = [f"{variable['label']}: {view.variables[variable['name']]}"
                  for variable in dashboard["templating"]["list"]
                  if variable["type"] == "query" and view.variables[variable["name"]] not in ("", ".+")]
        span = " – ".join(f"{moment(at):%H:%M:%S}" for at in (view.start, view.end))
        self._text(self.width - 12, 28, "     ".join([*chosen, f"{span} UTC"]), size=10, colour=DIM, align="right")
        self._text(12, self.height - FOOTER / 2, note, size=9, colour=DIM)
        for row in (panel for panel in dashboard["panels"] if panel["type"] == "row"):
            x, y, _, height = self._place(row)
            self._text(x + 4, y + height / 2, f"▾ {grafana.interpolated(row['title'], view)}", size=11, weight="bold")

    @staticmethod
    def height_of(rows):
        """The height in pixels of a sheet of so many rows of Grafana's grid."""
        return HEADER + rows * ROW + FOOTER

    def _axes(self, x, y, width, height):
        return self.figure.add_axes(
            (x / self.width, 1 - (y + height) / self.height, width / self.width, height / self.height))

    def _text(self, x, y, text, *, size=9.5, colour=TEXT, align="left", **options):
        # $ would begin mathematics.
        return self.page.text(x, y, text.replace("$", r"\$"), fontsize=size, color=colour, ha=align, va="center",
                              **options)

    def _place(self, panel):
        at = panel["gridPos"]
        return (GAP + at["x"] * COLUMN, HEADER + at["y"] * ROW, at["w"] * COLUMN - GAP, at["h"] * ROW - GAP)

    def _frame(self, panel, background=PANEL):
        """The panel's frame and title; returns what is left for its content."""
        x, y, width, height = self._place(panel)
        self.page.add_patch(patches.Rectangle((x, y), width, height, facecolor=background, edgecolor=BORDER, linewidth=1))
        title = grafana.interpolated(panel["title"], self.view)
        own = f"  (last {panel['timeFrom']})" if panel.get("timeFrom") else ""
        self._text(x + 8, y + 14, clipped(title + own, width - 12, 9), size=9, weight="bold",
                   colour=TEXT if background == PANEL else "white")
        return x + 8, y + 28, width - 16, height - 34

    def draw(self, panel, results):
        """Draws a panel with the results of its queries."""
        {"stat": self._number, "table": self._table, "timeseries": self._graph, "state-timeline": self._states,
         "bargauge": self._bars}[panel["type"]](panel, results)

    def _nothing(self, area):
        x, y, width, height = area
        self._text(x + width / 2, y + height / 2, "No data", colour=DIM, align="center")

    def _number(self, panel, results):
        value = float(results[0][0]["value"][1]) if results[0] else None
        what = grafana.shown(value, panel["fieldConfig"]["defaults"])
        filled = panel["options"]["colorMode"] == "background"
        x, y, width, height = self._frame(panel, colour(what.colour) if filled else PANEL)
        size = min(26, 1.35 * width / max(len(what.text), 1))
        self._text(x + width / 2, y + height / 2, what.text, size=size, align="center", weight="bold",
                   colour="white" if filled else colour(what.colour))

    def _table(self, panel, results):
        area = x, y, width, height = self._frame(panel)
        titles, rows = grafana.rows(panel, results)
        if not rows:
            return self._nothing(area)
        fields = {title: grafana.overridden(panel, title) for title in titles}
        fixed = {title: fields[title].get("custom", {}).get("width") for title in titles}
        rest = [title for title in titles if not fixed[title]]
        # What has no width of its own shares the rest; where that is too little, all are narrower.
        share = max((width - sum(found or 0 for found in fixed.values())) / max(len(rest), 1), 90)
        widths = {title: fixed[title] or share for title in titles}
        scale = min(width / sum(widths.values()), 1) if rest else 1
        places, at = {}, x
        for title in titles:
            places[title] = at, widths[title] * scale
            at += widths[title] * scale
            self._text(places[title][0], y + 8, clipped(title, places[title][1] - 6, 8.5), size=8.5, colour="#6e9fff")
        line, fit = 20, int((height - 20) // 20)
        shown = rows[:fit] if len(rows) <= fit else rows[:fit - 1]
        for index, row in enumerate(shown):
            middle = y + 28 + index * line
            self.page.plot((x, x + width), (middle - 10, middle - 10), color=BORDER, linewidth=0.7)
            for title in titles:
                value = row[title]
                if isinstance(value, str):
                    what = grafana.Shown(value)
                elif value is None:
                    what = grafana.Shown("")
                else:
                    what = grafana.shown(value, fields[title])
                bold = "bold" if what.colour not in (None, "text") else "normal"
                self._text(places[title][0], middle, clipped(what.text, places[title][1] - 6, 9), size=9,
                           colour=colour(what.colour), weight=bold)
        if len(shown) < len(rows):
            self._text(x, y + 28 + len(shown) * line, f"… and {len(rows) - len(shown)} more rows, by scrolling", size=8.5,
                       colour=DIM)
        return None

    def _chart(self, area, legends, left=46):
        """Axes over time, with the legend under them; the legend takes as many lines as it needs."""
        x, y, width, height = area
        lines, at = [[]], 0
        for name, shade in legends:
            need = 26 + 6.6 * len(name)
            if at + need > width and lines[-1]:
                lines.append([])
                at = 0
            lines[-1].append((at, name, shade))
            at += need
        lines = lines[:3]
        foot = 15 * len(lines)
        for number, line in enumerate(lines):
            for at, name, shade in line:
                middle = y + height - foot + 15 * number + 10
                self.page.add_patch(patches.Rectangle((x + at, middle - 2), 12, 4, facecolor=shade))
                self._text(x + at + 16, middle, name, size=8, colour=TEXT)
        chart = self._axes(x + left, y + 2, width - left - 4, height - foot - 24)
        chart.set_facecolor(PANEL)
        for spine in chart.spines.values():
            spine.set_visible(False)
        chart.grid(True, color=BORDER, linewidth=0.7)
        chart.set_axisbelow(True)
        chart.tick_params(colors=DIM, labelsize=8, length=0)
        chart.set_xlim(_time(self.view.start), _time(self.view.end))
        locator = dates.AutoDateLocator(minticks=3, maxticks=8)
        chart.xaxis.set_major_locator(locator)
        chart.xaxis.set_major_formatter(dates.DateFormatter("%H:%M:%S", tz=datetime.timezone.utc))
        return chart

    def _graph(self, panel, results):
        area = self._frame(panel)
        series = [(grafana.legend(target, found["metric"]), found["values"])
                  for target, result in zip(panel["targets"], results) for found in result]
        if not series:
            return self._nothing(area)
        field = panel["fieldConfig"]["defaults"]
        series.sort(key=lambda item: item[0])
        shades = {}
        for index, (name, _) in enumerate(series):
            fixed = grafana.overridden(panel, name).get("color", {}).get("fixedColor")
            shades[name] = colour(fixed) if fixed else PALETTE[index % len(PALETTE)]
        many = len(shades) > 12
        legends = list(shades.items())[:12] + ([(f"… and {len(shades) - 12} more", PANEL)] if many else [])
        chart = self._chart(area, legends)
        custom = field["custom"]
        stacked = custom.get("stacking", {}).get("mode") == "normal"
        base = {}
        for name, values in series:
            times = [_time(float(at)) for at, _ in values]
            heights = [float(value) + (base.get(at, 0) if stacked else 0) for at, value in values]
            chart.step(times, heights, where="post", color=shades[name], linewidth=1.3)
            if stacked:
                chart.fill_between(times, [base.get(at, 0) for at, _ in values], heights, step="post", color=shades[name],
                                   alpha=0.55, linewidth=0)
                base.update({at: height for (at, _), height in zip(values, heights)})
        if custom.get("thresholdsStyle", {}).get("mode") == "line":
            for step in field["thresholds"]["steps"]:
                if step["value"] is not None:
                    chart.axhline(step["value"], color=colour(step["color"]), linewidth=1)
        top = max(float(value) for _, values in series for _, value in values)
        top = max(top, *base.values()) if base else top
        chart.set_ylim(field.get("min", 0), field.get("max") or (top * 1.08 if top > 0 else 1))
        chart.yaxis.set_major_locator(ticker.MaxNLocator(4, integer=field["unit"] == "none"))
        chart.yaxis.set_major_formatter(
            ticker.FuncFormatter(lambda value, _: grafana.with_unit(round(value, 6), field["unit"])))
        return None

    def _states(self, panel, results):
        area = self._frame(panel)
        if not results[0]:
            return self._nothing(area)
        series = {grafana.legend(panel["targets"][0], found["metric"]): found["values"] for found in results[0]}
        field = panel["fieldConfig"]["defaults"]
        legends = [(found["text"], colour(found["color"])) for mapping in field["mappings"]
                   for found in sorted(mapping["options"].values(), key=lambda found: found["index"])]
        left = 14 + 6.6 * max(map(len, series))
        chart = self._chart(area, legends, left)
        chart.grid(False)
        names = sorted(series)
        for line, name in enumerate(names):
            spells = []
            for at, value in ((float(at), float(value)) for at, value in series[name]):
                # What is missing between two points stays empty.
                if spells and spells[-1][2] == value and at - spells[-1][1] < self.view.step / 2:
                    spells[-1][1] = min(at + self.view.step, self.view.end)
                else:
                    spells.append([at, min(at + self.view.step, self.view.end), value])
            chart.broken_barh([(_time(start), _time(end) - _time(start)) for start, end, _ in spells],
                              (line - 0.41, 0.82), facecolors=[
                                  colour(grafana.shown(value, field).colour) for _, _, value in spells])
        chart.set_ylim(len(names) - 0.5, -0.5)
        chart.set_yticks(range(len(names)), names)
        chart.tick_params(axis="y", labelcolor=TEXT, labelsize=min(8.5, 0.6 * area[3] / len(names)))
        return None

    def _bars(self, panel, results):
        area = x, y, width, height = self._frame(panel)
        if not results[0]:
            return self._nothing(area)
        field = panel["fieldConfig"]["defaults"]
        found = sorted(((grafana.legend(panel["targets"][0], series["metric"]), float(series["value"][1]))
                        for series in results[0]), key=lambda item: item[0])
        fit = int(height // 18)
        line = min(height / min(len(found), fit), 34)
        left, right = 10 + 6.9 * max(len(name) for name, _ in found), 78
        most = field.get("max") or max(max(value for _, value in found), 1)
        for index, (name, value) in enumerate(found[:fit]):
            middle = y + index * line + line / 2
            what = grafana.shown(value, field)
            self._text(x, middle, name, size=8.5)
            room = width - left - right
            self.page.add_patch(patches.Rectangle((x + left, middle - line * 0.3), room, line * 0.6, facecolor=BORDER))
            self.page.add_patch(patches.Rectangle((x + left, middle - line * 0.3), room * min(value / most, 1), line * 0.6,
                                                  facecolor=colour(what.colour)))
            self._text(x + width, middle, what.text, size=9, align="right", weight="bold", colour=colour(what.colour))
        return None

    def save(self, path):
        """Writes the sheet as a PNG of few colours, which is a fifth of one of many."""
        from PIL import Image  # what matplotlib writes PNG with

        self.figure.canvas.draw()
        pixels = Image.frombuffer("RGBA", self.figure.canvas.get_width_height(), self.figure.canvas.buffer_rgba())
        # This method keeps colours that few pixels have, as those of a legend.
        palette = Image.Quantize.MAXCOVERAGE
        pixels.convert("RGB").quantize(256, method=palette, dither=Image.Dither.NONE).save(path, optimize=True)
        plot.close(self.figure)


def moment(seconds):
    """The time, in UTC."""
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)


def _time(seconds):
    return dates.date2num(moment(seconds))


def clipped(text, width, size):
    """The text as far as it fits into so many pixels."""
    fit = max(int(width / (size * 0.86)), 4)
    return text if len(text) <= fit else text[:fit - 1] + "…"
