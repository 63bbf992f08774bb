"""Panels, variables and links as all dashboards have them."""

import dataclasses

from grafana_foundation_sdk.builders import bargauge, common, dashboard, prometheus, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.models import common as common_models
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models import prometheus as prometheus_models

from .promql import CLUSTER, selected

SOURCE = models.DataSourceRef(type_val="prometheus", uid="${datasource}")

# What a value means: a word and a colour.
GREY = "#7b8087"
YES_NO = {1: ("yes", "green"), 0: ("no", "red"), -1: ("not applicable", GREY)}
SAFE = {1: ("safe", "green"), 0: ("not safe", "red")}
AREA = {0: ("not applicable", GREY), 1: ("ok", "green"), 2: ("warning", "yellow"), 3: ("unknown", "purple"),
        4: ("critical", "red")}
READY = {1: ("Ready", "green"), 0: ("not Ready", "red")}
MARK = {1: ("yes", "red"), 0: ("no", "text")}
CAUTION = {1: ("yes", "yellow"), 0: ("no", "text")}

# Thresholds: the colour from a value on, the first for all below. A count of what is wrong is good at 0 and only there.
NEUTRAL = [(None, "text")]
NONE_IS_GOOD = [(None, GREY), (0, "green"), (1, "red")]
FEW_IS_GOOD = [(None, GREY), (0, "green"), (1, "yellow")]
LOSS = [(None, "text"), (1, "red")]
DEGRADED = [(None, "text"), (1, "yellow")]


def mappings(values):
    """Value mappings of {value: (text, colour)}."""
    return [models.ValueMap({
        str(value): models.ValueMappingResult(text=text, color=colour, index=index)
        for index, (value, (text, colour)) in enumerate(values.items())})]


def _no_value(text, colour):
    """What a panel without a value says: without it Grafana gives it the colour of the lowest threshold."""
    return models.SpecialValueMap(models.DashboardSpecialValueMapOptions(
        match=models.SpecialValueMatch.NULL_AND_NAN,
        result=models.ValueMappingResult(text=text, color=colour, index=100)))


def thresholds(steps):
    """Absolute thresholds of [(from, colour)]."""
    return dashboard.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps(
        [models.Threshold(value=value, color=colour) for value, colour in steps])


def query(expression, legend="", ref="A", matchers=CLUSTER):
    """A query over the range that is looked at."""
    return (prometheus.Dataquery().ref_id(ref).expr(selected(expression, matchers)).legend_format(legend or "__auto")
            .datasource(SOURCE).range())


def now(expression, legend="", ref="A", matchers=CLUSTER):
    """A query of the last values."""
    return query(expression, legend, ref, matchers).instant()


def _common(panel, title, description, width, height):
    return panel.title(title).description(description).datasource(SOURCE).span(width).height(height)


def number(title, description, expression, width=4, height=4, *, unit="none", values=None, steps=None, decimals=None,
           matchers=CLUSTER, days=None, absent=("unknown", "purple")):
    """One number, or the word that it stands for; the panel takes its colour, and says `absent` where there is none.

    `days`: the range that `$__range` in the expression stands for, whatever the dashboard looks at.
    """
    panel = _common(stat.Panel(), title, description, width, height)
    panel.unit(unit).no_value(absent[0]).thresholds(thresholds(steps or NEUTRAL))
    panel.mappings((mappings(values) if values else []) + [_no_value(*absent)])
    panel.color_mode(common_models.BigValueColorMode.BACKGROUND if values or steps
                     else common_models.BigValueColorMode.NONE)
    panel.graph_mode(common_models.BigValueGraphMode.NONE).text_mode(common_models.BigValueTextMode.VALUE)
    panel.reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
    if decimals is not None:
        panel.decimals(decimals)
    if days:
        panel.time_from(f"{days}d")
    return panel.with_target(now(expression, matchers=matchers))


def states(title, description, expression, legend, values, width=24, height=8, matchers=CLUSTER):
    """A line a series, in the colour of its state over time."""
    panel = _common(statetimeline.Panel(), title, description, width, height)
    panel.unit("none").mappings(mappings(values)).thresholds(thresholds(NEUTRAL))
    panel.color_scheme(dashboard.FieldColor().mode(models.FieldColorModeId.THRESHOLDS))
    panel.show_value(common_models.VisibilityMode.NEVER).merge_values(True).row_height(0.85).fill_opacity(80).line_width(0)
    panel.legend(common.VizLegendOptions().show_legend(True).display_mode(common_models.LegendDisplayMode.LIST)
                 .placement(common_models.LegendPlacement.BOTTOM).calcs([]))
    panel.tooltip(common.VizTooltipOptions().mode(common_models.TooltipDisplayMode.SINGLE)
                  .sort(common_models.SortOrder.NONE))
    return panel.with_target(query(expression, legend, matchers=matchers))


