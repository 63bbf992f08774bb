"""When each alert fires, and when not: by promtool, with the committed rules."""

import json
import re
import shutil

import prometheus_client.parser as exposition
import pytest

from conftest import FIXTURES
from demo import Demo
from programs import Exporter, wait_for
from promtool import INTERVAL, Case, alerts, labelled, run, seconds, selected, series, steps

JOB = "kube-ha-exporter"
# The longest time that an alert waits or goes on, and more than a scrape beside it.
LONGEST = max(seconds(alert.get("for")) + seconds(alert.get("keep_firing_for")) for alert in alerts().values())
HOUR = 3600


def scraped(name, values, instance="a", /, **labels):
    """A series as one replica gives it; others have other instances and pods."""
    return series(name, values, instance=instance, pod=f"pod-{instance}", job=JOB, **labels)


def whole(time=2 * HOUR, instance="a"):
    """A replica that is scraped, leads, and says that nodes may be taken out."""
    return [scraped("up", f"1x{steps(time)}", instance), scraped("kube_ha_exporter_leader", f"1x{steps(time)}", instance),
            scraped("kube_ha_maintenance_safe", f"1x{steps(time)}", instance)]


DEPLOYMENT = {"kind": "Deployment", "namespace": "shop", "name": "web"}


def finding(rule, area, severity, values, instance="a", cause=None, **labels):
    """A finding and its cause: itself, or (kind, namespace, name)."""
    labels = labels or DEPLOYMENT
    kind, namespace, name = cause or (labels["kind"], labels.get("namespace", ""), labels["name"])
    said = {"area": area, "rule": rule, **labels}
    causes = {"cause_kind": kind, "cause_namespace": namespace, "cause_name": name}
    return [scraped("kube_ha_finding", values, instance, severity=severity, **said),
            scraped("kube_ha_finding_cause", values, instance, **said,
                    **{label: value for label, value in causes.items() if value})]


def firing(alert, /, **labels):
    """The series of an alert that fires."""
    return labelled("ALERTS", {"alertname": alert, "alertstate": "firing", **labels})


def ask(alert):
    return labelled("ALERTS", {"alertname": alert, "alertstate": "firing"})


CAUSE = ("Node", "", "worker-1")


@pytest.fixture(scope="module")
def timed(rules):
    """[(rule, its alert's name, its `for` in seconds, its keep_firing_for)]"""
    found = []
    for rule in rules:
        (name, alert), = ((name, alert) for name, alert in alerts().items() if selected(alert, rule.name, rule.area))
        found.append((rule, name, seconds(alert["for"]), seconds(alert.get("keep_firing_for"))))
    return found


def loudest(rule):
    """The severity of the rule; of one of practice, which alerts nobody, what --rules-config may make of it."""
    return "warning" if rule.severity == "info" else rule.severity


def about(rule):
    """An object of its own for each rule."""
    return {"kind": "Deployment", "namespace": "shop", "name": rule.name}


def each(timed, values, severity=loudest, instance="a", cause=CAUSE):
    """A finding of every rule."""
    return [part for rule, *_ in timed for part in finding(
        rule.name, rule.area, severity(rule), values, instance, cause, **about(rule))]


def fired(timed, is_firing, severity=loudest):
    """The alerts of these rules, with the severity of the series and the labels of the root cause."""
    return [(firing(name, area=rule.area, rule=rule.name, severity=severity(rule), job=JOB, cause_kind="Node",
                    cause_name="worker-1", **about(rule)), 1)
            for rule, name, pending, kept in timed if is_firing(pending, kept)]


ALL_FIRING = 'ALERTS{alertstate="firing"}'


def test_each_alert_fires_at_its_time_and_not_before(timed, tmp_path):
    case = Case("one finding of each rule", *whole(), *each(timed, f"1x{steps(HOUR)}"))
    for time in range(0, LONGEST, INTERVAL):
        case.expect(time, ALL_FIRING, *fired(timed, lambda pending, _: pending <= time))
    run(tmp_path, case)


def test_each_alert_goes_on_for_its_time_and_no_longer(timed, tmp_path):
    lasts = LONGEST
    case = Case("one finding of each rule ends", *whole(), *each(timed, f"1x{steps(lasts)} stale"))
    for time in range(lasts, lasts + 900, INTERVAL):
        # Prometheus counts from the first evaluation without a result.
        since = time - lasts - INTERVAL
        case.expect(time, ALL_FIRING, *fired(timed, lambda _, kept: since < 0 or since < kept))
    run(tmp_path, case)


