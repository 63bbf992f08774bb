import ClusterState
import KubernetesWire

/// A resource that can be read from a recording: the name its file bears, and what reads the file into the state.
///
/// What has no entry in ``all`` stays not synced, file or not. Resources read as protobuf have one as soon as they are
/// in ``WireResource/all``; one served as JSON is added here with a reader of its own.
struct RecordedResource: Sendable {
    /// Reads the file and counts what it received in each source's status.
    typealias Reader =
        @Sendable (_ file: String, _ files: any RecordingFiles, _ state: inout ClusterState) throws(RecordingError) ->
        Void

    /// The last part of the file's name: `pods`.
    let name: String
    /// The sources that the file is of.
    let sources: [Source]
    let read: Reader

    /// Every resource that can be read.
    static let all: [RecordedResource] = protobuf + json

    /// Custom resources: one file each, a whole list.
    private static var json: [RecordedResource] {
        JSONResource.all.map { resource in
            RecordedResource(name: RecordingFile.resource(of: resource.source), sources: [resource.source]) {
                file,
                files,
                state throws(RecordingError) in
                let bytes = try files.bytes(of: file)
                resource.list(&state, .begin)
                // Typed errors do not pass through withUnsafeBytes, hence the Result.
                let outcome = bytes.withUnsafeBytes { bytes -> Result<ListMeta, JSONError> in
                    Result { () throws(JSONError) in try resource.stage(&state, bytes, []) }
                }
                switch outcome {
                case .success(let metadata):
                    guard metadata.continueToken.isEmpty else { throw .incompleteList(file: file) }
                case .failure(let error): throw .malformedJSON(file: file, error)
                }
                resource.list(&state, .commit)
                state.sources[resource.source, default: SourceStatus()].receivedBytes += bytes.count
                state.sources[resource.source, default: SourceStatus()].relists += 1
            }
        }
    }

    /// One file a resource, but for leases: one file with the leases of nodes and all others.
    private static var protobuf: [RecordedResource] {
        let names = WireResource.all.map { RecordingFile.resource(of: $0.source) }
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
            .map { name in
                let resources = WireResource.all.filter { RecordingFile.resource(of: $0.source) == name }
                return RecordedResource(name: name, sources: resources.map(\.source)) {
                    file,
                    files,
                    state throws(RecordingError) in
                    try RecordedList(file: file, resources: resources).read(files, into: &state)
                }
            }
    }
}
