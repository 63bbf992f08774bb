import ClusterState
import FoundationEssentials
import HTTPTransport

/// Asks the API server what it serves, and which version it is.
package struct Discovery: Sendable {
    private let client: APIClient

    /// Asks over this client.
    package init(client: APIClient) {
        self.client = client
    }

    /// The group versions served, aggregated APIs included: `v1`, `apps/v1`.
    ///
    /// - Throws: ``RequestFailure`` where they cannot be learned.
    package func groupVersions() async throws(RequestFailure) -> Set<String> {
        let core: CoreVersions = try await read("/api")
        let groups: GroupList = try await read("/apis")
        return Set(core.versions).union(groups.groups.flatMap { $0.versions.map(\.groupVersion) })
    }

    /// The API groups of group versions; the core group is empty.
    static func groups(of groupVersions: Set<String>) -> Set<String> {
        Set(
            groupVersions.map { text in
                text.firstIndex(of: "/").map { String(text[..<$0]) } ?? ""
            }
        )
    }

    /// What /version says.
    func version() async throws(RequestFailure) -> ServerVersion {
        let answer: VersionAnswer = try await read("/version")
        return ServerVersion(major: answer.major, minor: answer.minor, gitVersion: answer.gitVersion)
    }

    /// Whether the API server answers /version within the limit, be it by refusing us.
    func isAnswered(within limit: Duration) async -> Bool {
        do throws(RequestFailure) {
            _ = try await client.read("/version", limits: TimeLimits(connect: limit, head: limit, total: limit))
            return true
        } catch {
            return error.kind == .unauthorized || error.kind == .forbidden
        }
    }

    private func read<Answer: Decodable>(_ target: String) async throws(RequestFailure) -> Answer {
        let bytes = try await client.read(target)
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(bytes))
        } catch {
            throw .malformed("\(target) answered with something other than its JSON")
        }
    }

    private struct CoreVersions: Decodable {
        var versions: [String]
    }

    private struct GroupList: Decodable {
        struct Group: Decodable {
            struct Version: Decodable {
                var groupVersion: String
            }
            var versions: [Version]
        }
        var groups: [Group]
    }

    private struct VersionAnswer: Decodable {
        var major: String
        var minor: String
        var gitVersion: String
    }
}
