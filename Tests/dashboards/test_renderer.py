"""What stands in for Grafana shows what Grafana would. Expectations are from Grafana's documentation: "Value mappings",
"Thresholds", "Transform data" (merge, organize fields), "Global variables"."""

import pytest
from PIL import Image

from conftest import NAMES, dashboard
from renderer import grafana
from renderer.sheet import Sheet, colour

YES = {"type": "value", "options": {"1": {"text": "yes", "color": "green"}, "-1": {"text": "none", "color": "blue"}}}
ABSENT = {"type": "special", "options": {"match": "null+nan", "result": {"text": "unknown", "color": "purple"}}}
STEPS = {"steps": [{"value": None, "color": "text"}, {"value": 0, "color": "green"}, {"value": 1, "color": "red"}]}


@pytest.mark.parametrize("value, text, shade", [
    (1.0, "yes", "green"), (-1.0, "none", "blue"), (None, "unknown", "purple"), (float("nan"), "unknown", "purple"),
    (0.0, "0", "green"), (0.5, "0.50", "green"), (2.0, "2", "red"), (-2.0, "-2", "text"),
])
def test_a_value_is_mapped_or_takes_the_colour_of_its_threshold(value, text, shade):
    what = grafana.shown(value, {"mappings": [YES, ABSENT], "thresholds": STEPS, "unit": "none"})
    assert (what.text, what.colour) == (text, shade)


@pytest.mark.parametrize("value, unit, decimals, text", [
    (3.0, "none", None, "3"), (0.25, "percentunit", None, "25.0 %"), (0.99951, "percentunit", 3, "99.951 %"),
    (90.0, "s", None, "1.5 min"), (86400.0, "s", 0, "1 d"), (0.012, "s", None, "12 ms"), (0.0, "s", None, "0 s"),
    (1536.0, "bytes", None, "1.5 KiB"), (12.0, "Bps", None, "12 B/s"), (float("inf"), "percentunit", None, "+Inf"),
    (0.5, "ops", None, "0.50 /s"), (60.0, "opm", None, "60 /min"),
])
def test_a_number_has_its_unit(value, unit, decimals, text):
    assert grafana.with_unit(value, unit, decimals) == text


def test_variables_are_replaced():
    view = grafana.View(1000, 4600, {"cluster": "prod", "namespace": ".+"}, rate_interval="4m")
    text = 'a{cluster="$cluster", x=~"${namespace:regex}"}[$__rate_interval] or b[$__range:1m] > 0.9 * $__range_s'
    assert grafana.interpolated(text, view) == 'a{cluster="prod", x=~".+"}[4m] or b[3600s:1m] > 0.9 * 3600'
    assert grafana.interpolated("[$__range] $__range_s", view, {"timeFrom": "30d"}) == "[2592000s] 2592000"
    with pytest.raises(KeyError, match="nowhere"):
        grafana.interpolated("$nowhere", view)


def table(columns, sort=(), hidden=()):
    """A table panel of the label `node` and these columns of values."""
    names = {f"Value #{chr(ord('A') + index)}": title for index, title in enumerate(columns)}
    return {
        "targets": [{"refId": name[-1]} for name in names],
        "transformations": [{"id": "merge", "options": {}}, {"id": "organize", "options": {
            "renameByName": {"node": "Node", **names}, "excludeByName": {name: True for name in hidden}}}],
        "options": {"sortBy": [{"displayName": title, "desc": desc} for title, desc in sort]},
    }


def answer(**values):
    return [{"metric": {"node": node}, "value": [0, str(value)]} for node, value in values.items()]


def test_rows_of_several_queries_are_merged_and_ordered():
    titles, rows = grafana.rows(table(["Hosts", "Workloads"], sort=[("Hosts", True), ("Node", False)]),
                                [answer(b=1, a=1), answer(a=5, c=7)])
    assert titles == ["Node", "Hosts", "Workloads"]
    assert [(row["Node"], row["Hosts"], row["Workloads"]) for row in rows] == [
        ("a", 1, 5), ("b", 1, None), ("c", None, 7)]


def test_a_column_that_is_hidden_or_that_no_row_has_is_left_out():
    assert grafana.rows(table(["Hosts", "Workloads"]), [answer(a=1), []])[0] == ["Node", "Hosts"]
    assert grafana.rows(table(["Hosts", "Workloads"], hidden=["Value #A"]), [answer(a=1), answer(a=2)])[0] == [
        "Node", "Workloads"]


def test_colours_are_told_apart():
    """The words of the states of an area, and of an answer, have colours of their own."""
    names = {result["color"] for panel in dashboard("overview")["panels"] if panel["type"] == "state-timeline"
             for mapping in panel["fieldConfig"]["defaults"]["mappings"] for result in mapping["options"].values()}
    assert len({colour(name) for name in names}) == len(names) == 5


@pytest.mark.parametrize("name", NAMES)
def test_a_sheet_is_drawn_without_any_data(name, tmp_path):
    """As of a cluster that nobody has scraped yet."""
    found = dashboard(name)
    variables = {item["name"]: item.get("allValue") or "x" for item in found["templating"]["list"]}
    sheet = Sheet(found, grafana.View(1_700_000_000, 1_700_000_600, variables), "a note")
    for panel in grafana.panels(found):
        sheet.draw(panel, [[] for _ in panel["targets"]])
    sheet.save(tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as picture:
        assert picture.width > 1000 and picture.height > 1000
        assert len(picture.getcolors(256)) > 8
