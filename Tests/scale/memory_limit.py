"""The smallest memory limit of a cgroup under which an exporter gets to its first complete exposition."""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import sys

from measured import Exporter


class Cgroup:
    """A memory cgroup of version 1 or 2, without swap as in a pod."""

    def __init__(self, path):
        self.path = path

    @classmethod
    def make(cls):
        """One beside this process's own; None where none can be made, as without root."""
        own = pathlib.Path("/proc/self/cgroup").read_text()
        if os.path.isdir("/sys/fs/cgroup/memory"):
            base = "/sys/fs/cgroup/memory" + re.search(r"^\d+:memory:(.*)$", own, re.MULTILINE)[1]
        else:
            # A cgroup of version 2 with processes in it has no controlled children: a sibling is made.
            base = "/sys/fs/cgroup" + os.path.dirname(re.search(r"^0::(.*)$", own, re.MULTILINE)[1])
        path = pathlib.Path(base) / f"kube-ha-exporter-{os.getpid()}"
        try:
            path.mkdir()
        except OSError:
            return None
        if not any((path / name).exists() for name in ("memory.limit_in_bytes", "memory.max")):
            path.rmdir()
            return None
        return cls(path)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.path.rmdir()

    def enter(self):
        """Moves this process in; to be called before a program is executed."""
        (self.path / "cgroup.procs").write_text(str(os.getpid()))

    def limit(self, megabytes):
        for name, value in (("memory.limit_in_bytes", megabytes << 20), ("memory.memsw.limit_in_bytes", megabytes << 20),
                            ("memory.max", megabytes << 20), ("memory.swap.max", 0)):
            try:
                (self.path / name).write_text(str(value))
            except OSError:
                # Of the other version, or refused because the other of the two limits is still the larger one.
                pass

    def set_limit(self, megabytes):
        """Twice: version 1 wants the limit with swap never below the one without."""
        self.limit(megabytes)
        self.limit(megabytes)


@contextlib.contextmanager
def read_ahead(folder, kilobytes):
    """Sets meanwhile how much the kernel reads from the folder's disk around a page that a program misses; None leaves it
    as it is. Gives the KB, None where the disk has no such setting, as in a container. With the 8 MB that some machines are
    set to, the kernel reads so much of the program at each page that is missing, and under a limit again and again."""
    device = os.stat(folder).st_dev
    file = pathlib.Path(f"/sys/class/bdi/{os.major(device)}:{os.minor(device)}/read_ahead_kb")
    if not file.exists():
        if kilobytes:
            sys.exit(f"scale: {folder} is on no disk with a read-ahead that can be set; leave out --read-ahead")
        yield None
        return
    before = file.read_text()
    if kilobytes:
        file.write_text(str(kilobytes))
    try:
        yield int(file.read_text())
    finally:
        file.write_text(before)


def passes(program, flags, folder, cgroup, megabytes):
    """Whether the program gets to its first complete exposition and answers ten more scrapes of both encodings."""
    cold = folder / "cold-exporter"
    # A new file each time: its pages are dropped from the page cache, which would else hold them for free. Only pages
    # that were written to the disk can be dropped.
    shutil.copy(program, cold)
    with open(cold, "rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    cgroup.set_limit(megabytes)
    try:
        with Exporter(cold, flags, folder, cgroup) as exporter:
            exporter.wait_until_complete()
            exporter.scrape("gzip", 10)
            exporter.scrape("identity", 10)
            return exporter.process.poll() is None
    except (ChildProcessError, TimeoutError, subprocess.CalledProcessError):
        return False
    finally:
        cold.unlink()


def smallest_limit(program, flags, folder, cgroup, high=256):
    """The smallest limit in MB that passes, found by halving."""
    low = 4
    while high - low > 1:
        middle = (low + high) // 2
        if passes(program, flags, folder, cgroup, middle):
            high = middle
        else:
            low = middle
    return high
