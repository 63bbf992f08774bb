import HTTPTransport
import KubernetesClient

/// How long a capture puts up with failures.
///
/// What it waits is counted over all lists and forgotten at each success: a server that is gone costs one wait, not one
/// for each resource.
struct Patience {
    /// What is to be done after a failure.
    enum Next: Equatable {
        /// Ask for the same page again.
        case again(after: Duration)
        /// List anew from the first page: the version that the pages were of is gone.
        case restart(after: Duration)
        /// The credentials are read anew, then the same page is asked for.
        case freshCredentials
        /// Nothing helps.
        case giveUp
    }

    /// Without a success for so long, nothing is waited for any more.
    static let limit = Duration.seconds(120)
    /// Lists that expire so often one after the other are not read: they take longer than the server keeps versions.
    static let restartLimit = 5
    /// Answers that are no list are asked for so often: something in between may have given them.
    static let malformedLimit = 3

    private var backoff = Backoff()
    private var random: SeededRandom
    private var waited = Duration.zero
    private var restarts = 0
    private var malformed = 0
    private var hasFreshCredentials = false

    /// Creates a patience that nothing was asked of.
    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    /// A page has come.
    mutating func succeeded() {
        waited = .zero
        malformed = 0
        hasFreshCredentials = false
        backoff = Backoff()
    }

    /// Another list begins.
    mutating func beginList() {
        restarts = 0
        malformed = 0
    }

    /// What follows from a failure.
    ///
    /// - Parameters:
    ///   - failure: What failed.
    ///   - now: Uptime.
    /// - Returns: What is to be done.
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
