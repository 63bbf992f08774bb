import ClusterState
import ControlPlaneProbes
import KubernetesClient
import KubernetesWire
import Recordings

/// One capture under way: the files that are being written, and what is known so far.
final class CaptureRun {
    /// A list that is on its way into a file. Leases of nodes and all others share one.
    private struct OpenFile {
        let spool: ListSpool
        /// The list that was last written to it whole, and its metadata; nil while there is none.
        var last: (list: CapturedList, metadata: ListMeta)?
    }

    let capture: ClusterCapture
    private let folder: CaptureFolder
    var retryPolicy: RetryPolicy
    var intake: ListIntake
    private var files: [String: OpenFile] = [:]
    private var result = CaptureResult()

    /// Begins with a folder that was made for it.
    init(_ capture: ClusterCapture, _ folder: CaptureFolder, _ retryPolicy: RetryPolicy) {
        self.capture = capture
        self.folder = folder
        self.retryPolicy = retryPolicy
        intake = ListIntake(isRedacted: capture.settings.isRedacted)
    }

    /// Captures everything.
    ///
    /// - Parameters:
    ///   - lists: In this order.
    ///   - served: The group versions that discovery has; nil where that is not known.
    /// - Returns: What came of each source.
    /// - Throws: ``CaptureError`` where there is no recording.
    func run(_ lists: [CapturedList], _ served: Set<String>?) async throws(CaptureError) -> CaptureResult {
        try await captureVersion()
        for list in lists {
            if list.scopes.isEmpty {
                end(CapturedSource(list.resource.source, .disabled, reason: "it is not selected"))
            } else if let served, !served.contains(list.resource.groupVersion) {
                end(
                    CapturedSource(
                        list.resource.source,
                        .absent,
                        reason: "discovery does not list its group and version"
                    )
                )
            } else {
                try await captureList(list)
            }
        }
        guard files.values.contains(where: { $0.last != nil }) else {
            let reasons = result.sources.compactMap { $0.source == .version ? nil : $0.reason }
            throw .nothingRead(server: capture.server, reason: reasons.first ?? "no resource is served")
        }
        // Leases were listed last, so that their ages at this moment are true.
        let now = capture.clock.now()
        try await captureProbes(now)
        for (name, file) in files.sorted(by: { $0.key < $1.key }) { try finish(file, name) }
        try folder.write(RecordingFile.sources, SourcesFile.text(unwrittenStates).utf8)
        try folder.write(RecordingFile.recordedAt, "\(now.rfc3339)\n".utf8)
        try folder.finish()
        return result
    }

    /// The states that do not follow from the files.
    private var unwrittenStates: [Source: SourceState] {
        var states: [Source: SourceState] = [:]
        for captured in result.sources where captured.source != .apiserver && captured.source != .etcd {
            if let state = captured.state, state != .ok { states[captured.source] = state }
        }
        if capture.settings.isEtcdExcluded { states[.etcd] = .disabled }
        return states
    }

    private func end(_ captured: CapturedSource) {
        result.sources.append(captured)
        capture.progress(captured)
    }

    // MARK: Lists

    private func captureList(_ list: CapturedList) async throws(CaptureError) {
        var file = try openFile(list.resource.fileName)
        defer { files[list.resource.fileName] = file }
        let start = file.spool.mark
        var listing = Listing(list, file.spool)
        retryPolicy.beginList()
        do throws(ListFault) {
            file.last = (list, try await listing.run(self))
            end(listing.captured(.ok))
        } catch {
            switch error {
            case .ended(let error): throw error
            case .failed(let failure):
                try file.spool.rewind(to: start)
                // A server that is busy or ill has no state of its own: nothing came of it.
                end(listing.captured(failure.sourceState ?? .notSynced, reason: "\(failure)"))
            }
        }
    }

    private func openFile(_ name: String) throws(CaptureError) -> OpenFile {
        if let file = files[name] { return file }
        return OpenFile(spool: try ListSpool(folder.spoolPath(name)))
    }

    /// Puts a file together from what was collected.
    private func finish(_ file: OpenFile, _ name: String) throws(CaptureError) {
        defer { file.spool.remove() }
        guard let (list, metadata) = file.last else { return }
        try file.spool.close()
        guard capture.settings.isRedacted else { return try write(file.spool, name, list, metadata) }
        // Every selector has been seen by now: labels that none reads can go.
        intake.redaction?.labels.isComplete = true
        let redacted = try ListSpool(folder.spoolPath("\(name).redacted"))
        defer { redacted.remove() }
        try file.spool.forEachItem { item throws(CaptureError) in
            var frames: [UInt8] = []
            do throws(RequestFailure) {
                ListSpool.frame(try intake.finished(item, of: list.resource.source), into: &frames)
            } catch {
                throw .file("\(folder.path)/\(name)", reason: "\(error)")
            }
            try redacted.append(frames, objects: 1)
        }
        try redacted.close()
        try write(redacted, name, list, metadata)
    }

