import ClusterState
import KubernetesClient
import Synchronization

/// Asks the API server whether the bearer of a token may read metrics, and caches the answers for a short time.
final class TokenChecks: Sendable {
    /// What came of a check.
    enum Outcome: Sendable, Equatable {
        case allowed
        /// The API server does not know the token.
        case unauthenticated
        /// It knows whose token it is, and that it may not read metrics.
        case forbidden
        /// Too many checks are under way already.
        case busy
        /// The API server cannot be asked, and the token was not accepted within the last hour.
        case unreachable
    }

    /// How long an acceptance is valid before the API server is asked again.
    static let acceptedFor = Duration.seconds(60)
    /// The same of a refusal, so that a right that was just given is soon found.
    static let refusedFor = Duration.seconds(10)
    /// How long an acceptance is valid while the API server cannot be asked: metrics are needed most during an outage.
    static let acceptedWithoutAnswer = Duration.seconds(3_600)
    /// The most accepted tokens in the cache, and the most refused ones. They are separate, so that unknown tokens cannot push
    /// out Prometheus's.
    private static let capacity = 256

    private struct Answer {
        var outcome: Outcome
        /// When the API server said so.
        var at: Duration
        /// When it is asked again.
        var until: Duration
    }

    private struct Memory {
        var accepted: [SecretDigester.Digest: Answer] = [:]
        var refused: [SecretDigester.Digest: Answer] = [:]
        /// Accepted tokens that the API server is being asked about again: as many as ``accepted`` at most.
        var asked: Set<SecretDigester.Digest> = []
    }

    private let reviewer: any AccessReviewer
    private let uptime: @Sendable () -> Duration
    private let digester = SecretDigester()
    private let underWay: AddressQuota
    private let memory = Mutex(Memory())

    /// Creates checks with an empty cache.
    ///
    /// - Parameters:
    ///   - reviewer: Asks the API server.
    ///   - uptime: Time that only goes on.
    ///   - underWay: How many questions may be under way, in all.
    ///   - underWayPerAddress: How many of them for one client.
    init(
        _ reviewer: any AccessReviewer,
        uptime: @escaping @Sendable () -> Duration,
        underWay: Int = 16,
        underWayPerAddress: Int = 4
    ) {
        self.reviewer = reviewer
        self.uptime = uptime
        self.underWay = AddressQuota(limit: underWay, perAddress: underWayPerAddress)
    }

    /// Checks a token.
    ///
    /// - Parameters:
    ///   - token: What the client sent.
    ///   - address: The client's.
    /// - Returns: Whether its bearer may read metrics, or that this was not found out.
    func check(_ token: String, from address: String) async -> Outcome {
        let digest = digester.digest(token)
        let known = memory.withLock { $0.accepted[digest] ?? $0.refused[digest] }
        if let known, uptime() < known.until { return known.outcome }
        // One that was accepted before is asked about beside the quota, which others may have filled; by one request at a
        // time, while the others wait for its answer with the last one.
        let slot = known?.outcome == .allowed ? nil : underWay.take(address)
        if known?.outcome == .allowed {
            guard begin(digest) else { return extended(known) ?? .busy }
        } else if slot == nil {
            return .busy
        }
        defer {
            withExtendedLifetime(slot) {}
            end(digest)
        }
        do throws(RequestFailure) {
            let outcome: Outcome =
                switch try await reviewer.review(token) {
                case nil: .unauthenticated
                case let user?: try await reviewer.mayReadMetrics(user) ? .allowed : .forbidden
                }
            store(outcome, of: digest)
            return outcome
        } catch {
            guard let extended = extended(known) else { return .unreachable }
            memory.withLock { $0.accepted[digest]?.until = uptime() + Self.refusedFor }
            return extended
        }
    }

    /// Begins to ask about an accepted token. Returns whether nobody else is asking.
    private func begin(_ digest: SecretDigester.Digest) -> Bool {
        memory.withLock { $0.asked.insert(digest).inserted }
    }

    private func end(_ digest: SecretDigester.Digest) {
        _ = memory.withLock { $0.asked.remove(digest) }
    }

    /// Returns a cached acceptance that is valid although the API server cannot be asked.
    private func extended(_ known: Answer?) -> Outcome? {
        guard let known, known.outcome == .allowed, uptime() - known.at < Self.acceptedWithoutAnswer else { return nil }
        return .allowed
    }

    private func store(_ outcome: Outcome, of digest: SecretDigester.Digest) {
        let now = uptime()
        memory.withLock { memory in
            memory.accepted[digest] = nil
            memory.refused[digest] = nil
            if outcome == .allowed {
                Self.makeRoom(&memory.accepted)
                memory.accepted[digest] = Answer(outcome: outcome, at: now, until: now + Self.acceptedFor)
            } else {
                Self.makeRoom(&memory.refused)
                memory.refused[digest] = Answer(outcome: outcome, at: now, until: now + Self.refusedFor)
            }
        }
    }

    /// Removes the oldest answer where the cache is full.
    private static func makeRoom(_ answers: inout [SecretDigester.Digest: Answer]) {
        guard answers.count >= capacity, let oldest = answers.min(by: { $0.value.at < $1.value.at }) else { return }
        answers[oldest.key] = nil
    }
}
