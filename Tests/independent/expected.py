#!/usr/bin/env python3
"""What kube-ha-exporter must publish for a recorded cluster, computed a second time from its JSON files."""

import argparse
import sys

sys.dont_write_bytecode = True

import access
import control
import extension
import findings
import ingress
import nodes
import services
import storage
import survival
import workloads
import zones
from cluster import Cluster
from recording import STATES, Recording
from table import AREAS, Samples, computed, line, number, read_exposition, same

COLLECT = {
    "control_plane": control.control_plane,
    "etcd": control.etcd,
    "replicas": workloads.replicas,
    "rollouts": workloads.rollouts,
    "daemonsets": workloads.daemonsets,
    "services": services.services,
    "nodes": nodes.nodes,
    "disruption_budgets": nodes.disruption_budgets,
    "zones": zones.zones,
    "deployment": nodes.deployment,
    "ingress": ingress.ingress,
    "storage": storage.storage,
    "storage_classes": storage.storage_classes,
    "network_policies": access.network_policies,
    "rbac": access.rbac,
    "upgrades": extension.upgrades,
    "extension_points": extension.extension_points,
    "survival": survival.survival,
}


def expected(folder, overrides):
    recording = Recording(folder, overrides)
    cluster = Cluster(recording)
    cluster.control = control.ControlPlane(cluster)
    out = Samples(recording)
    for area in AREAS:
        if area in COLLECT:
            COLLECT[area](cluster, out)
    return cluster, out


def compare(given, wanted, shown):
    """Prints each difference and returns how many."""
    count = 0
    for identity in sorted(wanted, key=lambda i: line(i[0], i[1], 0)):
        name, pairs = identity
        have = given.get((name, frozenset(pairs)))
        if have is None:
            print("missing:   ", line(name, pairs, wanted[identity]))
            count += 1
        elif not same(have, float(wanted[identity])):
            print("different: ", line(name, pairs, wanted[identity]), "but exposed", number(have))
            count += 1
    known = {(name, frozenset(pairs)) for name, pairs in wanted}
    for name, pairs in sorted(given, key=lambda i: (i[0], sorted(i[1]))):
        if name in shown and (name, pairs) not in known:
            print("unexpected:", line(name, sorted(pairs), given[(name, pairs)]))
            count += 1
    return count


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", metavar="DIR", help="the recording")
    parser.add_argument("--areas", help="names of areas, separated by commas; all without it")
    parser.add_argument("--compare", metavar="FILE", help="an exposition in text format 0.0.4 (- for standard input)")
    parser.add_argument("--findings", action="store_true", help="compare findings and area status as well")
    parser.add_argument("--source-state", action="append", default=[], metavar="NAME=STATE",
                        help="take the source as being in this state (repeatable)")
    options = parser.parse_args()
    options.areas = options.areas.split(",") if options.areas else AREAS
    for area in options.areas:
        if area not in AREAS:
            parser.error(f"no area {area}; there are {', '.join(AREAS)}")
    options.states = {}
    for entry in options.source_state:
        name, _, state = entry.partition("=")
        if state not in STATES:
            parser.error(f"--source-state {entry}: the states are {', '.join(sorted(STATES))}")
        options.states[name] = state
    return options


FINDING_FAMILIES = ("kube_ha_finding", "kube_ha_finding_cause", "kube_ha_findings", "kube_ha_area_status",
                    "kube_ha_findings_not_listed")


def main():
    options = parse()
    cluster, out = expected(options.folder, options.states)
    wanted = {identity: value for identity, value in out.values.items()
              if out.families[identity[0]].area in options.areas}
    judged = {}
    if not options.compare or options.findings:
        judged = findings.samples(cluster, out, options.areas)
    if not options.compare:
        for identities in (wanted, judged):
            for row in sorted(line(name, pairs, value) for (name, pairs), value in identities.items()):
                print(row)
        return 0
    text = sys.stdin.read() if options.compare == "-" else open(options.compare, encoding="utf-8").read()
    given, doubled = read_exposition(text)
    for row in doubled:
        print("twice:     ", row)
    shown = {name for name, family in out.families.items() if family.area in options.areas and computed(name)}
    if options.findings:
        # Findings that are not listed are counted over all areas.
        shown |= set(FINDING_FAMILIES if options.areas == AREAS else FINDING_FAMILIES[:4])
        # Rules without a second implementation here have their own tests.
        second = {rule.name for rule in findings.RULES}
        given = {i: v for i, v in given.items() if dict(i[1]).get("rule", None) in second | {None}}
        given = {i: v for i, v in given.items()
                 if i[0] not in FINDING_FAMILIES or dict(i[1]).get("area", options.areas[0]) in options.areas}
        wanted.update(judged)
    count = compare(given, wanted, shown) + len(doubled)
    print(f"{len(wanted)} samples expected, {count} differences", file=sys.stderr)
    return 1 if count else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError) as error:
        sys.exit(f"expected.py: {error}")
