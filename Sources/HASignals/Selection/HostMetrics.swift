/// `--host-metrics`: the hosts that get series of their own.
package enum HostMetrics: String, CaseIterable, Hashable, Sendable {
    case all
    /// Only hosts with a backend that has no ready endpoint, or would have none after the loss of a node or zone.
    case atRisk = "at-risk"
    case none

    /// Where nothing is set, hosts are listed at risk only beyond so many.
    package static let mostListed = 500
}
