import ClusterState
import Synchronization
import TestClocks

@testable import KubernetesClient

/// Clock, wall time and warnings of a test.
final class World: Sendable {
    let clock = ManualClock()
    private let seen = Mutex<[String]>([])

    /// The wall time at which the clock stands at zero.
    static let start = Timestamp(seconds: 1_800_000_000)

    /// What was warned of so far.
    var warnings: [String] { seen.withLock { $0 } }

    /// The environment with these variables and nothing of the process's own.
    func environment(_ variables: [String: String] = [:], pod: TestFolder? = nil) -> CredentialEnvironment {
        CredentialEnvironment(
            variables: ["PATH": "/usr/bin:/bin"].merging(variables) { _, own in own },
            serviceAccountFolder: pod?.path ?? "/nonexistent/serviceaccount",
            clock: clock,
            now: { [clock] in
                Timestamp(seconds: Self.start.seconds + Double(clock.now.offset.components.seconds))
            },
            warn: { [self] line in seen.withLock { $0.append(line) } }
        )
    }
}

/// The one line that a finding ends with; nil where it succeeds.
func failure(_ body: () throws(CredentialError) -> ClusterAccess) -> String? {
    do throws(CredentialError) {
        _ = try body()
        return nil
    } catch {
        return error.description
    }
}

/// The one line that asking for an authorization ends with; nil where it is given.
func failure(_ source: any CredentialSource) async -> String? {
    do throws(CredentialError) {
        _ = try await source.authorization()
        return nil
    } catch {
        return error.description
    }
}

/// The folder of these tests.
let testFolder = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast().joined(separator: "/")
}()

/// What looks like certificate and key, for tests that open no connection.
enum FakePEM {
    static func certificate(_ body: String) -> String {
        "-----BEGIN CERTIFICATE-----\n\(body)\n-----END CERTIFICATE-----\n"
    }

    static func key(_ body: String) -> String {
        "-----BEGIN PRIVATE KEY-----\n\(body)\n-----END PRIVATE KEY-----\n"
    }
}
