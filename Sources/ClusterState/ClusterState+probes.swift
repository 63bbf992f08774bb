extension ClusterState {
    /// Sets the state of the sources `apiserver` and `etcd` where no instance answered a probe: SIGNALS, areas 1 and 2.
    ///
    /// API servers that do not answer are down: the source is `ok`, its instances are not. But if an ordinary request that
    /// began after the round was answered, the network path of the probes is at fault, and if a certificate was refused,
    /// something answered: then the source is `unreachable`. etcd members that do not answer are down unless a certificate
    /// was refused: their list is known, so one of them has answered before.
    ///
    /// Where the address that the configuration names serves and none of the instances found is reached, it is a load
    /// balancer, and this program runs where the instances cannot be reached, whether or not they serve: `unreachable`.
    ///
    /// Other states of the two sources (`disabled`, `stale`, `malformed`) are not changed.
    ///
    /// - Parameters:
    ///   - probes: The answers of the round.
    ///   - areRequestsAnswered: Whether an ordinary request to the API server that began after the round succeeded; nil
    ///     where none was made, as in a recording: then it is whether any list succeeded.
    package mutating func markUnreachableProbes(_ probes: ProbeResults, areRequestsAnswered: Bool? = nil) {
        if !probes.apiServers.isEmpty, !probes.isAnyAPIServerReachable {
            let isListOK = sources.contains { source, status in
                status.state == .ok && !status.hasFailed && source != .apiserver && source != .etcd
                    && source != .version && source != .apiservermetrics
            }
            setUnreachable(
                .apiserver,
                isUnreachable: (areRequestsAnswered ?? isListOK) || probes.isAPIServerTrustLacking
            )
        }
        if probes.isServedByUnreachedInstances { setUnreachable(.apiserver, isUnreachable: true) }
        let known = probes.etcdClusters.filter(\.hasMemberList)
        if !known.isEmpty, !known.contains(where: \.isAnyReachable) {
            setUnreachable(.etcd, isUnreachable: known.contains(where: \.isTrustLacking))
        }
    }

    private mutating func setUnreachable(_ source: Source, isUnreachable: Bool) {
        let before = status(of: source).state
        guard before == .ok || before == .unreachable else { return }
        sources[source]?.state = isUnreachable ? .unreachable : .ok
    }
}
