"""Real etcd members with certificates on both sides: what the exporter says of them, healthy and not."""

import base64

import pytest

from certificates import Authority
from conftest import Exporter, wait_for
from etcd_members import NAMES, EtcdCluster, put
from simulator import Simulator, wait_for_samples

MAIN = {"etcd_cluster": "main"}
MIB = 1 << 20


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    running = Simulator(tmp_path_factory.mktemp("simulator"))
    yield running
    assert running.stop() == 0, "\n".join(running.lines)


@pytest.fixture(scope="module", params=["3.4", "3.5"])
def etcd(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"etcd-{request.param}")
    cluster = EtcdCluster(
        request.param, folder, Authority(folder / "ca"), "--quota-backend-bytes", str(MIB),
        # Short, so that a new leader is found soon; a loaded machine must not lose one for that.
        "--heartbeat-interval", "100", "--election-timeout", "1000")
    cluster.version = request.param
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


def start(program, simulator, *flags):
    return Exporter(program, "--kubeconfig", str(simulator.kubeconfig), "--interval", "1s", *flags)


@pytest.fixture(scope="module")
def live(program, simulator, etcd):
    running = start(program, simulator, *etcd.flags())
    yield running
    assert running.stop() == 0, "\n".join(running.lines)


def cluster_value(samples, name):
    return samples.value(f"kube_ha_etcd_{name}", **MAIN)


def by_member(samples, name, **labels):
    return samples.by("member", f"kube_ha_etcd_{name}", **MAIN, **labels)


def healthy(samples):
    return sorted(name for name, value in by_member(samples, "member_healthy").items() if value == 1)


def wait_until_well(live):
    """All three are healthy again, and nothing is found."""
    return wait_for_samples(
        live, lambda s: len(healthy(s)) == 3 and cluster_value(s, "has_leader") == 1 and s.area("etcd") == "ok",
        "three healthy members, a leader and nothing to find")


def test_healthy_members(live, etcd):
    samples = wait_until_well(live)
    assert samples.states()["etcd"] == "ok"
    for name, value in [
            ("members", 3), ("voting_members", 3), ("learners", 0), ("members_healthy", 3), ("quorum_size", 2),
            ("failure_tolerance", 1), ("has_quorum", 1), ("has_leader", 1)]:
        assert cluster_value(samples, name) == value, name
    assert healthy(samples) == sorted(NAMES)
    assert by_member(samples, "member_is_learner") == {name: 0 for name in NAMES}
    assert samples.value("kube_ha_etcd_source_info", source="members") == 1
    # Members live on the simulated masters that have their addresses, one a zone.
    assert by_member(samples, "member_healthy") == {name: 1 for name in NAMES}
    zones = samples.by("topology_zone", "kube_ha_etcd_zone_loss_has_quorum")
    assert sorted(zones) == ["zone-a", "zone-b", "zone-c"] and set(zones.values()) == {1}


def test_values_are_those_of_the_members(live, etcd):
    """What /metrics says against what each member answers itself, asked with the client's certificate."""
    def same(samples):
        statuses = {member.name: member.status() for member in etcd.members}
        return all(by_member(samples, family) == {name: float(status[field]) for name, status in statuses.items()}
                   for family, field in [("member_db_size_bytes", "dbSize"), ("member_db_in_use_bytes", "dbSizeInUse")])

    samples = wait_for_samples(live, same, "the sizes that the members tell")
    leader = wait_for(etcd.leader, "a leader that all name")
    assert by_member(samples, "member_is_leader") == {name: float(name == leader.name) for name in NAMES}
    for member in etcd.members:
        status = member.status()
        assert int(status["raftAppliedIndex"]) <= int(status["raftIndex"])
        assert status["version"].startswith(etcd.version + ".")
        info = next(dict(labels) for (name, labels) in samples
                    if name == "kube_ha_etcd_member_info" and dict(labels)["member"] == member.name)
        assert info == {**MAIN, "member": member.name, "client_url": member.url, "version": status["version"],
                        "node": f"cp-{NAMES.index(member.name) + 1}"}
        # Neither version tells its quota; one that will does so by this field.
        assert ("dbSizeQuota" in status) == (member.name in by_member(samples, "member_db_quota_bytes"))
    assert by_member(samples, "member_certificate_expiry_timestamp_seconds") == {
        member.name: member.certificate.expiry for member in etcd.members}
    assert len({member.certificate.expiry for member in etcd.members}) == 3
    assert samples.by("source", "kube_ha_exporter_client_certificate_expiry_timestamp_seconds") == {
        "etcd": etcd.client.expiry}
    for alarm in ("NOSPACE", "CORRUPT"):
        assert by_member(samples, "alarm_active", alarm=alarm) == {name: 0 for name in NAMES}
    # Nothing waits to be applied: what followers are measured against is what the leader had a round ago.
    wait_for_samples(live, lambda s: by_member(s, "member_raft_applied_lag") == {name: 0 for name in NAMES}, "no lag")