def test_a_changed_severity_holds(timed, tmp_path):
    """`--rules-config` makes a warning critical, or something critical a warning; info raises nothing."""
    cases = []
    for severity in ("critical", "warning", "info"):
        case = Case(severity, *whole(), *each(timed, f"1x{steps(HOUR)}", lambda _: severity))
        cases.append(case.expect(900, ALL_FIRING, *fired(timed, lambda *_: severity != "info", lambda _: severity)))
    run(tmp_path, *cases)


def test_two_replicas_raise_one_alert(timed, tmp_path):
    """Both serve while the API takes no writes; that they name different causes breaks nothing."""
    case = Case("two that serve", *whole(), *whole(instance="b"), *each(timed, f"1x{steps(HOUR)}"),
                *each(timed, f"1x{steps(HOUR)}", instance="b", cause=None))
    told = f"count by (rule) ({ALL_FIRING})"
    run(tmp_path, case.expect(900, told, *((f'{{rule="{rule.name}"}}', 1) for rule, *_ in timed)))


def test_a_standby_doubles_nothing(tmp_path):
    case = Case("standby", *whole(), scraped("up", f"1x{steps(HOUR)}", "b"),
                scraped("kube_ha_exporter_leader", f"0x{steps(HOUR)}", "b"),
                *finding("etcd-quorum-lost", "etcd", "critical", f"1x{steps(HOUR)}", kind="EtcdCluster", name="main"))
    run(tmp_path, case.count(LONGEST, "KubeHAEtcdQuorumLost", 1).quiet(LONGEST, "KubeHAEtcdQuorumLost"))


def test_a_finding_without_a_told_cause_alerts_too(tmp_path):
    """The family may be left out by --metric-denylist."""
    case = Case("no cause", *whole(), finding("workload-down", "replicas", "critical", f"1x{steps(HOUR)}")[0])
    run(tmp_path, case.count(270, "KubeHAWorkloadDown", 0).count(300, "KubeHAWorkloadDown", 1))


def handed_over(gap, family="kube_ha_finding", **labels):
    """A family that replica a serves for 10 minutes, nobody during the gap, and b from then on."""
    before, after = steps(600), steps(HOUR)
    return [
        scraped("kube_ha_exporter_leader", f"1x{before} 0x{steps(gap) + after}", "a"),
        scraped("kube_ha_exporter_leader", f"0x{before + steps(gap)} 1x{after}", "b"),
        scraped(family, f"1x{before} stale", "a", **labels),
        scraped(family, f"_x{before + steps(gap) + 1} 1x{after}", "b", **labels),
    ]


# A clean shutdown, a killed leader (lease duration and one interval), and one whose successor takes long to read.
@pytest.mark.parametrize("gap", [30, 60, 240])
def test_a_hand_over_leaves_no_gap(gap, tmp_path):
    said = {"area": "etcd", "rule": "etcd-quorum-lost", "kind": "EtcdCluster", "name": "main"}
    case = Case(f"gap of {gap} s", *handed_over(gap, severity="critical", **said),
                *handed_over(gap, "kube_ha_finding_cause", cause_kind="EtcdCluster", cause_name="main", **said)[2:],
                *(scraped("up", f"1x{steps(2 * HOUR)}", instance) for instance in "ab"))
    name = "KubeHAEtcdQuorumLost"
    for time in range(60, 1500, INTERVAL):
        case.count(time, name, 1)
    # When it became pending, in seconds: neither a gap nor another label began it anew.
    case.expect(1500, f'ALERTS_FOR_STATE{{alertname="{name}"}} * 1', (
        "{" + f'alertname="{name}", cause_kind="EtcdCluster", cause_name="main", job="{JOB}", severity="critical", '
        + ", ".join(f'{label}="{value}"' for label, value in said.items()) + "}", 0))
    run(tmp_path, case.quiet(1500, name, "KubeHAMaintenanceUnsafe"))


CAUSES = [("EtcdCluster", "main"), ("Zone", "zone-b")]


