"""Anonymous memory of the exporters over time: the peak, and whether it grows."""

# A process has its working set after so many seconds.
WARM_UP = 60


class Samples:
    def __init__(self):
        # By replica and start: (seconds, KiB).
        self.of = {}

    def add(self, replica, start, at):
        self.of.setdefault((replica.name, start), []).append((at, replica.memory()))

    def slope(self):
        """KiB a minute by least squares, and the minutes it was taken over: one slope for all processes, each with a
        level of its own. None where no process lived long enough."""
        over = under = seconds = 0
        for samples in self.of.values():
            samples = [(at, size) for at, size in samples if at > samples[0][0] + WARM_UP]
            if len(samples) < 30:
                continue
            mean_at = sum(at for at, _ in samples) / len(samples)
            mean_size = sum(size for _, size in samples) / len(samples)
            over += sum((at - mean_at) * (size - mean_size) for at, size in samples)
            under += sum((at - mean_at) ** 2 for at, _ in samples)
            seconds += samples[-1][0] - samples[0][0]
        return (over / under * 60, seconds / 60) if under else None

    @property
    def peak(self):
        """The most that any of them had, in KiB."""
        return max((size for samples in self.of.values() for _, size in samples), default=0)

    def summary(self):
        yield f"memory: at most {self.peak / 1024:.1f} MB anonymous"
        if slope := self.slope():
            yield f"memory: grows by {slope[0]:+.1f} KiB a minute, over {slope[1]:.0f} minutes of processes after {WARM_UP} s"
