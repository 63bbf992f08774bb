import KubernetesClient
import Testing

struct BackoffTests {
    @Test func doublesToItsCapWithJitter() {
        var backoff = Backoff()
        var random = SeededRandom(seed: 1)
        var now = Duration.zero
        var expected = Duration.milliseconds(800)
        var fractions: Set<Int> = []
        for _ in 0..<12 {
            let wait = backoff.next(at: now, using: &random)
            #expect(wait >= expected)
            #expect(wait < expected * 2)
            fractions.insert(Int((wait / expected - 1) * 1_000))
            now += wait
            expected = min(expected * 2, .seconds(30))
        }
        #expect(expected == .seconds(30))
        #expect(fractions.count > 8)
    }

    @Test func beginsAnewAfterTwoQuietMinutes() {
        var backoff = Backoff()
        var random = SeededRandom(seed: 2)
        for _ in 0..<8 { _ = backoff.next(at: .seconds(10), using: &random) }
        var almost = backoff
        #expect(almost.next(at: .seconds(129), using: &random) >= .seconds(30))
        #expect(backoff.next(at: .seconds(130), using: &random) < .milliseconds(1_600))
    }

    @Test func equalSeedsGiveEqualWaits() {
        func waits(_ seed: UInt64) -> [Duration] {
            var backoff = Backoff()
            var random = SeededRandom(seed: seed)
            return (0..<5).map { _ in backoff.next(at: .zero, using: &random) }
        }
        #expect(waits(7) == waits(7))
        #expect(waits(7) != waits(8))
    }
}
