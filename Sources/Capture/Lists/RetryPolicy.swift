import HTTPTransport
import KubernetesClient

/// Decides what a capture does after a failed request: ask again, start the list again, or give up.
///
/// The time waited is summed over all lists and reset at each success: a server that is down costs one wait, not one for
/// each resource.
struct RetryPolicy {
    /// The step after a failure.
    enum Next: Equatable {
        /// Ask for the same page again.
        case again(after: Duration)
        /// List again from the first page: the version of the pages has expired.
        case restart(after: Duration)
        /// Read the credentials again, then ask for the same page.
        case freshCredentials
        /// Stop reading the list.
        case giveUp
    }

    /// The most time that is waited without a success.
    static let limit = Duration.seconds(120)
    /// The most restarts of one list: one that expires more often takes longer than the server keeps versions.
    static let restartLimit = 5
    /// The most requests for a page that is answered with something else: a proxy may have answered.
    static let malformedLimit = 3

    private var backoff = Backoff()
    private var random: SeededRandom
    private var waited = Duration.zero
    private var restarts = 0
    private var malformed = 0
    private var hasFreshCredentials = false

    /// Creates a policy without failures.
    ///
    /// - Parameter seed: For the jitter.
    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    /// Records that a page was read.
    mutating func succeeded() {
        waited = .zero
        malformed = 0
        hasFreshCredentials = false
        backoff = Backoff()
    }

    /// Records that another list begins.
    mutating func beginList() {
        restarts = 0
        malformed = 0
    }

    /// Returns the step after a failure.
    ///
    /// - Parameters:
    ///   - failure: What failed.
    ///   - now: Uptime.
    /// - Returns: The step.
    mutating func next(after failure: RequestFailure, at now: Duration) -> Next {
        if case .transport(.cancelled) = failure { return .giveUp }
        switch failure.kind {
        case .forbidden, .notFound: return .giveUp
        case .unauthorized:
            // Credentials that cannot be read are not made better by reading them again at once.
            guard !hasFreshCredentials, case .refused = failure else { return .giveUp }
            hasFreshCredentials = true
            return .freshCredentials
        case .expired:
            restarts += 1
            guard restarts <= Self.restartLimit else { return .giveUp }
            return restarts == 1 ? .restart(after: .zero) : wait(failure, now) { .restart(after: $0) }
        case .malformed:
            malformed += 1
            guard malformed < Self.malformedLimit else { return .giveUp }
            return wait(failure, now) { .again(after: $0) }
        case .silent, .unreachable, .transient, .overrun: return wait(failure, now) { .again(after: $0) }
        }
    }

    private mutating func wait(_ failure: RequestFailure, _ now: Duration, _ next: (Duration) -> Next) -> Next {
        let delay = max(backoff.next(at: now, using: &random), failure.retryAfter ?? .zero)
        guard waited + delay <= Self.limit else {
            waited = Self.limit
            return .giveUp
        }
        waited += delay
        return next(delay)
    }
}