@pytest.mark.parametrize("first, last", [CAUSES, CAUSES[::-1]])
def test_a_hand_over_brings_back_nothing_that_was_over(first, last, tmp_path):
    """Shortly before the leader is killed, a finding gets another cause, and another finding ends."""
    name, said = "KubeHAEtcdNoTolerance", {"area": "etcd", "rule": "etcd-no-tolerance", "kind": "EtcdCluster", "name": "main"}
    before, gap, after = steps(600), steps(60), steps(HOUR)
    told = [{"cause_kind": kind, "cause_name": cause} for kind, cause in (first, last)]
    case = Case(
        f"{first} and then {last}", *handed_over(60)[:2], *(scraped("up", f"1x{after}", instance) for instance in "ab"),
        scraped("kube_ha_finding", f"_x{before - 2} 1x2 stale", severity="critical", **said),
        scraped("kube_ha_finding_cause", f"_x{before - 2} 1 stale", **said, **told[0]),
        scraped("kube_ha_finding_cause", f"_x{before - 1} 1x1 stale", **said, **told[1]),
        scraped("kube_ha_finding", f"_x{before + gap + 1} 1x{after}", "b", severity="critical", **said),
        scraped("kube_ha_finding_cause", f"_x{before + gap + 1} 1x{after}", "b", **said, **told[1]),
        *finding("workload-down", "replicas", "critical", f"1x{before - 2} stale"))
    begun = 600 - INTERVAL
    for time in range(begun, 1200, INTERVAL):
        labels = {"alertname": name, "job": JOB, "severity": "critical", **said, **told[1]}
        case.expect(time, f'ALERTS_FOR_STATE{{alertname="{name}"}} * 1', (labelled("", labels), begun))
        case.expect(time, 'kube_ha:finding{rule="workload-down"}')
    run(tmp_path, case)


@pytest.mark.parametrize("family", [
    "kube_ha_finding", "kube_ha_finding_cause", "kube_ha_findings", "kube_ha_findings_not_listed", "kube_ha_area_status",
    "kube_ha_area_rules_evaluated_ratio", "kube_ha_survives"])
def test_what_is_recorded_is_bridged(family, tmp_path):
    """For five minutes without a leader, and no longer; with one, not for one evaluation."""
    recorded = family.replace("kube_ha_", "kube_ha:")
    found = (f'{recorded}{{job="{JOB}", x="y"}}', 1)
    over = Case("hand-over", *handed_over(120, family, x="y"))
    for time in range(0, 1200, INTERVAL):
        over.expect(time, recorded, found)
    gone = Case("nobody takes over", *handed_over(2 * HOUR, family, x="y"))
    gone.expect(600 + 270, recorded, found).expect(600 + 360, recorded)
    ended = Case("ended", *whole(), scraped(family, f"1x{steps(600)} stale", x="y"))
    ended.expect(600, recorded, found).expect(600 + INTERVAL, recorded)
    run(tmp_path, over, gone, ended)


def area(status, values, instance="a", name="etcd"):
    """An area's status."""
    return scraped("kube_ha_area_status", values, instance, area=name, status=status)


def test_an_outage_that_goes_out_of_sight_is_not_over(tmp_path):
    """KubeHAAreaBlind: critical, then unknown, for as long as that lasts."""
    name = "KubeHAAreaBlind"
    minute = steps(60)
    blind = Case("blind", *whole(), area("critical", f"1x{10 * minute} 0x{60 * minute}"),
                 area("unknown", f"0x{10 * minute} 1x{20 * minute} 0x{40 * minute}"),
                 area("ok", f"0x{30 * minute} 1x{40 * minute}"))
    # Unknown from the first interval after minute 10 on.
    blind.count(600, name, 0).count(600 + 60, name, 0)
    for time in range(600 + INTERVAL + 60, 1800, INTERVAL):
        blind.count(time, name, 1)
    blind.count(1800 + 3 * INTERVAL, name, 0)
    seen = Case("seen again", *whole(), area("critical", f"1x{5 * minute} 0x{5 * minute} 1x{50 * minute}"),
                area("unknown", f"0x{5 * minute} 1x{5 * minute} 0x{50 * minute}"))
    seen.count(600, name, 1).count(600 + 3 * INTERVAL, name, 0)
    never = Case("never critical", *whole(), area("unknown", f"1x{60 * minute}"), area("critical", f"0x{60 * minute}"),
                 area("warning", f"1x{60 * minute}", name="nodes"), area("unknown", f"0x{60 * minute}", name="nodes"))
    never.quiet(1800)
    managed = Case("not applicable", *whole(), area("not_applicable", f"1x{60 * minute}"),
                   area("unknown", f"0x{60 * minute}"))
    managed.quiet(1800)
    over = Case("through a hand-over", scraped("up", f"1x{60 * minute}"),
                scraped("kube_ha_exporter_leader", f"1x{10 * minute} 0x{60 * minute}"),
                scraped("kube_ha_exporter_leader", f"0x{12 * minute} 1x{60 * minute}", "b"),
                area("critical", f"1x{10 * minute} stale"), area("unknown", f"0x{10 * minute} stale"),
                area("critical", f"_x{12 * minute + 1} 0x{40 * minute}", "b"),
                area("unknown", f"_x{12 * minute + 1} 1x{40 * minute}", "b"))
    over.count(15 * 60, name, 1)
    run(tmp_path, blind, seen, never, managed, over)


