import ClusterState
import ControlPlaneProbes
import KubernetesWire

/// Reads a recording file by file.
struct RecordingReader {
    private let files: any RecordingFiles
    private let names: Set<String>
    private var recording = Recording()

    init(_ files: any RecordingFiles) {
        self.files = files
        names = Set(files.names)
    }

    /// Reads all of it.
    ///
    /// - Parameter name: What the files are called together, for errors.
    /// - Returns: The recording.
    /// - Throws: ``RecordingError``.
    consuming func recording(name: String) throws(RecordingError) -> Recording {
        guard !names.contains(RecordingFile.unfinished) else { throw .unfinished(name) }
        let lists = try listFiles()
        guard !lists.isEmpty || names.contains(RecordingFile.probes) else { throw .noRecording(name) }
        try readLists(lists)
        try readProbes()
        try readVersion()
        try readSources()
        try readTime()
        return recording
    }

    /// The files with lists, by the resource of each. In order of the names, so that two readings give rows and ids the
    /// same numbers.
    private func listFiles() throws(RecordingError) -> [String: String] {
        var lists: [String: String] = [:]
        for file in files.names {
            guard let resource = RecordingFile.plural(of: file) else { continue }
            if let other = lists.updateValue(file, forKey: resource) {
                throw .ambiguous(resource: resource, files: [other, file])
            }
        }
        return lists
    }

    private mutating func set(_ source: Source, _ state: SourceState, because reason: String?) {
        recording.state.sources[source, default: SourceStatus()].state = state
        recording.state.sources[source]?.reason = state == .ok ? "" : reason ?? ""
        recording.reasons[source] = reason
    }

    private mutating func readLists(_ lists: [String: String]) throws(RecordingError) {
        var read: Set<String> = []
        for resource in APIResource.all {
            let (group, plural) = (resource.group, resource.plural)
            if let file = lists[plural] {
                set(resource.source, .ok, because: nil)
                guard read.insert(file).inserted else { continue }
                // One file may be of several sources: leases of nodes come with all others.
                let resources = APIResource.all.filter { $0.plural == plural }
                try RecordedList(file: file, resources: resources).read(files, into: &recording.state)
            } else if resource.isCustom, !files.names.contains(where: { $0.hasPrefix("\(group)_") }) {
                // A cluster may lack a custom resource: nothing of the group was there to be recorded.
                set(resource.source, .absent, because: "no file of group \(group)")
            } else {
                set(resource.source, .notSynced, because: "no file of \(plural)")
            }
        }
    }

    private mutating func readProbes() throws(RecordingError) {
        guard names.contains(RecordingFile.probes) else {
            for source in [Source.apiserver, .etcd] {
                set(source, .notSynced, because: "no file \(RecordingFile.probes)")
            }
            set(.apiservermetrics, .absent, because: "no file \(RecordingFile.probes)")
            return
        }
        let answers = try ProbeLine.answers(try files.bytes(of: RecordingFile.probes))
        let metrics = APIServerMetrics(answers)
        recording.state.deprecatedAPIs = metrics.requests
        set(.apiservermetrics, metrics.source.state, because: metrics.source.reason)
        let reading = ProbeReading(answers)
        recording.probes = reading.results
        set(.apiserver, reading.apiServer.state, because: reading.apiServer.reason)
        set(.etcd, reading.etcd.state, because: reading.etcd.reason)
    }

    private mutating func readVersion() throws(RecordingError) {
        guard names.contains(RecordingFile.version) else {
            set(.version, .notSynced, because: "no file \(RecordingFile.version)")
            return
        }
        recording.state.version = try VersionFile.version(try files.bytes(of: RecordingFile.version))
        set(.version, .ok, because: nil)
    }

    /// Takes the states over that were recorded with the answers. `ok` cannot be had that way: it takes a file.
    private mutating func readSources() throws(RecordingError) {
        guard names.contains(RecordingFile.sources) else { return }
        for (source, state) in try SourcesFile.states(try files.bytes(of: RecordingFile.sources)) {
            if source == .etcd, state == .disabled { recording.isEtcdExcluded = true }
            guard state == .ok else {
                set(source, state, because: "\(RecordingFile.sources) says so")
                continue
            }
            guard hasFile(source) else {
                throw .malformedSources(
                    reason: "\(source.rawValue) is ok there, but there is no file of it; record it again"
                )
            }
        }
    }

    private func hasFile(_ source: Source) -> Bool {
        switch source {
        case .apiserver, .apiservermetrics, .etcd: return names.contains(RecordingFile.probes)
        case .version: return names.contains(RecordingFile.version)
        default:
            let plural = APIResource.of(source)?.plural
            return files.names.contains { RecordingFile.plural(of: $0) == plural }
        }
    }

    private mutating func readTime() throws(RecordingError) {
        if names.contains(RecordingFile.recordedAt) {
            let bytes = try files.bytes(of: RecordingFile.recordedAt)
            let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
            guard lines.count == 1, let now = Timestamp(rfc3339: String(lines[0])) else {
                throw .malformedTime("'\(lines.joined(separator: " ").prefix(40))'")
            }
            recording.now = now
        } else {
            guard let newest = recording.state.newestTime else { throw .noTime }
            recording.now = newest
        }
        for (source, status) in recording.state.sources where status.state == .ok {
            recording.state.sources[source]?.lastSuccess = recording.now
        }
    }
}
