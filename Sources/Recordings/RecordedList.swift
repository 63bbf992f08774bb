import ClusterState
import KubernetesWire

/// A list in a file, as an API server answered it.
struct RecordedList {
    let file: String
    /// Where the objects go: one entry of the registry, or those that share the resource.
    let resources: [APIResource]

    /// Reads the list into the state.
    func read(_ files: any RecordingFiles, into state: inout ClusterState) throws(RecordingError) {
        for resource in resources { resource.change(.begin, in: &state) }
        let received =
            switch resources[0].reader {
            case .protobuf: try readProtobuf(files, into: &state)
            case .json(let reader): try readJSON(reader, files, into: &state)
            }
        for resource in resources {
            resource.change(.commit, in: &state)
            state.sources[resource.source, default: SourceStatus()].receivedBytes += received
            state.sources[resource.source, default: SourceStatus()].relists += 1
        }
    }

    /// Reads a page of JSON, which is read as a whole. Returns its size in bytes.
    private func readJSON(
        _ reader: JSONReader,
        _ files: any RecordingFiles,
        into state: inout ClusterState
    ) throws(RecordingError) -> Int {
        let bytes = try files.bytes(of: file)
        let metadata: ListMeta
        do throws(JSONError) {
            metadata = try reader.stage(&state, bytes, denied: [])
        } catch {
            throw .malformedJSON(file: file, error)
        }
        guard metadata.continueToken.isEmpty else { throw .incompleteList(file: file) }
        return bytes.count
    }

    /// Reads objects as the bytes come. Returns how many bytes there were.
    private func readProtobuf(
        _ files: any RecordingFiles,
        into state: inout ClusterState
    ) throws(RecordingError) -> Int {
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
        guard !parser.kind.isEmpty else {
            throw .unexpectedKind(file: file, expected: resources[0].listKind, found: "")
        }
        guard !isContinued else { throw .incompleteList(file: file) }
        return received
    }

    private func checkKind(_ kind: String, _ files: any RecordingFiles) throws(RecordingError) {
        guard !kind.isEmpty, kind != resources[0].listKind else { return }
        if kind == "Status" {
            let bytes = try files.bytes(of: file)
            let status = bytes.withUnsafeBytes { bytes in
                (try? Envelope(bytes)).flatMap { try? StatusMessage($0.object) }
            }
            if let status { throw .refusal(file: file, status) }
        }
        throw .unexpectedKind(file: file, expected: resources[0].listKind, found: kind)
    }

    private func stage(
        _ bytes: UnsafeRawBufferPointer,
        _ offset: Int,
        in state: inout ClusterState
    ) throws(WireError) {
        var resource = resources[0]
        if resources.count > 1 {
            let namespace = try ObjectHeader(bytes, offset: offset).namespace
            resource = resources.first { $0.namespace == namespace } ?? resource
        }
        guard case .protobuf(let reader) = resource.reader else { return }
        try reader.stage(&state, bytes, offset)
    }
}
