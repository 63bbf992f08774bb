"""Anonymous memory of the exporters over time: the peak, and whether it grows."""

# A process has its working set after so many seconds.
WARM_UP = 180


class Samples:
    def __init__(self):
        # By replica and start: (seconds, KiB).
        self.of = {}

    def add(self, replica, start, at):
        self.of.setdefault((replica.name, start), []).append((at, replica.memory()))

    def slope(self, name):
        """KiB a minute by least squares, and the minutes it was taken over, of a replica that was never ended; None where
        it did not run long enough."""
        samples = self.of.get((name, 1), [])
        samples = [(at, size) for at, size in samples if at > samples[0][0] + WARM_UP]
        if len(samples) < 30:
            return None
        mean_at = sum(at for at, _ in samples) / len(samples)
        mean_size = sum(size for _, size in samples) / len(samples)
        over = sum((at - mean_at) * (size - mean_size) for at, size in samples)
        under = sum((at - mean_at) ** 2 for at, _ in samples)
        return over / under * 60, (samples[-1][0] - samples[0][0]) / 60

    @property
    def peak(self):
        """The most that any of them had, in KiB."""
        return max((size for samples in self.of.values() for _, size in samples), default=0)

    def summary(self, name):
        yield f"memory: at most {self.peak / 1024:.1f} MB anonymous"
        if slope := self.slope(name):
            yield (f"memory: {slope[0]:+.1f} KiB a minute by least squares, over {slope[1]:.0f} minutes of the one that was "
                   "never ended")
            sizes = [size / 1024 for _, size in self.of[name, 1]]
            quarters = [sizes[len(sizes) * quarter // 4:len(sizes) * (quarter + 1) // 4] for quarter in range(4)]
            yield "memory: by quarters " + ", ".join(f"{sum(part) / len(part):.2f}" for part in quarters) + " MB"