def own(name, pending, good, bad, severity, labels, *without):
    """A case for an alert of the exporter itself: silent with what is good, and just before its time with what is bad."""
    well = Case(f"{name}: well", *[part for part in whole() if not part["series"].startswith(without)], *good)
    for time in (pending, LONGEST):
        well.count(time, name, 0)
    ill = Case(f"{name}: ill", *[part for part in whole() if not part["series"].startswith(without)], *bad)
    if pending:
        ill.count(pending - INTERVAL, name, 0)
    ill.expect(pending, ask(name), (firing(name, severity=severity, **labels), 1))
    return well, ill


def test_the_alerts_about_the_exporter(tmp_path):
    span = steps(2 * HOUR)
    source = {"source": "pods"}
    cases = [
        *own("KubeHAExporterDown", 300, [scraped("up", f"1x{span}")], [scraped("up", f"0x{span}")], "critical", {"job": JOB}, "up"),
        *own("KubeHAExporterDown", 300, [], [], "critical", {"job": JOB}, "up")[1:],
        *own("KubeHAExporterNoLeader", 300, [scraped("kube_ha_exporter_leader", f"0x{span}", "b")],
             [scraped("kube_ha_exporter_leader", f"0x{span}", "b"), scraped("kube_ha_exporter_leader", f"0x{span}")],
             "critical", {"job": JOB})[:1],
        *own("KubeHAExporterNoLeader", 300, [],
             [scraped("kube_ha_exporter_leader", f"0x{span}", "b"), scraped("kube_ha_exporter_leader", f"0x{span}")],
             "critical", {"job": JOB}, "kube_ha_exporter_leader")[1:],
        *own("KubeHAExporterSourceDown", 900, [scraped("kube_ha_exporter_source_up", f"1x{span}", **source)],
             [scraped("kube_ha_exporter_source_up", f"0x{span}", **source),
              scraped("kube_ha_exporter_source_up", f"1x{span}", "b", **source)], "warning", {"job": JOB, **source}),
        *own("KubeHAExporterCollectionSlow", 900,
             [scraped("kube_ha_exporter_collection_duration_seconds", f"10x{span}")],
             [scraped("kube_ha_exporter_collection_duration_seconds", f"10.5x{span}")], "warning", {"job": JOB}),
        *own("KubeHAFindingsNotListed", 900, [scraped("kube_ha_findings_not_listed", f"0x{span}")],
             [scraped("kube_ha_findings_not_listed", f"1x{span}")], "warning", {"job": JOB}),
        # promtool's time begins at 0; a certificate of 8 days has 7 left after the first day only.
        *own("KubeHAClientCertificateExpiring", 900,
             [scraped("kube_ha_exporter_client_certificate_expiry_timestamp_seconds", f"{8 * 86400}x{span}", source="etcd")],
             [scraped("kube_ha_exporter_client_certificate_expiry_timestamp_seconds", f"{7 * 86400 - 1}x{span}",
                      source="etcd")], "warning", {"job": JOB, "source": "etcd"}),
    ]
    run(tmp_path, *cases)


def test_one_replica_that_is_down_is_no_exporter_down(tmp_path):
    case = Case("one of two", *whole(), scraped("up", f"0x{steps(HOUR)}", "b"))
    run(tmp_path, case.quiet(LONGEST))


def test_the_gate_for_maintenance_fails_closed(tmp_path):
    """It is open only while somebody who leads says so."""
    name, span = "KubeHAMaintenanceUnsafe", steps(HOUR)
    up = scraped("up", f"1x{span}")
    leads = scraped("kube_ha_exporter_leader", f"1x{span}")
    cases = [
        Case("safe", up, leads, scraped("kube_ha_maintenance_safe", f"1x{span}")).count(0, name, 0).count(LONGEST, name, 0),
        Case("not safe", up, leads, scraped("kube_ha_maintenance_safe", f"0x{span}")).count(0, name, 1),
        Case("not known", up, leads).count(0, name, 1),
        Case("nobody there").count(0, name, 1),
        Case("the exporter went with the node", scraped("up", f"1x{steps(600)} 0x{span}"),
             scraped("kube_ha_exporter_leader", f"1x{steps(600)} stale"),
             scraped("kube_ha_maintenance_safe", f"1x{steps(600)} stale")).count(600, name, 0).count(600 + INTERVAL, name, 1),
        Case("two that disagree", up, leads, scraped("kube_ha_maintenance_safe", f"1x{span}"),
             scraped("kube_ha_maintenance_safe", f"0x{span}", "b")).count(0, name, 1),
        Case("another cluster is not", series("up", f"1x{span}", job=JOB, cluster="one"),
             series("up", f"1x{span}", job=JOB, cluster="two"),
             series("kube_ha_maintenance_safe", f"1x{span}", job=JOB, cluster="one"),
             series("kube_ha_maintenance_safe", f"0x{span}", job=JOB, cluster="two"))
        .expect(0, f'count by (cluster) ({ask(name)})', ('{cluster="two"}', 1)),
    ]
    run(tmp_path, *cases)


