package import HASignals

/// How a cluster is collected.
package struct CollectionSettings: Sendable {
    /// `--interval`: time from the start of one collection to the start of the next.
    package var interval = Duration.seconds(15)
    /// `--stale-after`: the cluster families of a collection that began longer ago are not served, and a source that
    /// reported no success for this long is stale.
    package var staleAfter = Duration.seconds(300)
    /// What the operator declares about the cluster.
    package var signals = SignalSettings()

    /// Warnings about settings that are allowed but rarely meant, one line each, for the log.
    package var warnings: [String] {
        let twoBookmarks = Duration.seconds(120)
        guard staleAfter < twoBookmarks else { return [] }
        return [
            "--stale-after is below 2m: the API server sends a watch on which nothing changes one bookmark a minute, "
                + "so that one late bookmark makes sources stale and their areas unknown"
        ]
    }

    /// Creates the defaults.
    package init() {}
}
