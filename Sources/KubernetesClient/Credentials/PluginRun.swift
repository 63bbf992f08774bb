internal import ConfigurationFiles
internal import HTTPTransport
internal import Subprocess
internal import SystemPackage

/// One run of a credential plugin.
struct PluginRun: Sendable {
    private let plugin: ExecPlugin
    private let environment: [String: String]
    private let clock: TransportClock
    private let limit: Duration

    /// What is far larger than a token with its certificate chain, in bytes.
    private static let outputLimit = 256 << 10

    init(_ plugin: ExecPlugin, environment: [String: String], clock: TransportClock, limit: Duration) {
        self.plugin = plugin
        self.environment = plugin.environment(over: environment)
        self.clock = clock
        self.limit = limit
    }

    /// Runs the plugin and reads what it prints.
    func answer() async throws(CredentialError) -> ExecAnswer {
        let output = try await output()
        do throws(ConfigurationError) {
            return try ExecAnswer(output, of: plugin)
        } catch {
            throw CredentialError(error.description)
        }
    }

    /// The plugin's standard output, or why there is none. Whichever is first ends the other: the plugin, or the limit.
    private func output() async throws(CredentialError) -> [UInt8] {
        let result = await withTaskGroup(of: Result<[UInt8], CredentialError>.self) { group in
            group.addTask {
                do throws(CredentialError) { return .success(try await run()) } catch { return .failure(error) }
            }
            group.addTask {
                do { try await clock.sleep(for: limit) } catch { return .failure(failure("was cancelled")) }
                return .failure(failure("gave no answer in \(limit.components.seconds) s and was ended"))
            }
            let first = await group.next() ?? .failure(failure("was cancelled"))
            group.cancelAll()
            return first
        }
        return try result.get()
    }

    private func run() async throws(CredentialError) -> [UInt8] {
        var options = PlatformOptions()
        // A session of its own: no terminal to ask at, and what the plugin starts is ended with it.
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(1))]
        let command = plugin.command
        var variables: [Environment.Key: String] = [:]
        for (name, value) in environment {
            if let key = Environment.Key(rawValue: name) { variables[key] = value }
        }
        do {
            let result = try await Subprocess.run(
                command.contains("/") ? .path(FilePath(command)) : .name(command),
                arguments: Arguments(plugin.arguments),
                environment: .custom(variables),
                platformOptions: options,
                input: .none,
                output: .bytes(limit: Self.outputLimit),
                error: .sequence
            ) { execution in
                // The end of it says why; a plugin that talks much must neither stop nor fill memory.
                try await PluginSessions.with(execution.processIdentifier.value) {
                    var tail: [UInt8] = []
                    for try await chunk in execution.standardError {
                        chunk.withUnsafeBytes { tail.append(contentsOf: $0) }
                        if tail.count > 8 << 10 { tail.removeFirst(tail.count - 4 << 10) }
                    }
                    return tail
                }
            }
            guard result.terminationStatus.isSuccess else {
                throw failure("\(Self.end(result.terminationStatus))\(said(result.closureResult))")
            }
            return result.standardOutput
        } catch let error as CredentialError {
            throw error
        } catch let error as SubprocessError {
            throw failure(reason(error))
        } catch is CancellationError {
            throw failure("was cancelled")
        } catch {
            throw failure("could not be run: \("\(error)".oneLine(limit: 200))")
        }
    }

    private static func end(_ status: TerminationStatus) -> String {
        switch status {
        case .exited(let code): "failed with exit status \(code)"
        case .signaled(let signal): "was ended by signal \(signal)"
        }
    }

    private func said(_ standardError: [UInt8]) -> String {
        let text = SecretScrubber(variables: environment).scrubbed(standardError)
        return text.isEmpty ? ", without a word on standard error" : ": \(text)"
    }

    private func reason(_ error: SubprocessError) -> String {
        switch error.code {
        case .executableNotFound:
            let place = plugin.command.contains("/") ? "at \(plugin.command)" : "in PATH"
            let hint = plugin.installHint.map { "; the kubeconfig says: \($0)" } ?? "; install it"
            return "was not found \(place), or is not executable\(hint)"
        case .outputLimitExceeded:
            return "printed more than \(Self.outputLimit) bytes"
        default:
            return "could not be run: \(error.description.oneLine(limit: 200))"
        }
    }

    private func failure(_ reason: String) -> CredentialError {
        CredentialError("\(plugin.origin) \(reason)")
    }
}
