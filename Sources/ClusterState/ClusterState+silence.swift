extension ClusterState {
    /// Judges the sources of probes where nobody answered at all: SIGNALS, areas 1 and 2.
    ///
    /// Silent API servers are down, which is knowledge: the source is `ok`, its instances are not. They are only out of
    /// sight, and the source `unreachable`, where requests that were begun since are answered, and where certificates
    /// are what is wrong: somebody is there, and nothing is known of how they are. Silent etcd members are down unless
    /// certificates are what is wrong: that their list is known means that one of them has answered before.
    ///
    /// Sources that stand otherwise (`disabled`, `stale`, `malformed`) are left as they are.
    ///
    /// - Parameters:
    ///   - probes: The answers of the round that the sources stand by.
    ///   - areRequestsAnswered: Whether an ordinary request to the API server that was begun after the round succeeded;
    ///     nil where none was made, as in a recording: then whether any list did.
    package mutating func markUnreachableProbes(_ probes: ProbeResults, areRequestsAnswered: Bool? = nil) {
        if !probes.apiServers.isEmpty, !probes.isAnyAPIServerReachable {
            let isListOK = sources.contains { source, status in
                status.state == .ok && !status.hasFailed && source != .apiserver && source != .etcd
                    && source != .version && source != .apiservermetrics
            }
            judge(.apiserver, isUnreachable: (areRequestsAnswered ?? isListOK) || probes.isAPIServerTrustLacking)
        }
        let known = probes.etcdClusters.filter(\.hasMemberList)
        if !known.isEmpty, !known.contains(where: \.isAnyReachable) {
            judge(.etcd, isUnreachable: known.contains(where: \.isTrustLacking))
        }
    }

    private mutating func judge(_ source: Source, isUnreachable: Bool) {
        let before = status(of: source).state
        guard before == .ok || before == .unreachable else { return }
        sources[source]?.state = isUnreachable ? .unreachable : .ok
    }
}