def graph(title, description, queries, width=12, height=8, *, unit="none", steps=None, stacked=False, colours=None,
          minimum=0, maximum=None, decimals=None, matchers=CLUSTER):
    """Lines over time: queries is {legend: expression}; `steps` are drawn as lines across; `colours` {legend: colour}."""
    panel = _common(timeseries.Panel(), title, description, width, height)
    panel.unit(unit).thresholds(thresholds(steps or NEUTRAL)).min(minimum)
    panel.color_scheme(dashboard.FieldColor().mode(models.FieldColorModeId.PALETTE_CLASSIC))
    panel.draw_style(common_models.GraphDrawStyle.LINE).line_width(1).show_points(common_models.VisibilityMode.NEVER)
    panel.line_interpolation(common_models.LineInterpolation.STEP_AFTER)
    panel.fill_opacity(60 if stacked else 0).span_nulls(False)
    if maximum is not None:
        panel.max(maximum)
    if decimals is not None:
        panel.decimals(decimals)
    if stacked:
        panel.stacking(common.StackingConfig().mode(common_models.StackingMode.NORMAL).group("A"))
    if steps:
        panel.thresholds_style(common.GraphThresholdsStyleConfig().mode(common_models.GraphThresholdsStyleMode.LINE))
    for name, colour in (colours or {}).items():
        panel.override_by_name(name, [models.DynamicConfigValue("color", {"mode": "fixed", "fixedColor": colour})])
    panel.legend(common.VizLegendOptions().show_legend(True).display_mode(common_models.LegendDisplayMode.LIST)
                 .placement(common_models.LegendPlacement.BOTTOM).calcs([]))
    panel.tooltip(common.VizTooltipOptions().mode(common_models.TooltipDisplayMode.MULTI)
                  .sort(common_models.SortOrder.DESCENDING))
    for index, (legend, expression) in enumerate(queries.items()):
        panel.with_target(query(expression, legend, ref=chr(ord("A") + index), matchers=matchers))
    return panel


def bars(title, description, expression, legend, width=8, height=8, *, unit="none", steps=None, maximum=None,
         decimals=None, matchers=CLUSTER):
    """A horizontal bar a series, with the last value."""
    panel = _common(bargauge.Panel(), title, description, width, height)
    panel.unit(unit).thresholds(thresholds(steps or NEUTRAL)).min(0)
    panel.color_scheme(dashboard.FieldColor().mode(models.FieldColorModeId.THRESHOLDS))
    panel.orientation(common_models.VizOrientation.HORIZONTAL).display_mode(common_models.BarGaugeDisplayMode.BASIC)
    panel.reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"])).show_unfilled(True)
    if maximum is not None:
        panel.max(maximum)
    if decimals is not None:
        panel.decimals(decimals)
    return panel.with_target(now(expression, legend, matchers=matchers))


@dataclasses.dataclass
class Column:
    """A column of values in a table: an expression that has the table's labels."""
    title: str
    expression: str
    unit: str = "none"
    values: dict | None = None
    steps: list | None = None
    width: int | None = None
    decimals: int | None = None


def grid(title, description, labels, columns, width=24, height=8, *, sort=(), links=None, hidden=(), widths=None,
         days=None, matchers=CLUSTER):
    """A table: a row for each value of the labels, {label: its column's title}, and the columns of values beside them.

    `sort`: [(title, is descending)]. `links`: {title: [(text, URL)]}. `hidden`: titles of columns that only links or the
    order of rows need. `widths`: {title: pixels} of columns of labels; what has none shares what is left.
    """
    panel = _common(table.Panel(), title, description, width, height)
    panel.unit("none").no_value("").thresholds(thresholds(NEUTRAL))
    for index, column in enumerate(columns):
        target = now(column.expression, ref=chr(ord("A") + index), matchers=matchers)
        panel.with_target(target.format(prometheus_models.PromQueryFormat.TABLE))
    names = [f"Value #{chr(ord('A') + index)}" for index in range(len(columns))] if len(columns) > 1 else ["Value"]
    if len(columns) > 1:
        panel.with_transformation(models.DataTransformerConfig(id_val="merge", options={}))
    titles = {**labels, **{name: column.title for name, column in zip(names, columns)}}
    panel.with_transformation(models.DataTransformerConfig(id_val="organize", options={
        "excludeByName": {"Time": True, **{name: True for name, shown in titles.items() if shown in hidden}},
        "indexByName": {name: index for index, name in enumerate(["Time", *titles])},
        "renameByName": titles,
    }))
    for column in columns:
        if column.title not in hidden:
            panel.override_by_name(column.title, _column_properties(column))
    for shown, width in (widths or {}).items():
        panel.override_by_name(shown, [models.DynamicConfigValue("custom.width", width)])
    for shown, found in (links or {}).items():
        panel.override_by_name(shown, [models.DynamicConfigValue(
            "links", [{"title": text, "url": url} for text, url in found])])
    if sort:
        panel.sort_by([common.TableSortByFieldState().display_name(name).desc(descends) for name, descends in sort])
    panel.show_header(True).footer(common.TableFooterOptions().show(False).reducer(["sum"]).count_rows(False))
    if days:
        panel.time_from(f"{days}d")
    return panel


def _column_properties(column):
    properties = [("unit", column.unit)]
    if column.decimals is not None:
        properties.append(("decimals", column.decimals))
    if column.width:
        properties.append(("custom.width", column.width))
    if column.values:
        properties.append(("mappings", [mapping.to_json() for mapping in mappings(column.values)]))
    if column.steps:
        properties.append(("thresholds", thresholds(column.steps).build().to_json()))
    if column.values or column.steps:
        # Grafana before 9.5 knows the first, later ones the second.
        properties += [("custom.displayMode", "color-text"), ("custom.cellOptions", {"type": "color-text"})]
    return [models.DynamicConfigValue(name, value) for name, value in properties]
