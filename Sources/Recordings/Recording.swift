import CDemoRecording
package import ClusterState

/// A recorded cluster. A folder with the answers of an API server and of probes goes in; the state of the cluster, the
/// probes' results and the time of the recording come out. Nothing else of the machine is read.
///
/// The files are those of a folder: `<group>_<version>_<resource>.pb` (`core` for the group without name) with a list as
/// the API server answers it in protobuf, `probes.jsonl`, `version.json`, `recorded-at.txt`, `sources.json`. Other files
/// are passed over. A source without a file is never `ok`.
package struct Recording: Sendable {
    package var state = ClusterState()
    package var probes = ProbeResults()
    /// The time of the recording, which is `now` for the areas.
    package var now = Timestamp(seconds: 0)
    /// Whether etcd was excluded from it, and is not to be judged: `sources.json` says that etcd is disabled.
    package var isEtcdExcluded = false
    /// The reason for the state of a source, one line each; for those that are not ok, and for probes.
    package var reasons: [Source: String] = [:]

    /// Reads a folder.
    ///
    /// - Throws: ``RecordingError`` where the folder or a file in it cannot be read or is not what its name says.
    package static func read(directory: String) throws(RecordingError) -> Recording {
        try RecordingReader(RecordingFolder(directory)).recording(name: directory)
    }

    /// Reads files that are in memory, by their names without folder. The bytes are read in place.
    ///
    /// - Throws: ``RecordingError`` where a file is not what its name says.
    package static func read(files: [String: UnsafeRawBufferPointer]) throws(RecordingError) -> Recording {
        try RecordingReader(EmbeddedFiles(files)).recording(name: "the list of files")
    }

    /// The files that are compiled in, a cluster of three zones, all of it well: what simulated objects are made from.
    /// Their bytes are there as long as the program runs.
    package static var demoFiles: [String: UnsafeRawBufferPointer] {
        let table = UnsafeBufferPointer(start: demo_recording_files(), count: demo_recording_file_count())
        var files: [String: UnsafeRawBufferPointer] = [:]
        for file in table {
            files[String(cString: file.name)] = UnsafeRawBufferPointer(start: file.bytes, count: file.length)
        }
        return files
    }
}
