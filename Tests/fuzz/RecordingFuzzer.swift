import ClusterState
import Exposition
import FoundationEssentials
import Glibc
import HASignals
import KubernetesWire
import Recordings
import Report
import TestFixtures

/// Runs changed recordings through decoder, collection, both expositions and report until the time is over. Nothing may
/// end the process: a number that does not fit traps in the release build as in any other.
///
///     recording-fuzzer SECONDS [SEED [ROUND]]
///
/// Each round has its own numbers of the seed and the round's, so that one that failed can be run alone. Exits with 1
/// where an exposition is not UTF-8 or does not end, or a report cannot be written.
@main
struct RecordingFuzzer {
    /// A file of a recording, in the form that it is changed in.
    enum File {
        case list(ProtobufTree)
        case json(JSONTree)
        case lines([JSONTree])
    }

    /// The four bytes that an answer in protobuf begins with.
    private static let prefix: [UInt8] = [0x6b, 0x38, 0x73, 0x00]

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst().map { UInt64($0) }
        guard (1...3).contains(arguments.count), let seconds = arguments.first ?? nil, !arguments.contains(nil) else {
            StandardError.write("usage: recording-fuzzer SECONDS [SEED [ROUND]]\n")
            exit(64)
        }
        let seed = arguments.count > 1 ? arguments[1] ?? 1 : 1
        let only = arguments.count > 2 ? arguments[2] : nil
        let recordings = try [Fixture.healthy, .degraded, .reportedCases].map(read)
        let uids = recordings.flatMap { $0.files.values.flatMap(itemUIDs) }
        let clock = ContinuousClock()
        let end = clock.now + .seconds(Int64(clamping: seconds))
        var round = only ?? 0
        var accepted = 0
        while clock.now < end {
            // The last line tells the round that ended the process.
            print("round \(round) of seed \(seed)")
            fflush(nil)
            var mutator = Mutator(random: TestRandom(seed: seed &* 0x1_0000_0001 &+ round), uids: uids)
            let chosen = recordings[Int(round % UInt64(recordings.count))]
            if try run(chosen, &mutator) { accepted += 1 }
            round += 1
            if only != nil { break }
        }
        print("\(round - (only ?? 0)) rounds, \(accepted) of them read to their end")
        guard accepted > 0 else {
            StandardError.write("recording-fuzzer: no changed recording could be read\n")
            exit(1)
        }
    }

    /// A recording with its files as trees, and those that stay as they are.
    struct Trees {
        var files: [String: File] = [:]
        var others: [String: [UInt8]] = [:]
    }

    private static func read(_ fixture: Fixture) throws -> Trees {
        var trees = Trees()
        for name in try fixture.fileNames() {
            let bytes = try fixture.bytes(name)
            let isTwin = name.hasSuffix(".json") && (try? fixture.bytes(name.dropLast(4) + "pb")) != nil
            if isTwin || name.hasSuffix(".tsv") { continue }
            if name.hasSuffix(".pb"), let tree = ProtobufTree(bytes.dropFirst(prefix.count)) {
                trees.files[name] = .list(tree)
            } else if name.hasSuffix(".json"), let tree = JSONTree(bytes) {
                trees.files[name] = .json(tree)
            } else if name.hasSuffix(".jsonl") {
                trees.files[name] = .lines(bytes.split(separator: UInt8(ascii: "\n")).compactMap { JSONTree($0) })
            } else {
                trees.others[name] = bytes
            }
        }
        return trees
    }

    /// The UIDs of a list's items.
    private static func itemUIDs(_ file: File) -> [[UInt8]] {
        guard case .list(var envelope) = file else { return [] }
        var found: [[UInt8]] = []
        envelope.change(2) { list in
            for field in list.fields where field.number == 2 {
                guard case .message(var item) = field.value else { continue }
                item.change(1) { if let uid = $0.text(5) { found.append(uid) } }
            }
        }
        return found
    }

    /// Changes a recording and runs it through everything. Returns whether it could be read; one that is refused with an
    /// error is well treated too.
    private static func run(_ trees: Trees, _ mutator: inout Mutator) throws -> Bool {
        var files = trees.others
        for (name, file) in trees.files.sorted(by: { $0.key < $1.key }) {
            let changes =
                Int.random(in: 0...2, using: &mutator.random) == 0 ? Int.random(in: 1...24, using: &mutator.random) : 0
            files[name] = bytes(file, changes, &mutator)
        }
        let stored = files.mapValues { bytes in
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
            copy.copyBytes(from: bytes)
            return copy
        }
        defer { for bytes in stored.values { bytes.deallocate() } }
        let recording: Recording
        do throws(RecordingError) {
            recording = try Recording.read(files: stored.mapValues { UnsafeRawBufferPointer($0) })
        } catch {
            _ = "\(error)"
            return false
        }
        for isRecording in [true, false] { try judge(recording, isRecording: isRecording) }
        return true
    }

    private static func bytes(_ file: File, _ changes: Int, _ mutator: inout Mutator) -> [UInt8] {
        switch file {
        case .list(var envelope):
            envelope.change(2) { list in
                for _ in 0..<changes {
                    guard let position = list.fields.indices.randomElement(using: &mutator.random),
                        list.fields[position].number == 2, case .message(var item) = list.fields[position].value
                    else { continue }
                    // Some objects are there twice, the second one changed.
                    if mutator.random.next() % 8 == 0 { list.fields.append(list.fields[position]) }
                    mutator.changeItem(&item)
                    list.fields[position].value = .message(item)
                }
            }
            return prefix + envelope.bytes
        case .json(var tree):
            for _ in 0..<changes { mutator.change(&tree) }
            return Array(tree.text.utf8)
        case .lines(var lines):
            for _ in 0..<changes {
                guard let position = lines.indices.randomElement(using: &mutator.random) else { break }
                mutator.change(&lines[position])
            }
            return Array(lines.map { $0.text + "\n" }.joined().utf8)
        }
    }

    /// Collects, and writes everything that can be made of it.
    private static func judge(_ recording: Recording, isRecording: Bool) throws {
        var observations = Observations()
        var state = recording.state
        for uptime in isRecording ? [0] : [0.0, 15, 4_000] {
            observations.observe(state, probes: recording.probes, now: recording.now, uptime: uptime)
        }
        state.markUnreachableProbes(recording.probes)
        state.sweepIfDue(force: true)
        let cluster = CollectionContext(
            state: state,
            probes: recording.probes,
            observations: observations,
            settings: SignalSettings(),
            now: recording.now,
            isRecording: isRecording
        )
        // Two objects of one name are two with one series, which no API server has.
        let snapshot = SignalRunner.collect(cluster, onRefusal: { _ in })
        for format in [ExpositionFormat.text004, .openMetrics100] {
            var writer = ExpositionWriter([snapshot.table], format: format, endOfExposition: true)
            var text: [UInt8] = []
            while let slice = writer.nextSlice() { text += slice }
            guard String(validating: text, as: UTF8.self) != nil, text.last == UInt8(ascii: "\n") else {
                StandardError.write("recording-fuzzer: an exposition is not UTF-8 or does not end\n")
                exit(1)
            }
        }
        let model = ReportModel(snapshot, about: .upgrade(minor: 40))
        _ = TerminalReport.text(model)
        _ = MarkdownReport.text(model, severity: .info)
        _ = try ReportDocument(model).text()
        _ = ReportVerdict(snapshot, failOn: .critical).exitCode
    }
}

/// Standard error.
private enum StandardError {
    static func write(_ text: String) {
        var text = text
        text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
