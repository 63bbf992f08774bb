import ClusterState
import HTTPTransport
import KubernetesClient
import Synchronization
import TestClocks
import Testing

@testable import ExporterServer

/// An API server that knows some tokens, counts what it is asked, and can be cut off.
private final class FakeReviewer: AccessReviewer {
    struct State {
        var asked = 0
        var isReachable = true
        var users: [String: String] = ["good": "prometheus", "poor": "nobody"]
        var allowed: Set<String> = ["prometheus"]
        /// Questions about the token `slow`, which are not answered.
        var held: [CheckedContinuation<Void, Never>] = []
    }

    let state = Mutex(State())

    func review(_ token: String) async throws(RequestFailure) -> ReviewedUser? {
        let (isReachable, user) = state.withLock { state in
            state.asked += 1
            return (state.isReachable, state.users[token])
        }
        if token == "slow" { await withCheckedContinuation { held in state.withLock { $0.held.append(held) } } }
        guard isReachable else { throw .transport(.timedOut(stage: "head")) }
        return user.map { ReviewedUser(username: $0) }
    }

    func mayReadMetrics(_ user: ReviewedUser) async throws(RequestFailure) -> Bool {
        state.withLock { $0.allowed.contains(user.username ?? "") }
    }

    var asked: Int { state.withLock { $0.asked } }
    var held: Int { state.withLock { $0.held.count } }

    func answer() {
        for held in state.withLock({ $0.held }) { held.resume() }
    }
}

struct TokenTests {
    private let reviewer = FakeReviewer()
    private let clock = HandClock()

    private func checks(underWay: Int = 16) -> TokenChecks {
        TokenChecks(reviewer, uptime: clock.clock.uptime, underWay: underWay)
    }

    @Test func tellsTokensApart() async {
        let checks = checks()
        #expect(await checks.check("good", from: "a") == .allowed)
        #expect(await checks.check("poor", from: "a") == .forbidden)
        #expect(await checks.check("unknown", from: "a") == .unauthenticated)
        #expect(await self.checks(underWay: 0).check("good", from: "a") == .busy)
    }

    @Test func asksAgainAfterAMinute() async {
        let checks = checks()
        for _ in 0..<3 { #expect(await checks.check("good", from: "a") == .allowed) }
        #expect(reviewer.asked == 1)
        reviewer.state.withLock { $0.users["good"] = nil }
        clock.advance(by: .seconds(59))
        #expect(await checks.check("good", from: "a") == .allowed)
        clock.advance(by: .seconds(1))
        #expect(await checks.check("good", from: "a") == .unauthenticated)
        #expect(reviewer.asked == 2)
    }

    /// Else whoever holds it could keep it good for an hour, by many questions about other tokens.
    @Test func aRevokedTokenIsFoundOutWhileTheQuotaIsFull() async {
        let checks = checks(underWay: 1)
        #expect(await checks.check("good", from: "a") == .allowed)
        async let slow = checks.check("slow", from: "b")
        while reviewer.held == 0 { await Task.yield() }
        #expect(await checks.check("other", from: "a") == .busy)
        reviewer.state.withLock { $0.users["good"] = nil }
        clock.advance(by: .seconds(60))
        #expect(await checks.check("good", from: "a") == .unauthenticated)
        reviewer.answer()
        #expect(await slow == .unauthenticated)
    }

    @Test func findsAGivenRightAfterTenSeconds() async {
        let checks = checks()
        #expect(await checks.check("poor", from: "a") == .forbidden)
        reviewer.state.withLock { _ = $0.allowed.insert("nobody") }
        clock.advance(by: .seconds(9))
        #expect(await checks.check("poor", from: "a") == .forbidden)
        clock.advance(by: .seconds(1))
        #expect(await checks.check("poor", from: "a") == .allowed)
    }

    /// The metrics matter most while the API server cannot be asked; but a token is not good for ever.
    @Test func acceptsForAnHourWithoutAnAPIServer() async {
        let checks = checks()
        #expect(await checks.check("good", from: "a") == .allowed)
        reviewer.state.withLock { $0.isReachable = false }
        clock.advance(by: .seconds(61))
        #expect(await checks.check("good", from: "a") == .allowed)
        // Not asked again at once: each question may take seconds.
        #expect(await checks.check("good", from: "a") == .allowed)
        #expect(reviewer.asked == 2)
        #expect(await checks.check("never seen", from: "a") == .unreachable)
        clock.advance(by: .seconds(3_538))
        #expect(await checks.check("good", from: "a") == .allowed)
        clock.advance(by: .seconds(11))
        #expect(await checks.check("good", from: "a") == .unreachable)
        reviewer.state.withLock { $0.isReachable = true }
        #expect(await checks.check("good", from: "a") == .allowed)
    }

    @Test func strangersDoNotPushOutAcceptedTokens() async {
        let checks = checks()
        #expect(await checks.check("good", from: "a") == .allowed)
        for number in 0..<1_000 { #expect(await checks.check("guess \(number)", from: "b") == .unauthenticated) }
        let asked = reviewer.asked
        #expect(await checks.check("good", from: "a") == .allowed)
        #expect(reviewer.asked == asked)
    }

    /// golang.org/x/time/rate: `burst` at once, then one each interval.
    @Test func limitsTheRate() {
        var rate = RequestRate(.init(interval: .seconds(2), burst: 3), at: .zero)
        var answers: [Bool] = []
        for second in [0, 0, 0, 0, 1, 2, 2, 100, 100, 100, 100] { answers.append(rate.take(at: .seconds(second))) }
        #expect(answers == [true, true, true, false, false, true, false, true, true, true, false])
    }
}
