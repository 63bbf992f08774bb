import FoundationEssentials
import KubernetesWire
import Recordings
import Testing

@testable import Capture

/// A folder that is there as long as the test runs.
struct TemporaryFolder: ~Copyable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/capture-files-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

struct CaptureFilesTests {
    private func items(_ spool: ListSpool) throws -> [[UInt8]] {
        try spool.close()
        var items: [[UInt8]] = []
        try spool.forEachItem { items.append(Array($0)) }
        return items
    }

    private func frames(_ items: [[UInt8]]) -> [UInt8] {
        var frames: [UInt8] = []
        for item in items { ListSpool.frame(item, into: &frames) }
        return frames
    }

    @Test func givesItemsBackAsTheyWere() throws {
        let folder = try TemporaryFolder()
        let spool = try ListSpool("\(folder.path)/spool")
        let wanted: [[UInt8]] = [
            [], [1], Array(repeating: 7, count: 127), Array(repeating: 9, count: 3 << 20), [2, 3],
        ]
        try spool.append(frames(wanted), objects: wanted.count)
        #expect(spool.objects == 5)
        #expect(try items(spool) == wanted)
    }

    /// Whether what is taken back stands in the buffer or on disk already.
    @Test(arguments: [10, 100_000])
    func takesPagesBack(_ size: Int) throws {
        let folder = try TemporaryFolder()
        let spool = try ListSpool("\(folder.path)/spool")
        try spool.append(frames([[1], [2]]), objects: 2)
        let mark = spool.mark
        try spool.append(frames([Array(repeating: 3, count: size), [4]]), objects: 2)
        try spool.rewind(to: mark)
        try spool.append(frames([[5]]), objects: 1)
        #expect(spool.objects == 3)
        #expect(try items(spool) == [[1], [2], [5]])
    }

    @Test func refusesAFolderWithSomethingInIt() throws {
        let folder = try TemporaryFolder()
        try Data().write(to: URL(filePath: "\(folder.path)/notes.txt"))
        #expect(throws: CaptureError.notEmpty(folder.path)) { try CaptureFolder.check(folder.path) }
        #expect(
            "\(CaptureError.notEmpty("x"))" == "x is not empty; name an empty folder, or one that does not exist yet"
        )
    }

    /// What a killed capture leaves is neither written to nor read.
    @Test func refusesAnUnfinishedCapture() throws {
        let parent = try TemporaryFolder()
        let path = "\(parent.path)/new"
        let folder = try CaptureFolder(creating: path)
        try folder.write("recorded-at.txt", "2026-11-22T08:52:26Z\n".utf8)
        try folder.write("probes.jsonl", "".utf8)
        #expect(throws: CaptureError.unfinished(path)) { try CaptureFolder.check(path) }
        #expect(throws: RecordingError.unfinished(path)) { try Recording.read(directory: path) }
        try folder.finish()
        _ = try Recording.read(directory: path)
    }

    @Test func leavesNothingWhereItFailed() throws {
        let parent = try TemporaryFolder()
        let made = try CaptureFolder(creating: "\(parent.path)/new")
        try made.write("probes.jsonl", "".utf8)
        made.discard()
        #expect(!FileManager.default.fileExists(atPath: made.path))
        let found = try CaptureFolder(creating: parent.path)
        found.discard()
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent.path).isEmpty)
    }

    @Test func tellsWhatCannotBeMade() throws {
        let error = try #require(throws: CaptureError.self) { _ = try CaptureFolder(creating: "/proc/no/such") }
        #expect("\(error)" == "/proc/no/such: the folder cannot be made: No such file or directory")
    }

    /// What is captured may be confidential.
    @Test func filesAreTheOwnersAlone() throws {
        let parent = try TemporaryFolder()
        let folder = try CaptureFolder(creating: "\(parent.path)/new")
        try folder.write("probes.jsonl", "".utf8)
        for (name, mode) in [("", 0o700), ("/probes.jsonl", 0o600)] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + name)
            #expect((attributes[.posixPermissions] as? UInt)?.description == UInt(mode).description)
        }
    }

    @Test func framesAnEmptyList() throws {
        var metadata = ListMeta()
        metadata.resourceVersion = "1"
        let frame = ListFrame.protobuf(apiVersion: "v1", kind: "PodList", metadata: metadata, itemBytes: 0)
        var parser = ListParser()
        var read: ListMeta?
        try parser.push(frame.start + frame.end) { element in
            if case .metadata(let metadata) = element { read = metadata }
        }
        try parser.finish()
        #expect(read == metadata)
        #expect(parser.kind == "PodList")
    }
}
