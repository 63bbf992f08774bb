"""The files under deploy/prometheus: up to date, accepted by those who read them, and complete."""

import json
import re
import subprocess

import pytest
import yaml

import promtool
import references
from conftest import DEPLOY, ROOT
from promtool import RULES, selected
from validation import faults_of_object

COMMAND = ".venv/bin/python Tests/deploy/write-references.py PROGRAM"
PROMETHEUS = DEPLOY / "prometheus"
RUNBOOK = DEPLOY / "runbook.md"
# The alerts that are not about findings.
OWN = {
    "KubeHAAreaBlind", "KubeHAExporterDown", "KubeHAExporterNoLeader", "KubeHAExporterSourceDown",
    "KubeHAExporterCollectionSlow", "KubeHAFindingsNotListed", "KubeHAClientCertificateExpiring",
    "KubeHAMaintenanceUnsafe",
}


def parsed(text):
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@pytest.mark.parametrize("form, file", references.RULE_FILES.items())
def test_the_files_are_up_to_date(program, form, file):
    assert file.read_text() == references.prometheus_rules(program, form), f"run {COMMAND}"


def test_the_list_of_alerts_is_up_to_date():
    text = (DEPLOY / "README.md").read_text()
    assert references.replaced(text, "alerts", references.alert_table()) == text, f"run {COMMAND}"


def test_the_object_has_the_same_groups():
    assert parsed((PROMETHEUS / "prometheusrule.yaml").read_text())["spec"]["groups"] == promtool.groups()


def test_the_object_is_valid():
    assert list(faults_of_object(parsed((PROMETHEUS / "prometheusrule.yaml").read_text()))) == []


def judged(*command):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60, check=False)


def test_promtool_accepts_the_rules():
    told = judged("promtool", "check", "rules", "--lint=all", "--lint-fatal", RULES)
    assert told.returncode == 0, told.stdout + told.stderr


def test_amtool_accepts_the_routes():
    told = judged("amtool", "check-config", PROMETHEUS / "alertmanager.yaml")
    assert told.returncode == 0, told.stdout + told.stderr


def test_addresses_and_job_are_configurable(program):
    told = references.prometheus_rules(
        program, "prometheus", "--runbook-url", "https://run.example/book", "--dashboard-url", "https://graf.example/d",
        "--job", "ha")
    text = RULES.read_text().replace("https://example.com/kube-ha-exporter/runbook.md", "https://run.example/book")
    text = text.replace("https://grafana.example.com/d", "https://graf.example/d")
    text = text.replace('job="kube-ha-exporter"', 'job="ha"')
    # Lines are broken at other places.
    assert parsed(told) == parsed(text)


@pytest.mark.parametrize("flag, value", [
    ("--job", 'a"b'), ("--runbook-url", "https://a b"), ("--dashboard-url", "{{ x }}"), ("--job", "")])
def test_what_would_break_an_expression_or_a_template_is_refused(program, flag, value):
    told = subprocess.run([program, "rules", "--prometheus", flag, value], capture_output=True, text=True, timeout=60,
                          check=False)
    assert told.returncode == 64 and told.stdout == ""
    assert flag in told.stderr and told.stderr.count("\n") == 1


def test_each_rule_raises_one_alert(rules, alerts):
    raised = {rule.name: [name for name, alert in alerts.items() if selected(alert, rule.name, rule.area)]
              for rule in rules}
    assert {name: found for name, found in raised.items() if len(found) != 1} == {}
    about_findings = {found for names in raised.values() for found in names}
    assert about_findings | OWN == set(alerts) and not about_findings & OWN


def test_a_critical_rule_has_an_alert_of_its_own(rules, alerts):
    for rule in rules:
        alert, = (found for name, found in alerts.items() if selected(found, rule.name, rule.area))
        others = [other.name for other in rules if other is not rule and selected(alert, other.name, other.area)]
        if rule.severity == "critical":
            assert others == [], rule.name
            assert alert["alert"].lower() == "kubeha" + rule.name.replace("-", "")
        else:
            assert alert["alert"].endswith(("AtRisk", "Degraded")), rule.name


def test_the_times(rules, alerts):
    """Nothing critical pages within a minute; outages of workloads 5 m, warnings 15 m, etcd and the control plane 1 m. What
    mutes others is told before them: nodes after 10 m, zones after 2 m."""
    by_rule = {"zone-lost": "2m", "zone-degraded": "2m", "workload-down": "5m", "statefulset-held-by-dead-node": "5m",
               "webhook-blocks-pods": "5m", "node-not-ready": "10m", "master-not-ready": "10m"}
    for rule in rules:
        alert, = (found for found in alerts.values() if selected(found, rule.name, rule.area))
        assert alert["for"] == by_rule.get(rule.name, "1m" if rule.severity == "critical" else "15m"), rule.name


def test_severity_comes_from_the_series(alerts):
    for name, alert in alerts.items():
        assert ("severity" in alert.get("labels", {})) == (name in OWN), name
    assert alerts["KubeHAMaintenanceUnsafe"]["labels"]["severity"] == "none"


def test_absence_of_a_family_raises_nothing():
    """It proves nothing of the cluster. SIGNALS, «Two replicas»."""
    for group in promtool.groups():
        for rule in group["rules"]:
            assert not re.search(r"absent(_over_time)?\(\s*kube_ha", rule["expr"]), rule
            # Counters begin again with another replica.
            assert not re.search(r"(changes|increase|rate|delta)\(\s*kube_ha_", rule["expr"]), rule


