"""Exporter: whether the exporter itself sees what it should, replica by replica."""

from .board import board, filled, variable
from .elements import GREY, LOSS, NONE_IS_GOOD, Column, bars, graph, grid, number, states
from .promql import CLUSTER

TARGET = f'{CLUSTER}, job=~"$job", instance=~"$instance"'
SOURCE = "instance, source"
# Better states first; `absent` and `disabled` are none that anybody waits for.
STATES = {
    0: ("ok", "green"), 1: ("absent", GREY), 2: ("disabled", GREY), 3: ("not_synced", "blue"), 4: ("failing", "yellow"),
    5: ("stale", "orange"), 6: ("forbidden", "orange"), 7: ("unauthorized", "red"), 8: ("malformed", "red"),
    9: ("unreachable", "red"),
}
STATE = "max by (source) (" + " or ".join(
    f'(kube_ha_exporter_source_state{{state="{name}"}} == 1) * {code}' for code, (name, _) in STATES.items()) + ")"


def exporter():
    """The dashboard."""
    def told(panel, *arguments, **options):
        return panel(*arguments, matchers=TARGET, **options)

    def over_time(title, description, queries, **options):
        return told(graph, title, description, queries, width=8, **options)

    age = "time() - max by (instance) (kube_ha_exporter_last_collection_timestamp_seconds)"
    unlisted = "max(kube_ha_findings_not_listed)"
    return filled(board("exporter", "Exporter", "Whether the exporter itself sees what it should, replica by replica.", [
        variable("job", "Job", "kube_ha_exporter_build_info", everything=True),
        variable("instance", "Instance", "kube_ha_exporter_build_info", everything=True,
                 matchers=f'{CLUSTER}, job=~"$job"')]), [
        ("Right now", [
            told(number, "Replicas", "Replicas that Prometheus scrapes.",
                 "count(max by (instance) (kube_ha_exporter_build_info))"),
            told(number, "Replicas that serve", "Replicas that serve the cluster's families: one, but for moments, and while "
                 "the API server takes no writes.", "sum(max by (instance) (kube_ha_exporter_leader))",
                 steps=[(None, "red"), (1, "green"), (2, "yellow")]),
            told(number, "Sources not usable", "Sources that a replica cannot read: what is computed from them is absent, and "
                 "their areas are unknown.", "sum(min by (source) (kube_ha_exporter_source_up) == bool 0)",
                 steps=NONE_IS_GOOD),
            told(number, "Last collection", "Of the replica with the latest. Above the interval of 15 s and a "
                 "scrape, collections take too long; above five minutes nothing is served.", f"min({age})", unit="s",
                 decimals=0, steps=[(None, "green"), (60, "yellow"), (300, "red")]),
            told(number, "Series", "Series of the cluster in the last collection.", "max(kube_ha_exporter_series)"),
            told(number, "Findings not listed", "Findings beyond the limit of series, which alerts cannot see: raise "
                 "--finding-series-limit.", unlisted, steps=NONE_IS_GOOD),
        ]),
        ("Sources", [
            told(states, "State of each source", "The worst state that a replica reports of the source.", STATE,
                 "{{source}}", STATES, width=16, height=18),
            [
                told(grid, "Sources not ok", "Sources that are not usable, and when they were last heard of.",
                     {"instance": "Instance", "source": "Source"}, [
                         Column("Last success", f"(time() - max by ({SOURCE}) (kube_ha_exporter_source_last_success_"
                                f"timestamp_seconds)) and on ({SOURCE}) max by ({SOURCE}) (kube_ha_exporter_source_up) == 0",
                                unit="s", decimals=0, steps=LOSS)], width=8, height=8, sort=[("Last success", True)]),
                told(bars, "Objects held", "Objects of each source that the exporter keeps.",
                     "max by (source) (kube_ha_exporter_source_objects) > 0", "{{source}}", width=8, height=10),
            ],
            over_time("Errors of sources", "Errors a second, by the stage they happened in.",
                      {"{{source}} {{stage}}": "sum by (source, stage) (rate(kube_ha_exporter_source_errors_total"
                       "[$__rate_interval]))"}, unit="ops"),
            over_time("Events and lists", "Watch events applied, and full lists received, a second.", {
                "events": "sum(rate(kube_ha_exporter_source_events_total[$__rate_interval]))",
                "full lists": "sum(rate(kube_ha_exporter_source_relists_total[$__rate_interval]))"}, unit="ops"),
            over_time("Received", "Bytes received from API servers, a second.", {
                "{{instance}}": "sum by (instance) (rate(kube_ha_exporter_source_received_bytes_total[$__rate_interval]))"},
                unit="Bps"),
        ]),
        ("Collections and scrapes", [
            over_time("Time of a collection", "The last collection of each replica, and of the area that took longest.", {
                "{{instance}}": "max by (instance) (kube_ha_exporter_collection_duration_seconds)",
                "longest area": "max(kube_ha_exporter_collection_area_duration_seconds)"}, unit="s"),
            over_time("Age of the last collection", "Of each replica.", {"{{instance}}": age}, unit="s"),
            over_time("Collections", "Collections a minute.", {
                "{{instance}}": "60 * sum by (instance) (rate(kube_ha_exporter_collections_total[$__rate_interval]))"},
                unit="opm"),
            over_time("Requests answered", "By path and status code, a second.", {
                "{{path}} {{code}}": "sum by (path, code) (rate(kube_ha_exporter_http_requests_total[$__rate_interval]))"},
                unit="reqps"),
            over_time("Size of the exposition", "By format and encoding, in the formats that were asked for.", {
                "{{format}} {{encoding}}": "max by (format, encoding) (kube_ha_exporter_exposition_bytes)"}, unit="bytes"),
            over_time("Series over time", "Series of the cluster in the last collection.",
                      {"{{instance}}": "max by (instance) (kube_ha_exporter_series)"}),
        ]),
        ("Process", [
            over_time("Memory", "Resident memory of each replica.",
                      {"{{instance}}": "max by (instance) (process_resident_memory_bytes)"}, unit="bytes"),
            over_time("CPU", "CPU time a second.",
                      {"{{instance}}": "sum by (instance) (rate(process_cpu_seconds_total[$__rate_interval]))"},
                      unit="percentunit"),
            over_time("Open files", "File descriptors, of those that the process may open.",
                      {"{{instance}}": "max by (instance) (process_open_fds) / max by (instance) (process_max_fds)"},
                      unit="percentunit"),
            told(grid, "Versions", "What each replica is, and since when it runs.",
                 {"instance": "Instance", "version": "Version", "revision": "Revision"}, [
                     Column("Runs for", "max by (instance, version, revision) (kube_ha_exporter_build_info)"
                            " * on (instance) group_left () (time() - max by (instance) (process_start_time_seconds))",
                            unit="s", decimals=0, width=110),
                     Column("Serves", "max by (instance, version, revision) (kube_ha_exporter_build_info)"
                            " * on (instance) group_left () max by (instance) (kube_ha_exporter_leader)",
                            values={1: ("yes", "green"), 0: ("waits", "text")}, width=80)], width=12, height=7,
                 sort=[("Instance", False)]),
            told(grid, "Client certificates", "Time until the certificate that a replica shows to API servers or etcd expires.",
                 {"instance": "Instance", "source": "To"}, [
                     Column("Expires in", f"min by ({SOURCE}) (kube_ha_exporter_client_certificate_expiry_timestamp_seconds)"
                            " - time()", unit="s", steps=[(None, "red"), (24 * 3600, "yellow"), (7 * 24 * 3600, "text")])],
                 width=12, height=7, sort=[("Expires in", False)]),
        ]),
    ])
