"""Areas 1 control_plane and 2 etcd."""

import json
from itertools import combinations
from urllib.parse import urlsplit

from cluster import annotations, labels
from nodes import lease_age
from recording import key, meta

COMPONENTS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd")
LEADERS = ("kube-controller-manager", "kube-scheduler", "cloud-controller-manager")
IDENTITY = "apiserver.kubernetes.io/identity"
PEER = "kubernetes.io/peer-advertise-address"
ADVERTISED = "kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint"


def host_port(url):
    parts = urlsplit(url if "//" in url else "//" + url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return (f"[{host}]" if ":" in host else host) + f":{port}"


def host(instance):
    return urlsplit("//" + instance).hostname or ""


def check(body, name):
    """The line of one check of a verbose health answer: True, False, or None where it is not listed."""
    for row in body.split("\n"):
        if row.startswith(("[+]" + name + " ", "[-]" + name + " ")):
            return row.startswith("[+]")
    return None


class Answers:
    """Probe lines of one endpoint."""

    def __init__(self, lines):
        self.lines = lines

    def get(self, *paths):
        for path in paths:
            for entry in self.lines:
                if entry["path"] == path:
                    return entry
        return None


class ControlPlane:
    def __init__(self, cluster):
        self.cluster, record = cluster, cluster.recording
        self.nodes = [n for n in cluster.node_list if n.role == "control-plane"]
        self.leases = {key(lease): lease for lease in record.all("leases")}
        self.identity_leases = [(lease, lease_age(cluster, lease)) for lease in record.all("leases")
                                if meta(lease)["namespace"] == "kube-system" and IDENTITY in labels(lease)]
        self.slice_addresses, self.slice_instances = set(), set()
        for thing in record.all("endpointslices"):
            if key(thing)[0] == "default" and labels(thing).get("kubernetes.io/service-name") == "kubernetes":
                ports = [p["port"] for p in thing.get("ports") or [] if p.get("name") == "https"] or [
                    p["port"] for p in thing.get("ports") or []] or [6443]
                for entry in thing.get("endpoints") or []:
                    for address in entry["addresses"]:
                        self.slice_addresses.add(address)
                        shown = f"[{address}]" if ":" in address else address
                        self.slice_instances.add(f"{shown}:{ports[0]}")
        self._api_servers(record)
        self.etcd = Etcd(cluster)

    def _api_servers(self, record):
        lines = {}
        for entry in record.probes if record.ok("apiserver") else []:
            if entry["source"] == "apiserver":
                lines.setdefault(host_port(entry["endpoint"]), []).append(entry)
        self.instances = set(lines) | self.slice_instances
        self.lease_of = {}
        for lease, age in self.identity_leases:
            peer = annotations(lease).get(PEER)
            if peer and age is not None and age <= 3600:
                self.instances.add(peer)
                self.lease_of[peer] = lease
        self.pod_of = {}
        for pod in self.cluster.pods:
            endpoint = annotations(pod.thing).get(ADVERTISED)
            if pod.namespace == "kube-system" and endpoint:
                self.instances.add(endpoint)
                self.pod_of[endpoint] = pod
        self.ready, self.etcd_ready, self.duration = {}, {}, {}
        for instance in self.instances:
            # Interpretation: an instance that the recording did not ask is unknown, not 0.
            if instance not in lines:
                continue
            answers = Answers(lines[instance])
            ready = answers.get("/readyz?verbose", "/readyz")
            live = answers.get("/livez?verbose", "/livez")
            self.ready[instance] = int(ready is not None and ready["status"] == 200)
            self.duration[instance] = (ready or {}).get("seconds")
            for answer in (ready, live):
                found = check(answer.get("body") or "", "etcd") if answer and answer["status"] else None
                if found is not None:
                    self.etcd_ready[instance] = int(found)
                    break
        reached = any(entry["status"] for all_of in lines.values() for entry in all_of)
        lists = any(record.ok(s) for s in record.states if s not in ("apiserver", "etcd", "version"))
        if lines and not reached and lists:
            record.states["apiserver"] = "unreachable"

    @property
    def serving(self):
        return {i for i, ready in self.ready.items() if ready == 1 and self.etcd_ready.get(i, 1) != 0}

    def node_of(self, instance):
        for node in self.cluster.node_list:
            if host(instance) in node.addresses:
                return node
        lease = self.lease_of.get(instance)
        node = self.cluster.nodes.get(labels(lease).get("kubernetes.io/hostname")) if lease else None
        if node is None and instance in self.pod_of:
            node = self.pod_of[instance].node
        return node

    def apiservers_left(self, zone):
        """Interpretation: the zone of every serving instance has to be known; where a dead one was changes nothing."""
        places = {i: self.node_of(i) for i in self.serving}
        if any(node is None or not node.zone for node in places.values()):
            return None
        return sum(places[i].zone != zone for i in self.serving)

    def failure_tolerance(self):
        record, names = self.cluster.recording, [n.name for n in self.nodes]
        if not names:
            return None
        # "etcd is not on these nodes": no source etcd was to be asked here, and no etcd pod is on them.
        on_nodes = any(p.node is not None and p.node_name in names for p in etcd_pods(self.cluster))
        if not self.etcd.members and on_nodes:
            return None
        places = {i: self.node_of(i) for i in self.serving}
        # Interpretation: a serving instance whose node is not known makes it unknown.
        if any(node is None for node in places.values()):
            return None
        voters = [m for m in self.etcd.members if not m.learner]
        member_nodes = {m.id: self.etcd.node_of(m) for m in voters}
        hosted = any(node is not None and node.name in names for node in member_nodes.values())

        def holds(gone):
            if not any(node.name not in gone for node in places.values()):
                return False
            if not hosted:
                return True
            left = sum(m.healthy and not (member_nodes[m.id] is not None and member_nodes[m.id].name in gone)
                       for m in voters)
            return left >= self.etcd.quorum

        best = -1
        for k in range(len(names) + 1):
            if not all(holds(set(gone)) for gone in combinations(names, k)):
                break
            best = k
        return best


def etcd_pods(cluster):
    return [p for p in cluster.pods if p.namespace == "kube-system" and is_component(p, "etcd")]


def is_component(pod, name):
    return pod.labels.get("component") == name or pod.labels.get("k8s-app") == name


class Member:
    def __init__(self, entry):
        self.id, self.given = int(entry["ID"]), entry.get("name") or ""
        self.learner = bool(entry.get("isLearner"))
        self.urls = entry.get("clientURLs") or []
        self.name, self.healthy, self.status, self.version, self.duration = self.given, False, None, "", None
        self.alive = False

    @property
    def client_url(self):
        return self.urls[0] if self.urls else ""


def body_of(entry):
    try:
        found = json.loads(entry["body"]) if entry and entry["status"] else None
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


class Etcd:
    def __init__(self, cluster):
        self.cluster, self.members, self.alarms = cluster, [], None
        record, lines = cluster.recording, {}
        for entry in record.probes if record.ok("etcd") else []:
            if entry["source"] == "etcd":
                lines.setdefault(host_port(entry["endpoint"]), []).append(entry)
        for entries in lines.values():
            listed = Answers(entries).get("/v3/cluster/member/list")
            body = body_of(listed) if listed and listed["status"] == 200 else None
            if body and body.get("members"):
                self.members = [Member(m) for m in body["members"]]
        names = [m.given for m in self.members]
        for member in self.members:
            if not member.given or names.count(member.given) > 1:
                member.name = format(member.id, "x")
            entries = [e for url in member.urls for e in lines.get(host_port(url), [])]
            self._judge(member, Answers(entries))
        if lines and not self.members:
            answered = [e for all_of in lines.values() for e in all_of if e["status"]]
            # Interpretation: an answer that is not etcd's is malformed, none at all unreachable.
            record.states["etcd"] = "malformed" if answered else "unreachable"
        for entries in lines.values():
            body = body_of(Answers(entries).get("/v3/maintenance/alarm"))
            if body is not None and Answers(entries).get("/v3/maintenance/alarm")["status"] == 200:
                self.alarms = (self.alarms or set()) | {
                    (int(a["memberID"]), a["alarm"]) for a in body.get("alarms") or []}
        self.voters = [m for m in self.members if not m.learner]
        self.quorum = len(self.voters) // 2 + 1
        self.healthy_voters = [m for m in self.voters if m.healthy]
        named = [self.leader_of(m) for m in self.healthy_voters if self.leader_of(m)]
        agreed = [leader for leader in set(named) if named.count(leader) >= self.quorum]
        self.leader = agreed[0] if agreed else None

    @staticmethod
    def leader_of(member):
        return int((member.status or {}).get("leader", 0))

    def _judge(self, member, answers):
        asked = answers.get("/v3/maintenance/status")
        if asked and asked["status"] == 200:
            member.status = body_of(asked)
        told = answers.get("/version")
        if member.status:
            member.version = member.status.get("version", "")
        elif told and told["status"] == 200:
            member.version = (body_of(told) or {}).get("etcdserver", "")
        # What is answered by the member alone, quorum or not (etcd's api/etcdhttp: serializable health, and /version).
        alone = [told, answers.get("/health?serializable=true")]
        member.alive = any(answer is not None and answer["status"] != 0 for answer in alone)
        health = answers.get("/health?exclude=NOSPACE&exclude=CORRUPT", "/health")
        body = body_of(health) or {}
        if health and health["status"] == 200:
            member.healthy = body.get("health") in ("true", True)
        elif health and health["status"] == 503:
            member.healthy = str(body.get("reason", "")).startswith("ALARM") and self.leader_of(member) != 0
        member.duration = (health or {}).get("seconds")

    def node_of(self, member):
        """The node with the member's name, its address, or its pod."""
        if member.given in self.cluster.nodes:
            return self.cluster.nodes[member.given]
        hosts = {urlsplit(url).hostname for url in member.urls}
        for node in self.cluster.node_list:
            if hosts & node.addresses:
                return node
        for pod in etcd_pods(self.cluster):
            own = {a.get("ip") for a in (pod.thing["status"].get("podIPs") or [])}
            if pod.name in (member.given, "etcd-" + member.given) or hosts & own:
                return pod.node
        return None


def control_plane(cluster, out):
    control = cluster.control
    out.add("kube_ha_control_plane_visible", int(bool(control.nodes)))
    out.add("kube_ha_control_plane_nodes", len(control.nodes))
    out.add("kube_ha_control_plane_nodes_ready", sum(n.ready for n in control.nodes))
    out.add("kube_ha_control_plane_zones", len({n.zone for n in control.nodes if n.ready and n.zone}))
    for node in control.nodes:
        out.add("kube_ha_control_plane_node_ready", int(node.ready), node.name, node.zone)
    for name in COMPONENTS:
        pods = [p for p in cluster.pods if p.namespace == "kube-system" and is_component(p, name)]
        if pods:
            out.add("kube_ha_control_plane_component_instances", len(pods), name)
            out.add("kube_ha_control_plane_component_instances_ready", sum(p.healthy for p in pods), name)
    out.add("kube_ha_apiserver_endpoints", len(control.slice_addresses))
    out.add("kube_ha_apiserver_expected", len(control.slice_addresses))
    for instance in sorted(control.ready):
        out.add("kube_ha_apiserver_ready", control.ready[instance], instance)
        out.add("kube_ha_apiserver_etcd_ready", control.etcd_ready.get(instance), instance)
        out.add("kube_ha_apiserver_probe_duration_seconds", control.duration[instance], instance)
    out.add("kube_ha_apiserver_identities",
            sum(age is not None and age <= 60 for _, age in control.identity_leases))
    for name, lease, age in leader_leases(cluster):
        expired = int(lease_expired(lease, age))
        out.add("kube_ha_leader_lease_age_seconds", age, name)
        out.add("kube_ha_leader_lease_expired", expired, name)
        out.add("kube_ha_leader_transitions_total", lease["spec"].get("leaseTransitions", 0), name)
    # cluster_write_age_seconds: no lease has been seen to change in a recording.
    out.add("kube_ha_control_plane_failure_tolerance", control.failure_tolerance())


def leader_leases(cluster):
    found = []
    for name in LEADERS:
        lease = cluster.control.leases.get(("kube-system", name))
        age = lease_age(cluster, lease)
        # Interpretation: a lease that was never renewed has no age and so no series.
        if lease is not None and age is not None and age <= 3600:
            found.append((name, lease, age))
    return found


def lease_expired(lease, age):
    """Held or not: with no holder the lease has not changed for as long as its age says."""
    return age > lease["spec"].get("leaseDurationSeconds", 15) + 5


def etcd(cluster, out):
    own, pods = cluster.control.etcd, etcd_pods(cluster)
    members = own.members if cluster.recording.ok("etcd") else []
    if members:
        out.add("kube_ha_etcd_source_info", 1, "members")
    elif pods and cluster.recording.ok("nodes"):
        out.add("kube_ha_etcd_source_info", 1, "pods")
    if pods:
        out.add("kube_ha_etcd_pods", len(pods))
        out.add("kube_ha_etcd_pods_ready", sum(p.healthy for p in pods))
    if not members:
        return
    out.add("kube_ha_etcd_members", len(members), "main")
    out.add("kube_ha_etcd_voting_members", len(own.voters), "main")
    out.add("kube_ha_etcd_learners", len(members) - len(own.voters), "main")
    out.add("kube_ha_etcd_members_healthy", sum(m.healthy for m in members), "main")
    out.add("kube_ha_etcd_quorum_size", own.quorum, "main")
    out.add("kube_ha_etcd_failure_tolerance", len(own.healthy_voters) - own.quorum, "main")
    out.add("kube_ha_etcd_has_quorum", int(len(own.healthy_voters) >= own.quorum), "main")
    out.add("kube_ha_etcd_has_leader", int(own.leader is not None), "main")
    leader = next((m for m in members if m.id == own.leader), None)
    for m in members:
        status = m.status or {}
        out.add("kube_ha_etcd_member_healthy", int(m.healthy), "main", m.name)
        out.add("kube_ha_etcd_member_alive", int(m.alive), "main", m.name)
        # The leader that a quorum of healthy voters names.
        out.add("kube_ha_etcd_member_is_leader", int(m is leader), "main", m.name)
        out.add("kube_ha_etcd_member_is_learner", int(m.learner), "main", m.name)
        out.add("kube_ha_etcd_member_raft_applied_lag", lag(leader, m), "main", m.name)
        for name, field in (("db_size", "dbSize"), ("db_in_use", "dbSizeInUse"), ("db_quota", "dbSizeQuota")):
            value = status.get(field)
            out.add(f"kube_ha_etcd_member_{name}_bytes", None if value is None else int(value), "main", m.name)
        out.add("kube_ha_etcd_member_probe_duration_seconds", m.duration, "main", m.name)
        node = own.node_of(m)
        out.add("kube_ha_etcd_member_info", 1, "main", m.name, m.client_url, m.version, node.name if node else "")
        # Interpretation: alarms that no member told are unknown, not 0.
        if own.alarms is not None:
            for alarm in ("NOSPACE", "CORRUPT"):
                out.add("kube_ha_etcd_alarm_active", int((m.id, alarm) in own.alarms), "main", m.name, alarm)
    places = {m.id: own.node_of(m) for m in members}
    if all(node is not None and node.zone for node in places.values()):
        for zone in cluster.zones:
            left = sum(places[m.id].zone != zone for m in own.healthy_voters)
            out.add("kube_ha_etcd_zone_loss_has_quorum", int(left >= own.quorum), "main", zone)


def lag(leader, member):
    if leader is None or not leader.status or not member.status:
        return None
    return max(0, int(leader.status.get("raftIndex", 0)) - int(member.status.get("raftAppliedIndex", 0)))
