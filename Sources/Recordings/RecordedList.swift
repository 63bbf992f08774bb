import ClusterState
import KubernetesWire

/// A list in a file, as an API server answered it in protobuf.
struct RecordedList {
    let file: String
    /// Where the objects go: one resource, or the two that leases are.
    let resources: [WireResource]

    /// Reads the list into the state.
    func read(_ files: any RecordingFiles, into state: inout ClusterState) throws(RecordingError) {
        for resource in resources { resource.list(&state, .begin) }
        var parser = ListParser()
        var received = 0
        var isContinued = false
        do throws(RecordingError) {
            try files.forEachChunk(of: file) { chunk throws(RecordingError) in
                received += chunk.count
                do throws(WireError) {
                    try parser.push(chunk) { element throws(WireError) in
                        switch element {
                        case .metadata(let metadata): isContinued = !metadata.continueToken.isEmpty
                        case .item(let bytes, let offset): try stage(bytes, offset, in: &state)
                        }
                    }
                } catch {
                    throw .malformedList(file: file, error)
                }
            }
            do throws(WireError) { try parser.finish() } catch { throw .malformedList(file: file, error) }
        } catch {
            // Bytes of another kind read as nonsense: the kind is the better reason.
            try checkKind(parser.kind, files)
            throw error
        }
        try checkKind(parser.kind, files)
        guard !parser.kind.isEmpty else { throw .unexpectedKind(file: file, expected: listKind, found: "") }
        guard !isContinued else { throw .incompleteList(file: file) }
        for resource in resources {
            resource.list(&state, .commit)
            state.sources[resource.source, default: SourceStatus()].receivedBytes += received
            state.sources[resource.source, default: SourceStatus()].relists += 1
        }
    }

    private var listKind: String { "\(resources[0].kind)List" }

    private func checkKind(_ kind: String, _ files: any RecordingFiles) throws(RecordingError) {
        guard !kind.isEmpty, kind != listKind else { return }
        if kind == "Status" {
            let bytes = try files.bytes(of: file)
            let status = bytes.withUnsafeBytes { bytes in
                (try? Envelope(bytes)).flatMap { try? StatusMessage($0.object) }
            }
            if let status { throw .refusal(file: file, status) }
        }
        throw .unexpectedKind(file: file, expected: listKind, found: kind)
    }

    private func stage(
        _ bytes: UnsafeRawBufferPointer,
        _ offset: Int,
        in state: inout ClusterState
    ) throws(WireError) {
        var resource = resources[0]
        if resources.count > 1 {
            let source: Source = try isNodeLease(bytes, offset) ? .nodeleases : .leases
            resource = resources.first { $0.source == source } ?? resource
        }
        try resource.stage(&state, bytes, offset)
    }

    /// Whether a Lease is of namespace kube-node-lease.
    private func isNodeLease(_ bytes: UnsafeRawBufferPointer, _ offset: Int) throws(WireError) -> Bool {
        var reader = WireReader(bytes, path: "Lease", base: offset)
        while try reader.next() {
            guard reader.field == 1 else {
                try reader.skip()
                continue
            }
            var metadata = try reader.message("Lease.metadata")
            while try metadata.next() {
                if metadata.field == 3 { return try metadata.stringEquals("kube-node-lease") }
                try metadata.skip()
            }
        }
        return false
    }
}
