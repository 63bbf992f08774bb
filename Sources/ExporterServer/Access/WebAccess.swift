import Collection
import ConfigurationFiles
import Glibc
package import KubernetesClient
package import Logging
package import NIOSSL
import ServiceLifecycle
import Synchronization

/// What `--web.config.file` says now: read at the start, looked at once a second, and read again when it or a file that
/// it names has changed. A new one that cannot be used keeps the old one.
package final class WebAccess: Service {
    /// What is in force.
    package struct Current: Sendable {
        /// What the file says.
        package var configuration: WebConfiguration
        /// What connections are encrypted with; nil serves plain HTTP.
        package var tls: NIOSSLContext?
    }

    /// What distinguishes a file from its replacement: a mounted Secret is replaced by a link to another folder.
    private struct FileVersion: Equatable {
        var device: UInt
        var inode: UInt
        var size: Int
        var seconds: Int
        var nanoseconds: Int

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
            size = Int(status.st_size)
            seconds = status.st_mtim.tv_sec
            nanoseconds = status.st_mtim.tv_nsec
        }
    }

    private struct State {
        var current: Current
        var versions: [String: FileVersion?]
        /// Why the newest file cannot be used; nil while what is in force is the newest.
        var problem: String?
    }

    private static let checkInterval = Duration.seconds(1)

    private let path: String
    private let clock: ClientClock
    private let logger: Logger
    private let state: Mutex<State>

    /// Reads the file.
    ///
    /// - Throws: ``WebAccessError`` where it cannot be used.
    package init(path: String, clock: ClientClock = .system, logger: Logger) throws(WebAccessError) {
        self.path = path
        self.clock = clock
        self.logger = logger
        let (current, versions) = Self.read(path)
        state = Mutex(State(current: try current.get(), versions: versions))
        if state.withLock({ $0.current.configuration.asksForHTTP2 }) {
            logger.notice(
                "http2 has no effect: HTTP/1.1 is served, which scrapers support",
                metadata: ["file": "\(path)"]
            )
        }
    }

    /// What is in force.
    package var current: Current { state.withLock { $0.current } }

    /// Whether the newest file is in force.
    package var isNewestInForce: Bool { state.withLock { $0.problem == nil } }

    /// Checks the files once a second until the program shuts down.
    package func run() async {
        await cancelWhenGracefulShutdown { [self] in
            // Waiting ends by a throw where the program shuts down.
            while (try? await clock.sleep(Self.checkInterval)) != nil { reloadIfChanged() }
        }
    }

    /// Reads the files where one has changed, or the last attempt failed.
    package func reloadIfChanged() {
        let (known, failed) = state.withLock { ($0.versions, $0.problem != nil) }
        guard failed || known.contains(where: { FileVersion($0.key) != $0.value }) else { return }
        let (result, versions) = Self.read(path)
        switch result {
        case .success(let current):
            state.withLock { $0 = State(current: current, versions: versions) }
            logger.notice("web configuration read again", metadata: ["file": "\(path)"])
        case .failure(let error):
            let isNew = state.withLock { state in
                state.versions = versions
                defer { state.problem = error.description }
                return state.problem != error.description
            }
            guard isNew else { return }
            logger.error(
                "the new web configuration cannot be used, the old one stays",
                metadata: ["reason": "\(error)"]
            )
        }
    }

    private static func read(_ path: String) -> (Result<Current, WebAccessError>, [String: FileVersion?]) {
        var reader = WebConfigurationReader(path: path)
        // Before reading: what is replaced meanwhile is read again a second later.
        var result: Result<Current, WebAccessError>
        let before = FileVersion(path)
        do throws(ConfigurationError) {
            let configuration = try reader.read()
            do throws(ValueProblem) {
                result = .success(Current(configuration: configuration, tls: try configuration.tls?.context()))
            } catch {
                result = .failure(WebAccessError("\(path): tls_server_config: \(error.message)"))
            }
        } catch {
            result = .failure(WebAccessError(error.description))
        }
        var versions: [String: FileVersion?] = [:]
        for file in reader.files { versions[file] = FileVersion(file) }
        versions[path] = before
        return (result, versions)
    }
}

/// Why a web configuration cannot be used, in one line that names file, line and key.
package struct WebAccessError: Error, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension WebAccess: CustomStringConvertible {
    /// What the service group's log calls it.
    package var description: String { "web configuration" }
}
