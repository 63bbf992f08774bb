import Testing

@testable import HTTPTransport

struct LimitWatchTests {
    private let limits = TimeLimits(connect: .seconds(10), head: .seconds(30), idle: .seconds(5), total: .seconds(60))

    @Test func connectPassesFirst() {
        let watch = LimitWatch(limits, start: .seconds(100))
        #expect(watch.expiredStage(at: .seconds(109)) == nil)
        #expect(watch.expiredStage(at: .seconds(110)) == "connect")
        #expect(watch.expiredStage(at: .seconds(1000)) == "connect")
    }

    @Test func headOnceConnected() {
        var watch = LimitWatch(limits, start: .zero)
        watch.connected()
        #expect(watch.expiredStage(at: .seconds(29)) == nil)
        #expect(watch.expiredStage(at: .seconds(30)) == "head")
    }

    @Test func idleAfterTheHeadAndTotalAlways() {
        var watch = LimitWatch(limits, start: .zero)
        watch.arrived(at: .seconds(20))
        #expect(watch.expiredStage(at: .seconds(24)) == nil)
        #expect(watch.expiredStage(at: .seconds(25)) == "idle")
        watch.arrived(at: .seconds(58))
        #expect(watch.expiredStage(at: .seconds(62)) == "total")
    }

    /// A server that sends a byte of its refusal every 4 s would be listened to for ever.
    @Test func aRefusalThatTricklesEnds() {
        var watch = LimitWatch(TimeLimits(idle: .seconds(30)), start: .zero)
        watch.arrived(at: .seconds(20))
        watch.refused(at: .seconds(20))
        watch.arrived(at: .seconds(24))
        #expect(watch.nextWake(at: .seconds(24)) == .seconds(25))
        #expect(watch.expiredStage(at: .milliseconds(24_999)) == nil)
        #expect(watch.expiredStage(at: .seconds(25)) == "total")
    }

    @Test func wakesInTimeForAHeadThatMayComeAnyMoment() {
        var watch = LimitWatch(limits, start: .zero)
        #expect(watch.nextWake(at: .zero) == .seconds(5))
        #expect(watch.nextWake(at: .seconds(5)) == .seconds(10))
        watch.arrived(at: .seconds(6))
        #expect(watch.nextWake(at: .seconds(6)) == .seconds(11))
    }

    @Test func neverWakesWithoutLimits() {
        let watch = LimitWatch(TimeLimits(connect: nil, head: nil, idle: nil, total: nil), start: .zero)
        #expect(watch.nextWake(at: .seconds(1)) == nil)
        #expect(watch.expiredStage(at: .seconds(1_000_000)) == nil)
    }

    @Test func nudgesOnceForEachQuietInTheBody() {
        var watch = LimitWatch(limits, nudge: .milliseconds(100), start: .zero)
        // Before the head there is nothing to nudge for.
        let isEarly = watch.takeNudge(at: .seconds(1))
        #expect(!isEarly)
        #expect(watch.nextWake(at: .seconds(1)) == .seconds(6))
        watch.arrived(at: .seconds(2))
        #expect(watch.nextWake(at: .seconds(2)) == .milliseconds(2_100))
        let taken = [2_099, 2_100, 2_101, 2_900].map { watch.takeNudge(at: .milliseconds($0)) }
        #expect(taken == [false, true, false, false])
        #expect(watch.nextWake(at: .milliseconds(2_900)) == .seconds(3))
        watch.arrived(at: .seconds(3))
        let again = watch.takeNudge(at: .milliseconds(3_100))
        #expect(again)
    }
}
