import Glibc
import Recordings

/// The folder that a recording is written to.
///
/// While it is written a file says so, and a folder with that file is refused as a recording: what a capture leaves that
/// was killed cannot be taken for a small cluster.
struct CaptureFolder {
    let path: String
    private let wasThere: Bool

    /// Looks whether a recording can be written there, before anything is asked.
    static func check(_ path: String) throws(CaptureError) {
        guard let names = try names(path) else { return }
        if names.contains(RecordingFile.unfinished) { throw .unfinished(path) }
        guard names.isEmpty else { throw .notEmpty(path) }
    }

    /// Begins a recording: makes the folder where it is not there, and says that it is not finished.
    init(creating path: String) throws(CaptureError) {
        try Self.check(path)
        self.path = path
        wasThere = mkdir(path, 0o700) != 0
        if wasThere, errno != EEXIST { throw CaptureError.system(path, "the folder cannot be made") }
        let marker = try OutputFile("\(path)/\(RecordingFile.unfinished)")
        try marker.write("A capture is being written to this folder, or was ended before it was whole.\n".utf8)
        try marker.finish()
    }

    /// Its files' names; nil where there is no folder.
    private static func names(_ path: String) throws(CaptureError) -> [String]? {
        errno = 0
        guard let directory = opendir(path) else {
            if errno == ENOENT { return nil }
            throw CaptureError.system(path, "the folder cannot be read")
        }
        defer { closedir(directory) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            // What a new file system has in its root.
            if name != ".", name != "..", name != "lost+found" { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw CaptureError.system(path, "the folder cannot be read") }
        return names
    }

    /// The path of a file while it is written. Names with this ending are of no recording.
    func partPath(_ name: String) -> String { "\(path)/\(name).part" }

    /// The path under which a list is collected.
    func spoolPath(_ name: String) -> String { "\(path)/\(name).items.part" }

    /// Writes a small file as a whole.
    func write(_ name: String, _ bytes: some Collection<UInt8>) throws(CaptureError) {
        let file = try OutputFile(partPath(name))
        try file.write(bytes)
        try file.finish()
        try publish(name)
    }

    /// Gives a file that is written its name.
    func publish(_ name: String) throws(CaptureError) {
        guard rename(partPath(name), "\(path)/\(name)") == 0 else {
            throw CaptureError.system("\(path)/\(name)", "the name cannot be used")
        }
    }

    /// Says that the recording is whole.
    func finish() throws(CaptureError) {
        guard unlink("\(path)/\(RecordingFile.unfinished)") == 0 else {
            throw CaptureError.system("\(path)/\(RecordingFile.unfinished)", "cannot be removed")
        }
    }

    /// Removes what was written, and the folder where it was made for this. The folder was empty, so all is ours.
    func discard() {
        guard let names = try? Self.names(path) else { return }
        for name in names { unlink("\(path)/\(name)") }
        if !wasThere { rmdir(path) }
    }
}
