"""cluster-simulator as a process of its own, and what the exporter says of it."""

import json
import urllib.request

import prometheus_client.parser as text

from programs import DEADLINE, Running, built, wait_for


def send_fault(server, method, context=None, **body):
    """POST begins a fault of the simulated cluster at that address, DELETE ends all."""
    request = urllib.request.Request(
        f"{server}/simulator/faults", method=method, data=json.dumps(body).encode() if body else None)
    with urllib.request.urlopen(request, timeout=DEADLINE, context=context) as answer:
        assert answer.status < 300


class Simulator(Running):
    """A small simulated cluster on loopback; `kubeconfig` is the file to find it by."""

    def __init__(self, folder, *options):
        self.kubeconfig = folder / "kubeconfig"
        super().__init__([
            built("CLUSTER_SIMULATOR"), "--nodes", "6", "--pods", "60", "--pod-bytes", "0",
            "--write-kubeconfig", str(self.kubeconfig), *options])
        line = wait_for(lambda: self.find(r"^\{.*\}$"), "the simulator to be ready")[0]
        self.addresses = json.loads(line)
        # Addresses may be told with a slash at their end.
        self.server = self.addresses["server"].rstrip("/")

    def fault(self, method, context=None, **body):
        """POST begins a fault, DELETE ends all."""
        send_fault(self.server, method, context, **body)


class Samples(dict):
    """One answer of /metrics: values by name and labels."""

    def __init__(self, exporter):
        body = exporter.get("/metrics", Accept="text/plain")[2].decode()
        super().__init__(
            ((sample.name, frozenset(sample.labels.items())), sample.value)
            for family in text.text_string_to_metric_families(body) for sample in family.samples)

    def value(self, name, **labels):
        """The value of one series; None where it is absent."""
        return self.get((name, frozenset(labels.items())))

    def by(self, label, name, **labels):
        """The values of a family's series with these labels, by another label."""
        wanted = frozenset(labels.items())
        return {dict(found)[label]: value for (family, found), value in self.items()
                if family == name and wanted <= found}

    def states(self):
        """The state of each source."""
        return {dict(labels)["source"]: dict(labels)["state"] for (name, labels), value in self.items()
                if name == "kube_ha_exporter_source_state" and value == 1}

    def area(self, area):
        """The status of an area."""
        return next(status for status, value in self.by("status", "kube_ha_area_status", area=area).items() if value)

    def found(self, rule):
        """The names of the objects that a rule is raised for."""
        return sorted(self.by("name", "kube_ha_finding", rule=rule))

    def raised(self, rule):
        """How many findings of a rule there are; None where it could not be evaluated."""
        counts = self.by("rule", "kube_ha_findings", rule=rule)
        return counts.get(rule)


def wait_for_samples(exporter, condition, what):
    """The first answer of /metrics for which the condition holds."""
    last = []

    def look():
        samples = Samples(exporter)
        last[:] = [samples]
        return samples if condition(samples) else None

    try:
        return wait_for(look, what)
    except AssertionError as error:
        told = "\n".join(exporter.lines[-30:])
        etcd = {k: v for k, v in (last[0] if last else {}).items() if "etcd" in str(k) or k[0] == "kube_ha_finding"}
        raise AssertionError(f"{error}\n{etcd}\n{last[0].states() if last else ''}\n{told}") from None
