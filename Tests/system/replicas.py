"""Two replicas that elect a leader by a Lease, and a Prometheus' list of them."""

import json

from programs import Exporter, wait_for
from simulator import Samples

# Those of deploy/ are five times as long.
ELECTION = (
    "--leader-elect", "--leader-elect-lease-duration", "3s", "--leader-elect-renew-deadline", "2s",
    "--leader-elect-retry-period", "300ms", "--leader-elect-resource-namespace", "monitoring")


def serves(exporter):
    """Whether it serves the cluster's families; what it says of itself must say the same."""
    samples = Samples(exporter)
    has = any(name == "kube_ha_area_status" for name, _ in samples)
    assert samples.value("kube_ha_exporter_leader") == (1 if has else 0), exporter.lines[-5:]
    return has


def wait_until_serves(exporter, what):
    wait_for(lambda: serves(exporter) or None, what)


class Pair:
    """The `leader`, and the `standby` that takes over where the leader is killed.

    `targets` is the file by which Prometheus finds both, with these labels. `address`: where a replica is scraped, if not
    where it listens.
    """

    def __init__(self, program, targets, *flags, address=lambda replica: replica.address, **labels):
        self.arguments = (program, *ELECTION, *flags)
        self.targets, self.address, self.labels = targets, address, labels
        self.leader = Exporter(*self.arguments)
        try:
            wait_until_serves(self.leader, "the first replica to lead")
            self.complete()
        except BaseException:
            self.leader.stop()
            raise

    def scraped(self):
        """What of a Prometheus' scrape configuration finds the replicas."""
        return [{"files": [str(self.targets)], "refresh_interval": "1s"}]

    def complete(self):
        """Starts the replica that stands by."""
        self.standby = Exporter(*self.arguments)
        # In one step, so that Prometheus never reads half of it.
        written = self.targets.with_suffix(".new")
        written.write_text(json.dumps([
            {"targets": [self.address(self.leader), self.address(self.standby)], "labels": self.labels}]))
        written.rename(self.targets)

    def kill_leader(self):
        """The leader dies, and the standby serves in its place."""
        self.leader.process.kill()
        self.leader.process.wait()
        wait_until_serves(self.standby, "the standby to take over")
        self.leader, self.standby = self.standby, None

    def stop(self):
        for replica in (self.standby, self.leader):
            if replica:
                replica.stop()