def test_a_killed_leader_is_named(live, etcd):
    wait_until_well(live)
    killed = wait_for(etcd.leader, "a leader that all name")
    killed.kill()
    left = sorted(set(NAMES) - {killed.name})
    samples = wait_for_samples(
        live, lambda s: healthy(s) == left and cluster_value(s, "has_leader") == 1, "two healthy members and a leader")
    for name, value in [("members", 3), ("members_healthy", 2), ("quorum_size", 2), ("failure_tolerance", 0),
                        ("has_quorum", 1)]:
        assert cluster_value(samples, name) == value, name
    # What it does not tell any more is absent; that it is a member is known by the list.
    assert sorted(by_member(samples, "member_db_size_bytes")) == left
    assert sorted(by_member(samples, "member_certificate_expiry_timestamp_seconds")) == left
    assert sorted(by_member(samples, "member_info")) == sorted(NAMES)
    assert by_member(samples, "member_is_leader")[killed.name] == 0
    assert samples.found("etcd-member-unhealthy") == [killed.name]
    assert samples.found("etcd-no-tolerance") == ["main"]
    assert samples.raised("etcd-quorum-lost") == 0 and samples.raised("etcd-no-leader") == 0
    # The loss of any zone but its own would be one too many.
    assert sorted(samples.by("topology_zone", "kube_ha_etcd_zone_loss_has_quorum").values()) == [0, 0, 1]
    assert samples.area("etcd") == "critical"
    assert samples.states()["etcd"] == "ok"
    killed.start()
    samples = wait_until_well(live)
    assert cluster_value(samples, "failure_tolerance") == 1
    assert by_member(samples, "member_certificate_expiry_timestamp_seconds")[killed.name] == killed.certificate.expiry


def test_metrics_tell_of_members_without_a_certificate(program, simulator, live, etcd):
    """--etcd.metrics-endpoints: what the members serve where --listen-metrics-urls says, to whoever asks."""
    wait_until_well(live)
    names = {member.name: member.metrics_url.removeprefix("http://") for member in etcd.members}
    seen = start(program, simulator, *etcd.metrics_flags())
    try:
        samples = wait_for_samples(
            seen, lambda s: healthy(s) == sorted(names.values()) and cluster_value(s, "has_leader") == 1
            and s.area("etcd") == "ok", "three healthy members by their metrics")
        for name, value in [
                ("members", 3), ("voting_members", 3), ("members_healthy", 3), ("quorum_size", 2),
                ("failure_tolerance", 1), ("has_quorum", 1)]:
            assert cluster_value(samples, name) == value, name
        assert samples.by("source", "kube_ha_etcd_source_info") == {"metrics": 1}
        assert set(by_member(samples, "member_db_quota_bytes").values()) == {MIB}
        assert sorted(by_member(samples, "member_db_size_bytes")) == sorted(names.values())
        # What metrics do not tell is absent.
        for name in ("member_raft_applied_lag", "alarm_active", "member_certificate_expiry_timestamp_seconds"):
            assert by_member(samples, name) == {}, name
        leader = wait_for(etcd.leader, "a leader that all name")
        wait_for_samples(seen, lambda s: by_member(s, "member_is_leader") == {
            url: float(name == leader.name) for name, url in names.items()}, "the leader that the members name")
        # The members live on the masters that have the addresses of the endpoints.
        assert set(samples.by("topology_zone", "kube_ha_etcd_zone_loss_has_quorum").values()) == {1}
        leader.kill()
        others = [member for member in etcd.members if member is not leader]
        samples = wait_for_samples(
            seen, lambda s: healthy(s) == sorted(names[member.name] for member in others)
            and cluster_value(s, "has_leader") == 1, "two healthy members and a new leader")
        assert cluster_value(samples, "failure_tolerance") == 0
        assert samples.found("etcd-member-unhealthy") == [names[leader.name]]
        others[0].kill()
        samples = wait_for_samples(seen, lambda s: cluster_value(s, "has_quorum") == 0, "a quorum that is lost")
        assert by_member(samples, "member_alive") == {
            url: float(name == others[1].name) for name, url in names.items()}
        leader.start()
        others[0].start()
        wait_until_well(live)
        wait_for_samples(seen, lambda s: s.area("etcd") == "ok", "etcd well again")
    finally:
        assert seen.stop() == 0, "\n".join(seen.lines)


