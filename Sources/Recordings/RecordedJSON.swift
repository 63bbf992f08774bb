package import ClusterState
import FoundationEssentials

/// What is wrong with JSON, in a few words for people.
enum JSONFault {
    /// The reason of an error that decoding threw.
    static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "'\(key.stringValue)' is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            context.codingPath.isEmpty
                ? "not a JSON object"
                : "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' has a wrong type"
        default: "not JSON"
        }
    }
}

/// `version.json`: what the API server's /version answers.
package struct VersionFile: Decodable {
    var major: String
    var minor: String
    var gitVersion: String

    /// Reads the file.
    ///
    /// - Throws: ``RecordingError/malformedVersion(reason:)`` where the bytes are no such answer.
    package static func version(_ bytes: [UInt8]) throws(RecordingError) -> ServerVersion {
        do {
            let file = try JSONDecoder().decode(VersionFile.self, from: Data(bytes))
            return ServerVersion(major: file.major, minor: file.minor, gitVersion: file.gitVersion)
        } catch {
            throw .malformedVersion(reason: JSONFault.reason(error))
        }
    }
}

/// `sources.json`: an object of source names and states.
package enum SourcesFile {
    /// The text of the file.
    ///
    /// - Parameter states: The states to write down; sources that are not named stand as their files make them.
    /// - Returns: The text.
    package static func text(_ states: [Source: SourceState]) -> String {
        let lines = states.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "  \"\($0.key.rawValue)\": \"\($0.value.rawValue)\"" }
        return lines.isEmpty ? "{}\n" : "{\n\(lines.joined(separator: ",\n"))\n}\n"
    }

    /// Reads the file.
    static func states(_ bytes: [UInt8]) throws(RecordingError) -> [Source: SourceState] {
        let words: [String: String]
        do {
            words = try JSONDecoder().decode([String: String].self, from: Data(bytes))
        } catch {
            throw .malformedSources(
                reason: "\(JSONFault.reason(error)); write an object such as {\"pods\": \"forbidden\"}"
            )
        }
        var states: [Source: SourceState] = [:]
        // In order of the names, so that of several errors it is always the same that is told.
        for (name, word) in words.sorted(by: { $0.key < $1.key }) {
            guard let source = Source(rawValue: name) else {
                throw .malformedSources(reason: "unknown source '\(name)'; the sources are \(list(Source.allCases))")
            }
            guard let state = SourceState(rawValue: word) else {
                throw .malformedSources(
                    reason: "unknown state '\(word)' of \(name); the states are \(list(SourceState.allCases))"
                )
            }
            states[source] = state
        }
        return states
    }

    private static func list(_ cases: some Collection<some RawRepresentable<String>>) -> String {
        cases.map(\.rawValue).joined(separator: ", ")
    }
}
