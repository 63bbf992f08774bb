import HTTPTransport
import KubernetesClient
import KubernetesWire
import Testing

@testable import Capture

struct RetryPolicyTests {
    private func refusal(_ code: Int32, reason: String = "", retryAfter: Duration? = nil) -> RequestFailure {
        .refused(StatusMessage(code: code, reason: reason, message: ""), retryAfter: retryAfter)
    }

    /// What it waits in all until it gives up; nil where it does not within a thousand failures.
    private func wholeWait(_ failure: RequestFailure, _ retryPolicy: inout RetryPolicy) -> Duration? {
        var waited = Duration.zero
        for _ in 0..<1_000 {
            switch retryPolicy.next(after: failure, at: waited) {
            case .again(let delay): waited += delay
            case .giveUp: return waited
            default: return nil
            }
        }
        return nil
    }

    @Test func waitsNoLongerThanItsLimit() throws {
        var retryPolicy = RetryPolicy(seed: 1)
        let waited = try #require(wholeWait(refusal(500), &retryPolicy))
        #expect(waited > .seconds(30) && waited <= RetryPolicy.limit)
        // A server that is gone is not waited for again by the next list.
        retryPolicy.beginList()
        #expect(retryPolicy.next(after: .transport(.connectionLost(reason: "")), at: waited) == .giveUp)
        retryPolicy.succeeded()
        #expect(retryPolicy.next(after: refusal(500), at: waited) != .giveUp)
    }

    @Test func waitsAsLongAsTheServerWants() {
        var retryPolicy = RetryPolicy(seed: 1)
        #expect(
            retryPolicy.next(after: refusal(429, retryAfter: .seconds(40)), at: .zero) == .again(after: .seconds(40))
        )
        #expect(retryPolicy.next(after: refusal(429, retryAfter: .seconds(300)), at: .zero) == .giveUp)
    }

    @Test(arguments: [(403, "Forbidden"), (404, "NotFound")] as [(Int32, String)])
    func asksNoFurtherWhereItIsRefused(_ code: Int32, _ reason: String) {
        var retryPolicy = RetryPolicy(seed: 1)
        #expect(retryPolicy.next(after: refusal(code, reason: reason), at: .zero) == .giveUp)
    }

    /// A proxy's page says nothing of what Kubernetes has, and passes as its other failures do.
    @Test func asksAgainAfterAPageThatIsNotThere() {
        var retryPolicy = RetryPolicy(seed: 1)
        #expect(retryPolicy.next(after: refusal(404), at: .zero) != .giveUp)
    }

    @Test func readsCredentialsAnewOnce() {
        var retryPolicy = RetryPolicy(seed: 1)
        #expect(retryPolicy.next(after: refusal(401), at: .zero) == .freshCredentials)
        #expect(retryPolicy.next(after: refusal(401), at: .zero) == .giveUp)
        retryPolicy.succeeded()
        #expect(retryPolicy.next(after: refusal(401), at: .zero) == .freshCredentials)
        var other = RetryPolicy(seed: 1)
        #expect(other.next(after: .credentials(CredentialError("no token")), at: .zero) == .giveUp)
    }

    @Test func listsAnewAFewTimes() {
        var retryPolicy = RetryPolicy(seed: 1)
        #expect(retryPolicy.next(after: refusal(410), at: .zero) == .restart(after: .zero))
        for _ in 1..<RetryPolicy.restartLimit {
            retryPolicy.succeeded()
            guard case .restart(let delay) = retryPolicy.next(after: refusal(410), at: .zero) else {
                Issue.record("not begun anew")
                return
            }
            #expect(delay > .zero)
        }
        #expect(retryPolicy.next(after: refusal(410), at: .zero) == .giveUp)
        retryPolicy.beginList()
        #expect(retryPolicy.next(after: refusal(410), at: .zero) == .restart(after: .zero))
    }

}