def test_only_families_that_exist_are_asked(program):
    told = subprocess.run([program, "metrics"], capture_output=True, text=True, check=True).stdout
    known = {line.split("\t")[0] for line in told.splitlines()}
    recorded = {rule["record"] for group in promtool.groups() for rule in group["rules"] if "record" in rule}
    asked = set(re.findall(r"\bkube_ha[:_][a-z_]+", RULES.read_text()))
    assert asked - known - recorded - {"kube_ha_exporter"} == set()


def test_every_alert_has_its_texts(alerts):
    for name, alert in alerts.items():
        assert set(alert["annotations"]) == {"summary", "description", "runbook_url", "dashboard_url"}, name


def test_an_alert_leads_to_the_dashboard_of_what_it_is_about(alerts):
    uids = {json.loads(file.read_text())["uid"] for file in (ROOT / "dashboards").glob("*.json")}
    led = {name: re.search(r"/d/([\w-]+)\?var-cluster=", alert["annotations"]["dashboard_url"])[1]
           for name, alert in alerts.items()}
    assert set(led.values()) <= uids
    assert led["KubeHASurvivalAtRisk"] == "kube-ha-survival" and led["KubeHAEtcdQuorumLost"] == "kube-ha-control-plane"
    assert {led[name] for name in OWN} == {"kube-ha-exporter"}


def inhibitions():
    """[(source, target, equal)]: each a list of (label, operator, value)."""
    def matchers(texts):
        return [re.fullmatch(r'(\w+)(=~|!~|!=|=)"(.*)"', text).groups() for text in texts]
    configuration = yaml.safe_load((PROMETHEUS / "alertmanager.yaml").read_text())
    return [(matchers(rule["source_matchers"]), matchers(rule["target_matchers"]), rule["equal"])
            for rule in configuration["inhibit_rules"]]


def sources():
    """The rules whose findings mute others."""
    return {name for source, _, _ in inhibitions() for label, _, value in source if label == "rule"
            for name in value.split("|")}


def test_what_mutes_others_outlasts_them(rules, alerts):
    """keep_firing_for of 10 m on the sources, and less on all else, or what was muted bursts out at the end."""
    areas = {rule.name: rule.area for rule in rules}
    assert sources() <= set(areas)
    muting = {name for name, alert in alerts.items()
              if any(selected(alert, rule, areas[rule]) for rule in sources())}
    for name, alert in alerts.items():
        kept = promtool.seconds(alert.get("keep_firing_for"))
        assert (kept == 600) if name in muting else (kept <= 300), name


def test_nothing_mutes_what_is_more_severe():
    order = ["info", "warning", "critical"]
    for source, target, equal in inhibitions():
        assert equal == ["cluster", "cause_kind", "cause_namespace", "cause_name"]
        worst = [max(order.index(word) for word in value.split("|"))
                 for matchers in (source, target) for label, _, value in matchers if label == "severity"]
        least = min(order.index(word) for label, _, value in source if label == "severity" for word in value.split("|"))
        assert len(worst) == 2
        assert worst[1] <= least, (source, target)


def test_the_alerts_of_the_exporter_mute_nothing():
    """They have no rule, by which every source is named."""
    for source, _, _ in inhibitions():
        assert [operator for label, operator, _ in source if label == "rule"] == ["=~"]


def anchors():
    """The links that lead to a section of the runbook."""
    return {re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-"))
            for heading in re.findall(r"^#+ (.*)$", RUNBOOK.read_text(), re.MULTILINE)}


def test_no_link_to_the_runbook_is_dead(program, rules, alerts):
    found = anchors()
    assert {rule.name for rule in rules} <= found
    for name, alert in alerts.items():
        anchor = alert["annotations"]["runbook_url"].split("#")[1]
        assert anchor == (name.lower() if name in OWN else "{{ $labels.rule }}")
        assert name not in OWN or anchor in found
    for page in [*ROOT.glob("*.md"), *DEPLOY.rglob("*.md")]:
        for target, anchor in re.findall(r"\]\(([^)#\s]*runbook\.md|)#([^)]+)\)", page.read_text()):
            if target or page == RUNBOOK:
                assert anchor in found, f"{page}: #{anchor}"


def sections():
    """{heading of the third level: {heading of the fourth: text}}"""
    found, name, part = {}, None, None
    for line in RUNBOOK.read_text().splitlines():
        if line.startswith("### "):
            name, part = line[4:], None
            assert name not in found, f"two sections {name}"
            found[name] = {}
        elif line.startswith("## "):
            name = None
        elif line.startswith("#### ") and name:
            part = line[5:]
            found[name][part] = ""
        elif name and part:
            found[name][part] += line + "\n"
    return found


def test_every_section_of_the_runbook_has_its_four_parts(rules):
    found = sections()
    assert set(found) == {rule.name for rule in rules} | OWN
    for name, parts in found.items():
        assert list(parts) == ["Meaning", "Impact", "Diagnosis", "Mitigation"], name
        assert all(text.strip() for text in parts.values()), name
        assert "```sh\n" in parts["Diagnosis"], f"{name}: no command"


def commands():
    """Each block of commands of the runbook, with its section."""
    for name, parts in sections().items():
        for text in parts.values():
            for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
                yield name, block


def test_every_command_of_the_runbook_is_one():
    """By the shell's own parser, with the placeholders filled in."""
    for name, block in commands():
        told = subprocess.run(["bash", "-n", "-c", re.sub(r"<[\w:. -]+>", "x", block)], capture_output=True, text=True,
                              check=False)
        assert told.returncode == 0, f"{name}: {told.stderr}"
