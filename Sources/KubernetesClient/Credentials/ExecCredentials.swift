internal import HTTPTransport

/// Credentials that a plugin hands out: `aws eks get-token`, `gke-gcloud-auth-plugin`, `kubelogin`.
///
/// An answer is kept until its `expirationTimestamp`, or until the server answers 401. However many requests wait, one
/// plugin runs at a time; and since every reflector asks on its own, neither a failing plugin nor a refused token may
/// turn into a stream of processes: a failure holds for ``failurePause``, and an answer is not thrown away within
/// ``leastAge``, so the 401s of 30 requests that carried the old token do not each cost the new one.
package actor ExecCredentials: CredentialSource {
    /// How long a plugin may run.
    static let timeLimit: Duration = .seconds(30)
    /// How long a failure is answered with before the plugin is run again.
    static let failurePause: Duration = .seconds(5)
    /// How long an answer is used whatever the server or its own expiry says.
    static let leastAge: Duration = .seconds(5)

    private let plugin: ExecPlugin
    private let own: any CredentialSource
    private let environment: CredentialEnvironment
    private let clock: TransportClock
    private var answer: (value: ExecAnswer, since: Duration)?
    private var failure: (error: CredentialError, until: Duration)?
    private var running: Task<Void, Never>?
    /// Who waits for the run, by number.
    private var waiters: [Int: CheckedContinuation<Result<ExecAnswer, CredentialError>, Never>] = [:]
    private var lastWaiter = 0
    /// Whose cancellation ended the run: the last that waited. Answered once the plugin and what it started are gone.
    private var endingWaiter: Int?

    /// Runs nothing yet.
    ///
    /// - Parameters:
    ///   - plugin: How to run it.
    ///   - own: What the user has beside the plugin: a client certificate for example.
    ///   - environment: Variables, clock and wall time.
    init(_ plugin: ExecPlugin, beside own: any CredentialSource, environment: CredentialEnvironment) {
        self.plugin = plugin
        self.own = own
        self.environment = environment
        clock = TransportClock(environment.clock)
    }

    package func authorization() async throws(CredentialError) -> Authorization {
        var result = try await own.authorization()
        let given = try await current().authorization
        if let token = given.bearerToken { result.bearerToken = token }
        if given.clientCertificate != nil {
            result.clientCertificate = given.clientCertificate
            result.clientKey = given.clientKey
        }
        return result
    }

    package func invalidate() async {
        await own.invalidate()
        guard let answer, clock.elapsed() - answer.since >= Self.leastAge else { return }
        self.answer = nil
    }

    private func current() async throws(CredentialError) -> ExecAnswer {
        if let answer, isUsable(answer.value, since: answer.since) { return answer.value }
        if running == nil, let failure, clock.elapsed() < failure.until { throw failure.error }
        return try await nextAnswer().get()
    }

    /// Waits for the run that is under way, or a new one.
    ///
    /// The run is no child of one request: others wait for the same answer when that one is cancelled. When the last
    /// one is, nobody needs the answer: the plugin is ended with its session, and that is waited for, so that a program
    /// which then ends leaves nothing behind.
    private func nextAnswer() async -> Result<ExecAnswer, CredentialError> {
        lastWaiter += 1
        let number = lastWaiter
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !Task.isCancelled else { return continuation.resume(returning: .failure(cancelled)) }
                waiters[number] = continuation
                if running == nil { running = Task { await self.run() } }
            }
        } onCancel: {
            Task { await self.stopWaiting(number) }
        }
    }

    private func stopWaiting(_ number: Int) {
        guard let waiter = waiters[number] else { return }
        if waiters.count == 1 {
            endingWaiter = number
            running?.cancel()
        } else if number != endingWaiter {
            waiters[number] = nil
            waiter.resume(returning: .failure(cancelled))
        }
    }

    private var cancelled: CredentialError { CredentialError("\(plugin.origin) was cancelled") }

    private func isUsable(_ answer: ExecAnswer, since: Duration) -> Bool {
        guard let expiration = answer.expiration else { return true }
        return environment.now() < expiration || clock.elapsed() - since < Self.leastAge
    }

    private func run() async {
        let run = PluginRun(plugin, environment: environment.variables, clock: clock, limit: Self.timeLimit)
        let result: Result<ExecAnswer, CredentialError>
        do throws(CredentialError) {
            result = .success(try await run.answer())
        } catch {
            result = .failure(error)
        }
        running = nil
        if let number = endingWaiter {
            endingWaiter = nil
            waiters.removeValue(forKey: number)?.resume(returning: .failure(cancelled))
            // Who came since then wants an answer.
            if !waiters.isEmpty { running = Task { await self.run() } }
            return
        }
        switch result {
        case .success(let value):
            answer = (value, clock.elapsed())
            failure = nil
        case .failure(let error):
            answer = nil
            failure = (error, clock.elapsed() + Self.failurePause)
        }
        let waiting = waiters
        waiters = [:]
        for waiter in waiting.values { waiter.resume(returning: result) }
    }
}
