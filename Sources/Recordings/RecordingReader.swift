import ClusterState
import ControlPlaneProbes

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
            guard let resource = RecordingFile.resource(of: file) else { continue }
            if let other = lists.updateValue(file, forKey: resource) {
                throw .ambiguous(resource: resource, files: [other, file])
            }
        }
        return lists
    }

    private mutating func set(_ source: Source, _ state: SourceState, because reason: String?) {
        recording.state.sources[source, default: SourceStatus()].state = state
        recording.reasons[source] = reason
    }

    private mutating func readLists(_ lists: [String: String]) throws(RecordingError) {
        let hasGatewayFiles = files.names.contains { $0.hasPrefix("\(RecordingFile.gatewayGroup)_") }
        for source in Source.allCases {
            let resource = RecordingFile.resource(of: source)
            if let file = lists[resource] {
                set(source, .notSynced, because: "\(file) is of a resource that is not read yet")
            } else if RecordingFile.isGateway(source) && !hasGatewayFiles {
                set(source, .absent, because: "no file of group \(RecordingFile.gatewayGroup)")
            } else {
                set(source, .notSynced, because: "no file of \(resource)")
            }
        }
        for resource in RecordedResource.all {
            guard let file = lists[resource.name] else { continue }
            try resource.read(file, files, &recording.state)
            for source in resource.sources { set(source, .ok, because: nil) }
        }
    }

    private mutating func readProbes() throws(RecordingError) {
        guard names.contains(RecordingFile.probes) else {
            for source in [Source.apiserver, .etcd] {
                set(source, .notSynced, because: "no file \(RecordingFile.probes)")
            }
            return
        }
        let reading = ProbeReading(try ProbeLine.answers(try files.bytes(of: RecordingFile.probes)))
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
        case .apiserver, .etcd: return names.contains(RecordingFile.probes)
        case .version: return names.contains(RecordingFile.version)
        default:
            let resource = RecordingFile.resource(of: source)
            return files.names.contains { RecordingFile.resource(of: $0) == resource }
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