def test_a_suspended_member_costs_no_other(live, etcd):
    """It takes connections and never answers: the others' answers are there all the same, and new ones come."""
    wait_until_well(live)
    leader = wait_for(etcd.leader, "a leader that all name")
    # A member that was started anew says 0 of what it uses, which JSON leaves out, until it has written.
    assert put(leader, "before-suspending", b"x")[0] == 200
    before = by_member(wait_for_samples(
        live, lambda s: sorted(by_member(s, "member_db_in_use_bytes")) == sorted(NAMES), "what all members use"),
        "member_db_in_use_bytes")
    hanging = next(member for member in etcd.members if member is not leader)
    others = [member for member in etcd.members if member is not hanging]
    left = sorted(member.name for member in others)
    hanging.suspend()
    try:
        samples = wait_for_samples(live, lambda s: healthy(s) == left, "the suspended member to be missed")
        assert cluster_value(samples, "has_quorum") == 1 and cluster_value(samples, "has_leader") == 1
        assert samples.found("etcd-member-unhealthy") == [hanging.name]
        assert samples.raised("etcd-quorum-lost") == 0
        assert sorted(by_member(samples, "member_db_size_bytes")) == left
        assert sorted(by_member(samples, "member_probe_duration_seconds")) == sorted(NAMES)
        assert put(leader, "while-suspended", b"x" * 65_536)[0] == 200
        samples = wait_for_samples(
            live, lambda s: all(by_member(s, "member_db_in_use_bytes").get(name, 0) > before[name] for name in left),
            "what was written meanwhile")
        assert healthy(samples) == left
    finally:
        hanging.resume()
    # Healthy comes before it has caught up: what the others wrote reaches it, and its file, a moment later.
    wait_for_samples(
        live, lambda s: by_member(s, "member_db_in_use_bytes").get(hanging.name, 0) > before[hanging.name],
        "the resumed member to hold what was written meanwhile")
    wait_until_well(live)


def test_ids_beyond_what_json_numbers_hold(live, etcd):
    """Two members of one name are told apart by their ids, numbers of 64 bits written in decimal."""
    wait_until_well(live)
    namesake = etcd["two"]
    ids = {m["name"]: int(m["ID"]) for m in etcd["one"].ask("/v3/cluster/member/list", {})[1]["members"]}
    assert max(ids.values()) > 1 << 53
    namesake.kill()
    namesake.name = "one"
    try:
        namesake.start()
        wanted = sorted([f"{ids['one']:x}", f"{ids['two']:x}", "three"])
        wait_for_samples(live, lambda s: healthy(s) == wanted, "members called by their ids")
    finally:
        namesake.kill()
        namesake.name = "two"
        namesake.start()
    wait_for_samples(live, lambda s: healthy(s) == sorted(NAMES), "members called by their names")


