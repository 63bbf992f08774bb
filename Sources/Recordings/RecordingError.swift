package import KubernetesWire

/// Why a recording could not be read. Each is one line: which file, what is wrong with it, what to do.
package enum RecordingError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadableFolder(String, reason: String)
    /// The folder has none of the files that a recording consists of.
    case noRecording(String)
    /// The capture that wrote the folder did not finish.
    case unfinished(String)
    case unreadableFile(String, reason: String)
    case malformedList(file: String, WireError)
    case malformedJSON(file: String, JSONError)
    /// The file holds another kind than its name says.
    case unexpectedKind(file: String, expected: String, found: String)
    /// The file holds what an API server answered instead of a list.
    case refusal(file: String, StatusMessage)
    /// The list goes on on a page that was not recorded.
    case incompleteList(file: String)
    /// Two files for the same resource.
    case ambiguous(resource: String, files: [String])
    /// Lines count from 1.
    case malformedProbe(line: Int, reason: String)
    case malformedVersion(reason: String)
    case malformedSources(reason: String)
    case malformedTime(String)
    /// There is no `recorded-at.txt`, and no object to take a time from.
    case noTime

    package var description: String {
        // Reasons may come from an API server's message: one line they stay.
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    private var text: String {
        switch self {
        case .unreadableFolder(let path, let reason):
            "cannot read the folder \(path): \(reason); name a folder that holds a recording"
        case .noRecording(let path):
            "\(path) holds no recording: no file such as core_v1_pods.pb or probes.jsonl; name the folder that has them"
        case .unfinished(let path):
            "\(path) holds a capture that did not finish; remove the folder and capture again"
        case .unreadableFile(let file, let reason):
            "cannot read \(file): \(reason); make it readable, or remove it to continue without it"
        case .malformedList(let file, let error):
            "\(file): \(error); record it again, or remove it to continue without it"
        case .malformedJSON(let file, let error):
            "\(file): \(error); record it again, or remove it to continue without it"
        case .unexpectedKind(let file, let expected, let found):
            "\(file) holds \(found.isEmpty ? "an object without kind" : "a \(found)"), not a \(expected); record it again"
        case .refusal(let file, let status):
            "\(file) holds no list but the API server's answer \(status); remove it and name the state in sources.json"
        case .incompleteList(let file):
            "\(file) holds only the first page of a list; record it again without limit"
        case .ambiguous(let resource, let files):
            "\(files.joined(separator: " and ")) are both of \(resource); remove one of them"
        case .malformedProbe(let line, let reason):
            "\(RecordingFile.probes) line \(line): \(reason); correct the line or remove it"
        case .malformedVersion(let reason):
            "\(RecordingFile.version): \(reason); write what the API server's /version answers"
        case .malformedSources(let reason):
            "\(RecordingFile.sources): \(reason)"
        case .malformedTime(let text):
            "\(RecordingFile.recordedAt): \(text) is not a time; write one such as 2026-11-22T08:52:26Z"
        case .noTime:
            "no \(RecordingFile.recordedAt), and no object that has a time; write when it was recorded"
        }
    }
}
