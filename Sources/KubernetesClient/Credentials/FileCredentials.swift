internal import ConfigurationFiles
internal import HTTPTransport

/// Credentials in files that others replace while we run: service account tokens (the kubelet, hourly), token files,
/// client certificates (cert-manager, kubeadm).
///
/// The files are read every 60 s, the period of client-go's token source. A file that can no longer be read costs
/// nothing while what was read before still works: it is kept, and one warning says so. Certificate and key are handed
/// out as bytes, so a new pair means other TLS options and with them a new connection; a path would keep the old
/// connection, on which the server goes on seeing the old certificate until that expires.
package actor FileCredentials: CredentialSource {
    /// Which parts come from files; nil for those that do not.
    struct Files: Sendable, Hashable {
        var token: CredentialFile?
        var certificate: CredentialFile?
        var key: CredentialFile?
    }

    /// The time between two readings.
    static let interval: Duration = .seconds(60)

    private let files: Files
    private let clock: TransportClock
    private let warn: @Sendable (String) -> Void
    private var current: Authorization
    private var nextRead: Duration
    /// What was last wrong, by part, so that a lasting failure is told once.
    private var failures: [String: ConfigurationError] = [:]

    /// Reads the files for the first time.
    ///
    /// - Parameters:
    ///   - fixed: The parts that are not in files. A token here stands in for a token file that cannot be read.
    ///   - files: The parts that are.
    ///   - environment: The clock, and who hears warnings.
    /// - Throws: ``ConfigurationError`` where a file cannot be used and nothing stands in for it.
    init(
        _ fixed: Authorization = Authorization(),
        files: Files,
        environment: CredentialEnvironment
    ) throws(ConfigurationError) {
        self.files = files
        clock = TransportClock(environment.clock)
        warn = environment.warn
        current = fixed
        if let file = files.token {
            do throws(ConfigurationError) {
                current.bearerToken = try file.token()
            } catch {
                guard fixed.bearerToken != nil else { throw error }
                failures["token"] = error
                environment.warn("\(error); the token beside it is used")
            }
        }
        let pair = try Self.pair(files)
        if let certificate = pair.certificate { current.clientCertificate = certificate }
        if let key = pair.key { current.clientKey = key }
        nextRead = clock.elapsed() + Self.interval
    }

    package func authorization() async throws(CredentialError) -> Authorization {
        if clock.elapsed() >= nextRead { reload() }
        return current
    }

    package func invalidate() async {
        nextRead = .zero
    }

    private func reload() {
        nextRead = clock.elapsed() + Self.interval
        if let file = files.token {
            do throws(ConfigurationError) {
                current.bearerToken = try file.token()
                failures["token"] = nil
            } catch {
                report(error, part: "token")
            }
        }
        do throws(ConfigurationError) {
            let pair = try Self.pair(files)
            if let certificate = pair.certificate { current.clientCertificate = certificate }
            if let key = pair.key { current.clientKey = key }
            failures["client certificate"] = nil
        } catch {
            report(error, part: "client certificate")
        }
    }

    private func report(_ error: ConfigurationError, part: String) {
        guard failures[part] != error else { return }
        failures[part] = error
        warn("\(error); the \(part) read before is still used")
    }

    /// Both or neither: a new certificate with the old key fits nothing.
    private static func pair(
        _ files: Files
    ) throws(ConfigurationError) -> (certificate: PEMSource?, key: PEMSource?) {
        let certificate = try files.certificate?.certificates()
        let key = try files.key?.key()
        return (certificate.map { .memory($0) }, key.map { .memory($0) })
    }
}
