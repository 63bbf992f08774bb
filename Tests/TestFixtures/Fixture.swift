/// Where the recordings are that all tests share.
package enum Fixture: String, CaseIterable, Sendable {
    /// A cluster of three zones, all of it well.
    case healthy = "three-zone-healthy"
    /// The same after it lost a master, a node, an etcd member and an API server.
    case degraded = "three-zone-degraded"
    /// Probes alone: one of three etcd members answers, without a leader.
    case quorumLost = "etcd-quorum-lost"

    /// Situations that people reported in public trackers, one namespace a case; `expected.tsv` says what is right.
    case reportedCases = "reported-cases"

    /// The folder `Tests/Fixtures`: no bundle, which would bring full Foundation.
    package static let folder: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(2).joined(separator: "/") + "/Fixtures"
    }()

    /// The recording's folder.
    package var path: String { "\(Self.folder)/\(rawValue)" }
}
