import ArgumentParser
import Collection
import ExporterServer
import Logging
import Programs

/// Options that restrict who may read metrics and the page.
struct AccessOptions: ParsableArguments {
    /// Who authenticates and authorizes requests.
    enum Authority: String, CaseIterable, Sendable {
        /// Nobody: anybody who reaches the address may read, but for what the web configuration asks.
        case none
        /// The API server, about bearer tokens.
        case kubernetes
    }

    @Option(
        flag: "web.config.file",
        takes: "file",
        "A file that turns on TLS, client certificates and passwords, in the format of Prometheus's exporter-toolkit.",
        discussion: "The file and the certificates that it names are read again when they change."
    )
    var webConfigFile: String?

    @Option(
        flag: "auth",
        takes: "authority",
        """
        kubernetes: answer only requests with a bearer token whose user may get the nonResourceURL /metrics, by \
        TokenReview and SubjectAccessReview; none: answer all requests (default).
        """
    )
    var authority: String?

    /// The file of `--web.config.file`, read; nil where there is none.
    ///
    /// - Throws: `SettingError` where it cannot be used.
    func web(_ environment: [String: String], _ logger: Logger) throws(SettingError) -> WebAccess? {
        let path = Setting<String>(text: "web.config.file")
        guard let path = try path.value(webConfigFile, environment) else { return nil }
        do throws(WebAccessError) {
            return try WebAccess(path: path, logger: logger)
        } catch {
            throw SettingError(origin: "--web.config.file", text: path, problem: error.description)
        }
    }

    /// Whether bearer tokens are asked for.
    ///
    /// - Throws: `SettingError` where `--auth` is no known word.
    func asksKubernetes(_ environment: [String: String]) throws(SettingError) -> Bool {
        try Setting<Authority>(choice: "auth").value(authority, environment) == .kubernetes
    }
}
