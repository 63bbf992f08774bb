import NIOPosix
import Synchronization

/// Checks passwords against bcrypt hashes: one at a time on a thread of its own, since each takes some 80 ms of CPU, with
/// a bounded number waiting.
final class PasswordChecks: Sendable {
    /// What came of a check.
    enum Outcome: Sendable, Equatable {
        case right, wrong
        /// Too many checks wait already.
        case busy
    }

    /// A password that was right, without the password.
    private struct Accepted {
        let hash: PasswordHash
        let digest: SecretDigester.Digest
    }

    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let waiting: AddressQuota
    private let digester = SecretDigester()
    /// By user: at most one for each user of the configuration.
    private let accepted = Mutex<[String: Accepted]>([:])

    /// Creates the thread.
    ///
    /// - Parameters:
    ///   - waiting: How many checks may wait or run, in all.
    ///   - waitingPerAddress: How many of them of one client: who tries passwords must not take the places of others.
    init(waiting: Int = 16, waitingPerAddress: Int = 2) {
        self.waiting = AddressQuota(limit: waiting, perAddress: waitingPerAddress)
        thread.start()
    }

    deinit { thread.shutdownGracefully { _ in } }

    /// Checks a password.
    ///
    /// - Parameters:
    ///   - password: What the client sent.
    ///   - user: The user's name, as sent.
    ///   - hash: The user's hash; nil where there is no such user, which takes as long to find wrong.
    ///   - address: The client's.
    /// - Returns: Whether it is the user's password, or that it was not checked.
    func check(_ password: String, of user: String, _ hash: PasswordHash?, from address: String) async -> Outcome {
        let digest = digester.digest(user, password)
        let known = accepted.withLock { $0[user] }
        if let known, known.hash == hash, Secrets.areEqual(known.digest, digest) { return .right }
        guard let slot = waiting.take(address) else { return .busy }
        defer { withExtendedLifetime(slot) {} }
        let isRight =
            (try? await thread.runIfActive { (hash ?? .ofUnknownUser).matches(password) }) ?? false
        guard isRight, let hash else { return .wrong }
        accepted.withLock { $0[user] = Accepted(hash: hash, digest: digest) }
        return .right
    }

    /// Forgets users that are no longer configured.
    func keep(_ users: [String: PasswordHash]) {
        accepted.withLock { accepted in
            accepted = accepted.filter { users[$0.key] == $0.value.hash }
        }
    }
}
