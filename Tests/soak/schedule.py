"""What goes wrong in a soak and when: all of it decided by the seed before the soak begins."""

import random

# Resources whose reading can be disturbed; `None` is every one of them.
RESOURCES = ["pods", "nodes", "deployments.apps", "replicasets.apps", "endpointslices.discovery.k8s.io",
             "leases.coordination.k8s.io", "services", "poddisruptionbudgets.policy"]
WORKERS = [f"worker-{number:05d}" for number in range(1, 7)]
MASTERS = ["cp-1", "cp-2", "cp-3"]
ZONES = ["zone-a", "zone-b", "zone-c"]

# Faults of the simulated cluster: the members of the fault beside its kind.
CLUSTER = {
    "node-lost": lambda r: {"name": r.choice(WORKERS)},
    "master-lost": lambda r: {"name": r.choice(MASTERS)},
    "zone-lost": lambda r: {"name": r.choice(ZONES)},
    "cordoned": lambda r: {"name": r.choice(WORKERS)},
    "apiserver-lost": lambda r: {"name": r.choice(MASTERS)},
    "apiservers-lost": lambda r: {},
    "etcd-member-lost": lambda r: {"name": r.choice(MASTERS)},
    "etcd-member-hangs": lambda r: {"name": r.choice(MASTERS)},
    "etcd-quorum-lost": lambda r: {},
    "etcd-members-silent": lambda r: {},
    "etcd-alarm": lambda r: {"name": r.choice(MASTERS), "alarm": r.choice(["NOSPACE", "CORRUPT"])},
    "hang": lambda r: {},
    "too-many-requests": lambda r: {"retryAfterSeconds": r.randint(1, 5), **resource(r)},
    "internal-error": lambda r: resource(r),
    "garbage": lambda r: resource(r),
    "forbidden": lambda r: {"resource": r.choice(RESOURCES)},
    "token-expired": lambda r: {},
    "watches-silent": lambda r: resource(r),
    "writes-frozen": lambda r: {},
    "watches-cut": lambda r: resource(r),
    "watches-expired": lambda r: resource(r),
    "compaction": lambda r: {},
    "etcd-restored": lambda r: {"revision": 1},
}
# Faults that happen once and do not last.
ONCE = {"watches-cut", "watches-expired", "compaction", "etcd-restored"}
# New requests fail while open watches go on: these are cut, so that the fault is met.
FOLLOWED_BY_CUT = {"too-many-requests", "internal-error", "forbidden", "token-expired"}

# Faults of the exporter's own process and machine.
PROCESS = ["kill", "terminate", "pause", "descriptors", "clock", "log-disk-full", "log-unwritable", "capture-disk-full",
           "capture-disk-read-only"]
CLOCK_STEPS = [-86_400, -3_600, -61, 61, 3_600, 86_400, 400 * 86_400]
# Below this length a soak is a short one: its faults come fast, and there is no pause between them.
SHORT = 240
# Left out of a short one: what was forbidden is asked for again after minutes only, and that etcd was restored is told by
# versions that are lower than those of a minute ago.
LONG_ONLY = {"forbidden", "etcd-restored"}
# So many seconds of writes a restored etcd loses at least.
RESTORED = 240


def resource(r):
    """A resource, or none for every one of them."""
    return {} if r.random() < 0.25 else {"resource": r.choice(RESOURCES)}


class Fault:
    """One thing that goes wrong from `begin` to `end`, in seconds since the start of the soak."""

    def __init__(self, kind, begin, end, **members):
        self.kind, self.begin, self.end, self.members = kind, begin, end, members
        self.is_cluster = kind in CLUSTER

    def __str__(self):
        told = " ".join(f"{name}={value}" for name, value in self.members.items())
        return f"{self.kind} {told}".strip()

    @property
    def body(self):
        """The fault as the simulator's control route takes it."""
        return {"fault": self.kind, **self.members}


def kinds(r, is_short):
    """Every kind in a random order, and then again."""
    while True:
        order = [kind for kind in (*CLUSTER, *PROCESS) if not is_short or kind not in LONG_ONLY]
        r.shuffle(order)
        yield from order


def duration(r, kind, is_short):
    if kind in ONCE:
        return 0
    if kind == "pause":
        return r.uniform(4, 7) if is_short else 60
    if kind in ("kill", "terminate"):
        return r.uniform(0.2, 4)
    # Long enough, now and then, for leases to run out (40 s) and for sources to turn stale (2 minutes).
    return r.uniform(3, 40) if is_short else 10 ** r.uniform(0.5, 2.2)


def plan(seed, length):
    """The faults of a soak of that many seconds, and the times at which everything is to be well again.

    A long soak has batches of two minutes of faults, each followed by a minute without any.
    """
    r = random.Random(seed)
    is_short = length < SHORT
    order, faults, quiet = kinds(r, is_short), [], []
    batch, rest = (length - 6, 0) if is_short else (150, 90)
    begin, restored = 3 if is_short else 20, 0
    while begin < length - 10:
        last = min(begin + batch, length)
        at = begin
        while at < last - 3:
            kind = next(order)
            if kind == "etcd-restored":
                if at < restored + RESTORED:
                    continue
                restored = at
            members = CLUSTER[kind](r) if kind in CLUSTER else {"replica": r.randrange(2)}
            if kind == "clock":
                members = {"replica": 1, "seconds": r.choice(CLOCK_STEPS)}
            faults.append(Fault(kind, at, min(at + duration(r, kind, is_short), last), **members))
            at += r.expovariate(1 / (2 if is_short else 9))
        if rest and last + rest <= length:
            quiet.append(last + rest)
        begin = last + rest
    return faults, quiet
