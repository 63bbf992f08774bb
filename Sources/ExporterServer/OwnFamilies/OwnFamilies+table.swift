import ClusterState
import Collection
import Exposition
import HASignals

extension OwnFamilies {
    /// The samples about a collection. What is not known gives none.
    ///
    /// - Parameters:
    ///   - snapshot: The collection.
    ///   - isFresh: Whether it is young enough to be served: of sources that were last looked at before, nothing is known
    ///     but that.
    /// - Returns: The table that follows the cluster's.
    static func table(of snapshot: Snapshot, isFresh: Bool) -> SampleTable {
        var sink = Sink(families: ofCollection)
        for source in snapshot.sources { add(isFresh ? source : source.outdated, &sink) }
        sink.add(collectionDuration, snapshot.duration.inSeconds)
        sink.add(lastCollection, snapshot.endedAt.seconds)
        sink.add(series, snapshot.signals.table.seriesCount)
        for (area, duration) in snapshot.areaDurations {
            sink.add(areaDuration, sink.labels(areaLabels, [area.rawValue]), duration.inSeconds)
        }
        sink.add(exemptionsUnused, snapshot.signals.unusedExemptions.count)
        return sink.finish()
    }

    /// The samples of this moment. What is not known gives none.
    ///
    /// - Parameters:
    ///   - snapshot: The last collection, however old; nil before the first.
    ///   - isLeader: Whether this replica serves the cluster families.
    ///   - requests: What was answered so far.
    ///   - isNewestConfigurationInForce: Whether the newest web configuration is; nil where there is none.
    ///   - process: Figures of the process from /proc.
    /// - Returns: The table that ends an exposition.
    static func tableOfMoment(
        snapshot: Snapshot?,
        isLeader: Bool = true,
        requests: [RequestCounts.Key: Int],
        isNewestConfigurationInForce: Bool? = nil,
        process: ProcessFacts
    ) -> SampleTable {
        var sink = Sink(families: ofMoment)
        let build = sink.labels(buildLabels, [BuildInfo.version, BuildInfo.revision, BuildInfo.swiftVersion])
        sink.add(buildInfo, build, 1)
        sink.add(leader, isLeader)
        sink.add(collections, snapshot?.number ?? 0)
        if let snapshot { addSizes(of: snapshot, &sink) }
        for (key, count) in requests.sorted(by: { $0.key < $1.key }) {
            sink.add(httpRequests, sink.labels(requestLabels, [key.path, String(key.code)]), count)
        }
        if let isNewestConfigurationInForce { sink.add(webConfigurationReloaded, isNewestConfigurationInForce) }
        add(process, &sink)
        return sink.finish()
    }

    private static func add(_ facts: SourceFacts, _ sink: inout Sink) {
        let name = facts.source.rawValue
        for state in SourceState.allCases {
            sink.add(sourceState, sink.labels(stateLabels, [name, state.rawValue]), state == facts.status.state)
        }
        let source = sink.labels(sourceLabels, [name])
        if let expiry = facts.status.clientCertificateExpiry {
            sink.add(clientCertificateExpiry, source, expiry.seconds)
        }
        guard facts.isWanted else { return }
        sink.add(sourceUp, source, facts.status.state == .ok)
        if let objects = facts.objects { sink.add(sourceObjects, source, objects) }
        if let success = facts.status.lastSuccess { sink.add(sourceLastSuccess, source, success.seconds) }
        for (stage, count) in facts.status.errors.sorted(by: { $0.key < $1.key }) {
            sink.add(sourceErrors, sink.labels(errorLabels, [name, stage]), count)
        }
        // What is asked again each time is neither listed nor watched, and its bytes are not counted.
        guard facts.source != .apiserver, facts.source != .etcd, facts.source != .version else { return }
        sink.add(sourceEvents, source, facts.status.events)
        sink.add(sourceRelists, source, facts.status.relists)
        sink.add(sourceReceivedBytes, source, facts.status.receivedBytes)
    }

    private static func addSizes(of snapshot: Snapshot, _ sink: inout Sink) {
        for format in ExpositionFormat.allCases {
            guard let rendering = snapshot.renderings[format] else { continue }
            sink.add(
                expositionBytes,
                sink.labels(renderingLabels, [format.label, "identity"]),
                rendering.identityBytes
            )
            sink.add(
                expositionBytes,
                sink.labels(renderingLabels, [format.label, "gzip"]),
                rendering.gzip.byteCount
            )
        }
    }

    private static func add(_ process: ProcessFacts, _ sink: inout Sink) {
        if let value = process.cpuSeconds { sink.add(processCPU, value) }
        if let value = process.openFileDescriptors { sink.add(processOpenFDs, value) }
        if let value = process.maximumFileDescriptors { sink.add(processMaxFDs, value) }
        if let value = process.virtualMemoryBytes { sink.add(processVirtualMemory, value) }
        if let value = process.residentMemoryBytes { sink.add(processResidentMemory, value) }
        if let value = process.startTimeSeconds { sink.add(processStartTime, value) }
    }
}
