"""Whether the exporter that went through all faults says the same as one that saw none of them."""

import time

import judge
from replica import Replica

# What moves by itself between two scrapes, or tells of what was seen before: ages, durations, outages measured, sizes.
MOVING = ("_seconds", "_seconds_total", "_outages_total", "_bytes", "_raft_applied_lag")


def cluster_values(said):
    return {key: value for key, value in said.values.items()
            if not key[0].startswith(("kube_ha_exporter_", "process_")) and not key[0].endswith(MOVING)}


def different(ours, others):
    for key in sorted({*ours, *others}, key=lambda key: (key[0], sorted(key[1]))):
        if ours.get(key) != others.get(key):
            yield f"{key[0]}{dict(key[1])} is {ours.get(key)}, should be {others.get(key)}"


def leader(replicas):
    for replica in replicas:
        said = judge.Said(replica.scrape(judge.TEXT), judge.TEXT)
        if said.leads:
            return said
    raise OSError("nobody leads")


def differences(program, cluster, replicas, steady, folder):
    """Yields in what the leader and the one that was never ended differ from an exporter that was started now, once the cluster stands still: a pod of the churn may
    still be starting, so what differs at first is read again."""
    fresh = Replica("fresh", program, [*cluster.flags, "--interval", "1s"], folder, folder / "fresh.log")
    fresh.start()
    try:
        found = ["nothing was compared"]
        end = time.monotonic() + 90
        while found and time.monotonic() < end:
            time.sleep(1)
            try:
                said = judge.Said(fresh.scrape(judge.TEXT), judge.TEXT)
                found = [difference for one in (leader(replicas), leader([steady]))
                         for difference in different(cluster_values(one), cluster_values(said))]
                if not said.is_well:
                    found.append("the fresh exporter is not well")
            except OSError as error:
                found = [f"no answer: {error}"]
        yield from found
    finally:
        fresh.end()
