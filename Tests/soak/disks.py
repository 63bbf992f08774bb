"""A small disk that gets full or read-only: for logs of the exporter and for what `capture` records."""

import errno
import os
import subprocess


class SmallDisk:
    """A tmpfs of 2 MB, where one can be mounted; else a folder."""

    def __init__(self, path):
        self.path = path
        path.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "soak", path], capture_output=True)
        self.is_mounted = done.returncode == 0
        self.count = 0

    def fill(self):
        if not self.is_mounted:
            return
        with open(self.path / "filler", "ab", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def free(self):
        (self.path / "filler").unlink(missing_ok=True)

    def close(self):
        if self.is_mounted:
            subprocess.run(["umount", "-l", self.path], check=True)

    def capture(self, program, flags, is_full):
        """Records the cluster to a disk that is full after 300 KB, or read-only. Yields what is wrong with how it ends:
        it must end with 2 and one line that names the folder, and leave nothing that `report` takes for a recording."""
        if not self.is_mounted:
            return
        self.count += 1
        folder = self.path.parent / f"capture-disk-{self.count}"
        folder.mkdir()
        options = "size=300k" if is_full else "size=300k,ro"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "soak", folder], check=True)
        try:
            # Faults may last meanwhile: then it may end for them. It must not end by a signal, and not with 0.
            done = subprocess.run(
                [program, "capture", folder / "recording", *flags, "--request-timeout", "2s"], capture_output=True,
                text=True, timeout=400)
            told = f"capture to a disk that is {'full' if is_full else 'read-only'}"
            if done.returncode not in (1, 2):
                yield f"{told} ended with {done.returncode}: {done.stderr[-300:]}"
            if not done.stderr.strip():
                yield f"{told} said nothing"
            if os.path.isdir(folder / "recording"):
                report = subprocess.run([program, "report", "--from", folder / "recording"], capture_output=True,
                                        text=True, timeout=60)
                if report.returncode == 0:
                    yield f"{told} left what report takes for a whole recording"
        except subprocess.TimeoutExpired as error:
            yield f"did not end: {error}"
        finally:
            subprocess.run(["umount", "-l", folder], check=True)
            folder.rmdir()