def test_quorum_lost_and_restored(live, etcd):
    wait_until_well(live)
    first, second, third = etcd.members
    first.kill()
    second.kill()
    samples = wait_for_samples(live, lambda s: healthy(s) == [], "no member to be healthy")
    for name, value in [("members", 3), ("members_healthy", 0), ("has_quorum", 0), ("has_leader", 0),
                        ("failure_tolerance", -2)]:
        assert cluster_value(samples, name) == value, name
    assert samples.found("etcd-quorum-lost") == ["main"]
    assert samples.found("etcd-no-leader") == ["main"]
    assert samples.found("etcd-member-unhealthy") == sorted(NAMES)
    assert samples.area("etcd") == "critical"
    # The one that is left still tells of itself: this is known, not guessed.
    assert samples.states()["etcd"] == "ok"
    assert third.name in by_member(samples, "member_db_size_bytes")
    first.start()
    samples = wait_for_samples(
        live, lambda s: len(healthy(s)) == 2 and cluster_value(s, "has_leader") == 1, "two members and a leader")
    assert cluster_value(samples, "has_quorum") == 1 and cluster_value(samples, "failure_tolerance") == 0
    assert samples.raised("etcd-quorum-lost") == 0
    second.start()
    samples = wait_until_well(live)
    assert samples.raised("etcd-member-unhealthy") == 0


def test_no_answer_at_all_is_told_at_once(program, simulator, live, etcd):
    """Members that answered before and do not now are unhealthy, though leases go on being renewed (SIGNALS, area 2). Who
    starts then has no member list, and says that nothing is known."""
    wait_until_well(live)
    for member in etcd.members:
        member.kill()
    samples = wait_for_samples(live, lambda s: s.found("etcd-quorum-lost") == ["main"], "the lost quorum")
    assert healthy(samples) == []
    assert by_member(samples, "member_alive") == {name: 0 for name in NAMES}
    assert samples.area("etcd") == "critical"
    assert samples.states()["etcd"] == "ok"
    late = start(program, simulator, *etcd.flags())
    try:
        samples = wait_for_samples(late, lambda s: s.states()["etcd"] == "unreachable", "etcd to be unreachable")
        assert samples.value("kube_ha_exporter_source_up", source="etcd") == 0
        assert samples.raised("etcd-quorum-lost") is None and samples.found("etcd-quorum-lost") == []
        assert cluster_value(samples, "has_quorum") is None
        assert samples.area("etcd") == "unknown"
        about = "none of the 3 etcd endpoints that were asked answered: cannot connect to"
        wait_for(lambda: [line for line in late.lines if "etcd" in line and about in line], "a line that says so")
        for member in etcd.members:
            member.start()
        wait_until_well(late)
    finally:
        assert late.stop() == 0, "\n".join(late.lines)
    wait_until_well(live)


def test_suspended_members_are_told_from_starved_ones(live, etcd):
    """Without quorum no member is healthy; which of them still answer says whom to bring back."""
    wait_until_well(live)
    first, second, third = etcd.members
    first.suspend()
    second.suspend()
    try:
        samples = wait_for_samples(live, lambda s: healthy(s) == [], "no member to be healthy")
        assert by_member(samples, "member_alive") == {first.name: 0, second.name: 0, third.name: 1}
        assert samples.found("etcd-quorum-lost") == ["main"]
    finally:
        first.resume()
        second.resume()
    samples = wait_until_well(live)
    assert by_member(samples, "member_alive") == {name: 1 for name in NAMES}