    private func write(
        _ spool: ListSpool,
        _ name: String,
        _ list: CapturedList,
        _ metadata: ListMeta
    ) throws(CaptureError) {
        let frame = list.frame(metadata, itemBytes: spool.length)
        let output = try OutputFile(folder.partPath(name))
        try output.write(frame.start)
        switch list.resource.reader {
        case .protobuf: try spool.forEachChunk { chunk throws(CaptureError) in try output.write(chunk) }
        case .json:
            var isFirst = true
            try spool.forEachItem { item throws(CaptureError) in
                if !isFirst { try output.write(frame.separator) }
                isFirst = false
                try output.write(item)
            }
        }
        try output.write(frame.end)
        try output.finish()
        try folder.publish(name)
    }

    // MARK: All else

    private func captureVersion() async throws(CaptureError) {
        var captured = CapturedSource(.version)
        do throws(ListFault) {
            let client = capture.client
            var bytes = try await patiently(.version) { () async throws(RequestFailure) in
                let bytes = try await client.read("/version")
                do throws(RecordingError) { _ = try VersionFile.version(bytes) } catch { throw .malformed("\(error)") }
                return bytes
            }
            captured.bytes = bytes.count
            if capture.settings.isRedacted {
                bytes = (try? JSONRedaction(labels: LabelKeys()).redacted(bytes[...], .version)) ?? []
            }
            do throws(CaptureError) {
                try folder.write(RecordingFile.version, bytes)
            } catch {
                throw .ended(error)
            }
            captured.state = .ok
        } catch {
            switch error {
            case .ended(let error): throw error
            case .failed(let failure):
                captured.state = failure.sourceState ?? .notSynced
                captured.reason = "\(failure)"
            }
        }
        end(captured)
    }

    /// Asks the control plane's instances, and writes down what they answered as far as it counts.
    private func captureProbes(_ now: Timestamp) async throws(CaptureError) {
        var instances = APIServerInstances()
        let apiServers = instances.update(
            found: intake.targets.apiServers(now: now),
            configured: capture.settings.apiServers,
            uptime: capture.clock.uptime()
        )
        var answers = await capture.prober.answers(
            apiServers: apiServers,
            foundEtcd: intake.targets.etcdMembers,
            previous: ProbeResults()
        )
        if capture.settings.readsAPIServerMetrics { answers += await capture.prober.metrics(of: apiServers) }
        guard !Task.isCancelled else { throw .cancelled }
        if capture.settings.isRedacted { answers = answers.map(\.redacted) }
        let text: String
        do { text = try ProbeLine.text(answers) } catch {
            throw .file("\(folder.path)/\(RecordingFile.probes)", reason: "an answer cannot be written: \(error)")
        }
        try folder.write(RecordingFile.probes, text.utf8)
        let reading = ProbeReading(answers)
        var apiServer = CapturedSource(.apiserver, reading.apiServer.state, reason: reading.apiServer.reason)
        apiServer.objects = reading.results.apiServers.count
        var etcd = CapturedSource(.etcd, reading.etcd.state, reason: reading.etcd.reason)
        etcd.objects = reading.results.etcdClusters.reduce(0) { $0 + $1.members.count }
        let metrics = APIServerMetrics(answers)
        var apiServerMetrics = CapturedSource(.apiservermetrics, metrics.source.state, reason: metrics.source.reason)
        apiServerMetrics.objects = metrics.requests.instanceCount
        if !capture.settings.readsAPIServerMetrics { apiServerMetrics.state = .disabled }
        end(apiServer)
        end(apiServerMetrics)
        end(etcd)
    }

    /// Sends a request until it succeeds or ``RetryPolicy`` gives up.
    private func patiently<Value: Sendable>(
        _ source: Source,
        _ body: () async throws(RequestFailure) -> Value
    ) async throws(ListFault) -> Value {
        while true {
            do throws(RequestFailure) {
                let value = try await body()
                retryPolicy.succeeded()
                return value
            } catch {
                guard try await handle(error, CapturedSource(source)) != .giveUp else { throw .failed(error) }
            }
        }
    }

    /// Does what follows from a failure, waiting included.
    ///
    /// - Parameters:
    ///   - failure: What failed.
    ///   - captured: What was being read, to tell what is waited for.
    /// - Returns: What is to be done now.
    /// - Throws: ``ListFault/ended(_:)`` where the task was cancelled.
    func handle(_ failure: RequestFailure, _ captured: CapturedSource) async throws(ListFault) -> RetryPolicy.Next {
        guard !Task.isCancelled else { throw .ended(.cancelled) }
        let next = retryPolicy.next(after: failure, at: capture.clock.uptime())
        switch next {
        case .again(let delay), .restart(let delay):
            var waiting = captured
            waiting.reason = "\(failure)"
            capture.progress(waiting)
            do throws(CaptureError) { try await capture.wait(delay) } catch { throw .ended(error) }
        case .freshCredentials: await capture.client.invalidateCredentials()
        case .giveUp: break
        }
        return next
    }
}

/// Why a list was not captured.
enum ListFault: Error {
    /// The capture as a whole is at its end: the disk is full, the task was cancelled.
    case ended(CaptureError)
    /// This list cannot be read; others may.
    case failed(RequestFailure)
}
