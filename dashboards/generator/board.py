"""What every dashboard has: variables, links to the others and to the runbook."""

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models import dashboard as models

from .elements import SOURCE
from .promql import CLUSTER, selected

TAG = "kube-ha-exporter"
# Where the runbook is read; change it in the settings of a dashboard (Variables), or with the chart's value.
RUNBOOK = "https://example.com/kube-ha-exporter/runbook.md"


def board(name, title, description, variables=(), time="now-3h"):
    """A dashboard without panels."""
    built = (
        dashboard.Dashboard(f"Kubernetes HA / {title}").uid(f"kube-ha-{name}").description(description)
        .tags([TAG]).readonly().time(time, "now").refresh("1m").timezone("browser")
        .tooltip(models.DashboardCursorSync.CROSSHAIR).annotations([])
        .with_variable(dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus"))
        .with_variable(variable("cluster", "Cluster", "kube_ha_exporter_build_info", matchers=""))
        .with_variable(dashboard.TextBoxVariable("runbook").label("Runbook").default_value(RUNBOOK)
                       .current(models.VariableOption(selected=True, text=RUNBOOK, value=RUNBOOK))
                       .hide(models.VariableHide.HIDE_VARIABLE))
        .link(dashboard.DashboardLink("Kubernetes HA").type(models.DashboardLinkType.DASHBOARDS).tags([TAG])
              .as_dropdown(True).keep_time(True).include_vars(True).icon("external link"))
        .link(dashboard.DashboardLink("Runbook").type(models.DashboardLinkType.LINK).url("${runbook:raw}").icon("doc")
              .target_blank(True))
    )
    for found in variables:
        built.with_variable(found)
    return built


def variable(label, title, family, matchers=CLUSTER, *, everything=False):
    """A variable that takes the values of a label; `everything`: several of them, or all."""
    found = (
        dashboard.QueryVariable(label).label(title).datasource(SOURCE)
        .query(f"label_values({selected(family, matchers) if matchers else family}, {label})")
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED).sort(models.VariableSort.ALPHABETICAL_CASE_INSENSITIVE_ASC)
    )
    if everything:
        found.multi(True).include_all(True).all_value(".+").current(
            models.VariableOption(selected=True, text="All", value="$__all"))
    return found


def filled(built, rows):
    """The dashboard with rows: [(title, [panel or column])]. Panels stand beside each other as their widths allow; a
    column is a list of panels of one width, one under the other."""
    number, y = 0, 0
    for title, items in rows:
        number += 1
        built.with_row(dashboard.Row(title).id(number).grid_pos(models.GridPos(h=1, w=24, x=0, y=y)))
        x, y, height = 0, y + 1, 0
        for item in items:
            column = item if isinstance(item, list) else [item]
            places = [panel.build().grid_pos for panel in column]
            if x + places[0].w > 24:
                x, y, height = 0, y + height, 0
            top = y
            for panel, place in zip(column, places):
                number += 1
                built.with_panel(panel.id(number).grid_pos(models.GridPos(h=place.h, w=place.w, x=x, y=top)))
                top += place.h
            x, height = x + places[0].w, max(height, top - y)
        y += height
    return built