def test_clusters_are_kept_apart(tmp_path):
    """One Prometheus over two clusters: the leader of one says nothing of the other."""
    said = {"area": "etcd", "rule": "etcd-quorum-lost", "kind": "EtcdCluster", "name": "main", "severity": "critical"}
    case = Case("two clusters", *(
        series(name, values, job=JOB, instance=cluster, cluster=cluster, **labels)
        for cluster, values in (("one", f"1x{steps(HOUR)}"), ("two", f"1x{steps(600)} stale"))
        for name, labels in (("kube_ha_finding", said), ("kube_ha_exporter_leader", {}), ("up", {}))))
    told = 'count by (cluster) (kube_ha:finding)'
    case.expect(600, told, ('{cluster="one"}', 1), ('{cluster="two"}', 1))
    # Nobody leads in the second one any more, so its last values hold for a while.
    case.expect(800, told, ('{cluster="one"}', 1), ('{cluster="two"}', 1)).expect(1200, told, ('{cluster="one"}', 1))
    run(tmp_path, case)


def exposed(running):
    """What a running program exposes, as constant series of one replica that is scraped."""
    def text():
        return running.get("/metrics", Accept="text/plain")[2].decode()
    try:
        # Leases are alive once one of them was seen to change: until then area 1 is unknown.
        wait_for(lambda: not re.search(r'^kube_ha_area_status{.*status="unknown"} 1', text(), re.MULTILINE),
                 "everything to be known")
        samples = [sample for family in exposition.text_string_to_metric_families(text())
                   for sample in family.samples if sample.name.startswith("kube_ha_")]
    finally:
        running.stop()
    values = f"x{steps(2 * HOUR)}"
    return [scraped("up", f"1{values}")] + [
        scraped(sample.name, f"{sample.value!r}{values}", **sample.labels) for sample in samples]


def quiet_for_long(case, *but):
    """Nothing fires, or is about to, at any time within the longest `for`."""
    for time in range(0, LONGEST + 60, 60):
        case.quiet(time, *but)
    return case


def test_a_well_run_cluster_is_quiet(simulator, healthy_rules, tmp_path):
    """The demo's cluster while nothing happens to it."""
    fed = exposed(Demo(simulator, "--no-story", "--rules-config", healthy_rules))
    assert [part["series"] for part in fed if part["series"].startswith("kube_ha_finding{")] == []
    run(tmp_path, quiet_for_long(Case("well run", *fed)))


@pytest.fixture
def managed(tmp_path):
    """A cluster as its user sees it where a provider runs the control plane: no node of that role, no member of etcd to
    ask, no identity leases; its workloads are those of the recording."""
    folder = tmp_path / "managed"
    shutil.copytree(FIXTURES / "three-zone-healthy", folder)
    for suffix in ("pb", "json"):
        nodes = folder / f"core_v1_nodes.{suffix}"
        # Of the same length, so that the binary form stays one.
        nodes.write_bytes(nodes.read_bytes().replace(b"node-role.kubernetes.io/control-plane",
                                                     b"node-role.kubernetes.io/control_plane"))
    probes = folder / "probes.jsonl"
    probes.write_text("".join(line for line in probes.read_text().splitlines(keepends=True)
                              if json.loads(line)["source"] != "etcd"))
    return folder


def test_what_cannot_be_seen_of_a_managed_control_plane_raises_nothing(program, managed, tmp_path):
    fed = exposed(Exporter(program, "--from", str(managed)))
    statuses = {part["series"] for part in fed if part["series"].startswith("kube_ha_area_status") and part["values"][0] == "1"}
    assert any('area="etcd"' in text and "not_applicable" in text for text in statuses)
    case = Case("managed", *fed)
    for time in range(0, LONGEST + 60, 60):
        case.expect(time, 'ALERTS{area=~"control_plane|etcd"}')
        case.expect(time, 'ALERTS{alertname=~"KubeHAExporter.+|KubeHAAreaBlind|KubeHAClient.+"}')
    run(tmp_path, case)