def test_an_alarm_is_no_lost_quorum(live, etcd):
    wait_until_well(live)
    leader = wait_for(etcd.leader, "a leader that all name")
    refused = None
    for number in range(64):
        status, answer = put(leader, f"fill-{number}", b"x" * 65_536)
        if status != 200:
            refused = answer
            break
    assert refused and "database space exceeded" in refused["error"]

    def alarmed():
        alarms = leader.ask("/v3/maintenance/alarm", {"action": "GET"})[1].get("alarms", [])
        assert {alarm["alarm"] for alarm in alarms} <= {"NOSPACE"}
        names = {m["ID"]: m["name"] for m in leader.ask("/v3/cluster/member/list", {})[1]["members"]}
        return sorted(names[alarm["memberID"]] for alarm in alarms)

    # Who raises it depends on the version: the member asked, or each member that applied the write.
    def same(samples):
        active = by_member(samples, "alarm_active", alarm="NOSPACE")
        raised = alarmed()
        return raised and active == {name: float(name in raised) for name in NAMES}

    samples = wait_for_samples(live, same, "the alarm")
    raised = alarmed()
    assert by_member(samples, "alarm_active", alarm="CORRUPT") == {name: 0 for name in NAMES}
    assert healthy(samples) == sorted(NAMES)
    for name, value in [("members_healthy", 3), ("has_quorum", 1), ("has_leader", 1), ("failure_tolerance", 1)]:
        assert cluster_value(samples, name) == value, name
    assert samples.found("etcd-alarm") == raised
    assert samples.area("etcd") == "critical"
    for rule in ("etcd-quorum-lost", "etcd-no-leader", "etcd-no-tolerance", "etcd-member-unhealthy", "etcd-quota-near"):
        assert samples.raised(rule) == 0, rule

    # As an operator clears it: what fills it deleted, compacted, given back, the alarm disarmed.
    everything = base64.b64encode(b"\0").decode()
    deleted = leader.ask("/v3/kv/deleterange", {"key": everything, "range_end": everything})
    assert deleted[0] == 200
    revision = deleted[1]["header"]["revision"]
    assert leader.ask("/v3/kv/compaction", {"revision": revision, "physical": True})[0] == 200
    for member in etcd.members:
        assert member.ask("/v3/maintenance/defragment", {})[0] == 200
    for member_id in [m["ID"] for m in leader.ask("/v3/cluster/member/list", {})[1]["members"]]:
        disarm = {"action": "DEACTIVATE", "memberID": member_id, "alarm": "NOSPACE"}
        assert leader.ask("/v3/maintenance/alarm", disarm)[0] == 200
    samples = wait_until_well(live)
    assert by_member(samples, "alarm_active", alarm="NOSPACE") == {name: 0 for name in NAMES}
    assert samples.raised("etcd-alarm") == 0
    assert put(leader, "after", b"x")[0] == 200


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    """An authority that nobody trusts, and a client of it."""
    authority = Authority(tmp_path_factory.mktemp("stranger") / "ca", "stranger")
    authority.client = authority.issue("client")
    return authority


@pytest.mark.parametrize("what", ["authority", "client"])
def test_without_trust_etcd_is_unknown(program, simulator, etcd, stranger, what):
    wait_for(lambda: all(member.is_healthy() for member in etcd.members), "three healthy members")
    flags = etcd.flags(authority=stranger) if what == "authority" else etcd.flags(client=stranger.client)
    running = start(program, simulator, *flags)
    try:
        samples = wait_for_samples(running, lambda s: s.states()["etcd"] == "unreachable", "etcd to be unreachable")
        assert samples.area("etcd") == "unknown"
        assert samples.raised("etcd-quorum-lost") is None and samples.found("etcd-quorum-lost") == []
        assert cluster_value(samples, "has_quorum") is None and by_member(samples, "member_healthy") == {}
        about = "source etcd is unreachable: none of the 3 etcd endpoints that were asked answered: TLS with 127.0.0.1:"
        line = wait_for(lambda: [line for line in running.lines if about in line], "a line that says so")[0]
        assert ("self-signed certificate in certificate chain" in line or "unable to get local issuer" in line) == \
            (what == "authority"), line
        assert ("bad certificate" in line or "unknown ca" in line) == (what == "client"), line
        # Five more rounds are no more lines; and the rest of the cluster is judged as ever.
        rounds = samples.value("kube_ha_exporter_collections_total")
        samples = wait_for_samples(
            running, lambda s: s.value("kube_ha_exporter_collections_total") >= rounds + 5, "five more collections")
        assert len([line for line in running.lines if "etcd" in line and "level=warning" in line]) == 1
        assert samples.area("nodes") == "ok" or samples.area("nodes") == "warning"
        assert running.get("/readyz")[0] == 200
    finally:
        assert running.stop() == 0
