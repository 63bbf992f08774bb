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
    private let clock: CredentialClock
    private var answer: (value: ExecAnswer, since: Duration)?
    private var failure: (error: CredentialError, until: Duration)?
    private var running: Task<Result<ExecAnswer, CredentialError>, Never>?

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
        clock = CredentialClock(environment.clock)
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
        if let running { return try await running.value.get() }
        if let failure, clock.elapsed() < failure.until { throw failure.error }
        // Not a child of this request: others wait for the same answer when this one is cancelled. It ends by itself, at
        // the time limit.
        let task = Task { await self.run() }
        running = task
        return try await task.value.get()
    }

    private func isUsable(_ answer: ExecAnswer, since: Duration) -> Bool {
        guard let expiration = answer.expiration else { return true }
        return environment.now() < expiration || clock.elapsed() - since < Self.leastAge
    }

    private func run() async -> Result<ExecAnswer, CredentialError> {
        let run = PluginRun(plugin, environment: environment.variables, clock: clock, limit: Self.timeLimit)
        let result: Result<ExecAnswer, CredentialError>
        do throws(CredentialError) {
            result = .success(try await run.answer())
        } catch {
            result = .failure(error)
        }
        running = nil
        switch result {
        case .success(let value):
            answer = (value, clock.elapsed())
            failure = nil
        case .failure(let error):
            answer = nil
            failure = (error, clock.elapsed() + Self.failurePause)
        }
        return result
    }
}
