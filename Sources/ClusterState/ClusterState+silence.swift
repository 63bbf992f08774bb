extension ClusterState {
    /// Leases that were written so lately show that the cluster takes writes, in seconds: SIGNALS, area 2.
    private static let freshWrite = 60.0

    /// Judges the sources of probes where nobody answered at all. Silence says more of where we stand than of what was
    /// asked while something else shows life: of the API servers a list or watch whose last attempt succeeded, of etcd a cluster that still writes
    /// (k3s and RKE2 serve no HTTP on the client URL); the source is then `unreachable`, as it is where certificates are
    /// what is wrong: somebody is there, and nothing is known of how they are. Otherwise it is what was asked that is
    /// down, which is knowledge: the source is `ok`, its instances are not.
    ///
    /// Sources that stand otherwise (`disabled`, `stale`, `malformed`) are left as they are.
    ///
    /// - Parameters:
    ///   - probes: The answers of the round that the sources stand by.
    ///   - observations: What was seen up to now.
    ///   - isRecording: Whether there is one observation only, so that nothing can have been seen to change.
    package mutating func judgeSilence(_ probes: ProbeResults, _ observations: Observations, isRecording: Bool) {
        if !probes.apiServers.isEmpty, !probes.isAnyAPIServerReachable {
            let isListOK = sources.contains { source, status in
                status.state == .ok && !status.hasFailed && source != .apiserver && source != .etcd
                    && source != .version
            }
            judge(.apiserver, isUnreachable: isListOK || probes.isAPIServerTrustLacking)
        }
        let known = probes.etcdClusters.filter(\.hasMemberList)
        if !known.isEmpty, !known.contains(where: \.isAnyReachable) {
            // Leases change every few seconds: in the first minute nothing follows from none having changed.
            let isTooEarly = !isRecording && observations.span < Self.freshWrite
            let writeAge = status(of: .leases).state.givesFamilies ? observations.writeAge(self) : nil
            let areWritesGoingOn = writeAge.map { $0 <= Self.freshWrite } ?? isTooEarly
            judge(.etcd, isUnreachable: areWritesGoingOn || known.contains(where: \.isTrustLacking))
        }
    }

    private mutating func judge(_ source: Source, isUnreachable: Bool) {
        let before = status(of: source).state
        guard before == .ok || before == .unreachable else { return }
        sources[source]?.state = isUnreachable ? .unreachable : .ok
    }
}
