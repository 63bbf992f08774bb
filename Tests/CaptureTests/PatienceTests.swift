import HTTPTransport
import KubernetesClient
import KubernetesWire
import Testing

@testable import Capture

struct PatienceTests {
    private func refusal(_ code: Int32, reason: String = "", retryAfter: Duration? = nil) -> RequestFailure {
        .refused(StatusMessage(code: code, reason: reason, message: ""), retryAfter: retryAfter)
    }

    /// What it waits in all until it gives up; nil where it does not within a thousand failures.
    private func wholeWait(_ failure: RequestFailure, _ patience: inout Patience) -> Duration? {
        var waited = Duration.zero
        for _ in 0..<1_000 {
            switch patience.next(after: failure, at: waited) {
            case .again(let delay): waited += delay
            case .giveUp: return waited
            default: return nil
            }
        }
        return nil
    }

    @Test func waitsNoLongerThanItsLimit() throws {
        var patience = Patience(seed: 1)
        let waited = try #require(wholeWait(refusal(500), &patience))
        #expect(waited > .seconds(30) && waited <= Patience.limit)
        // A server that is gone is not waited for again by the next list.
        patience.beginList()
        #expect(patience.next(after: .transport(.connectionLost(reason: "")), at: waited) == .giveUp)
        patience.succeeded()
        #expect(patience.next(after: refusal(500), at: waited) != .giveUp)
    }

    @Test func waitsAsLongAsTheServerWants() {
        var patience = Patience(seed: 1)
        #expect(patience.next(after: refusal(429, retryAfter: .seconds(40)), at: .zero) == .again(after: .seconds(40)))
        #expect(patience.next(after: refusal(429, retryAfter: .seconds(300)), at: .zero) == .giveUp)
    }

    @Test(arguments: [(403, "Forbidden"), (404, "NotFound")] as [(Int32, String)])
    func asksNoFurtherWhereItIsRefused(_ code: Int32, _ reason: String) {
        var patience = Patience(seed: 1)
        #expect(patience.next(after: refusal(code, reason: reason), at: .zero) == .giveUp)
    }

    /// A proxy's page says nothing of what Kubernetes has, and passes as its other failures do.
    @Test func asksAgainAfterAPageThatIsNotThere() {
        var patience = Patience(seed: 1)
        #expect(patience.next(after: refusal(404), at: .zero) != .giveUp)
    }

    @Test func readsCredentialsAnewOnce() {
        var patience = Patience(seed: 1)
        #expect(patience.next(after: refusal(401), at: .zero) == .freshCredentials)
        #expect(patience.next(after: refusal(401), at: .zero) == .giveUp)
        patience.succeeded()
        #expect(patience.next(after: refusal(401), at: .zero) == .freshCredentials)
        var other = Patience(seed: 1)
        #expect(other.next(after: .credentials(CredentialError("no token")), at: .zero) == .giveUp)
    }

    @Test func listsAnewAFewTimes() {
        var patience = Patience(seed: 1)
        #expect(patience.next(after: refusal(410), at: .zero) == .restart(after: .zero))
        for _ in 1..<Patience.restartLimit {
            patience.succeeded()
            guard case .restart(let delay) = patience.next(after: refusal(410), at: .zero) else {
                Issue.record("not begun anew")
                return
            }
            #expect(delay > .zero)
        }
        #expect(patience.next(after: refusal(410), at: .zero) == .giveUp)
        patience.beginList()
        #expect(patience.next(after: refusal(410), at: .zero) == .restart(after: .zero))
    }

}
