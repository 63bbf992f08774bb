package import ClusterState
import KubernetesClient
import KubernetesWire
package import Logging

/// Writes each log message as one line to standard error, in one piece.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    private let format: LogFormat
    private let now: @Sendable () -> Timestamp
    private let write: @Sendable (String) -> Void

    /// Creates a handler.
    ///
    /// - Parameters:
    ///   - level: Messages below it are dropped.
    ///   - format: How lines are written.
    ///   - now: Wall time.
    ///   - write: Takes each line, its line feed included.
    package init(
        level: Logger.Level,
        format: LogFormat,
        now: @escaping @Sendable () -> Timestamp = ClientClock.system.now,
        write: @escaping @Sendable (String) -> Void = { StandardStreams.writeError($0) }
    ) {
        logLevel = level
        self.format = format
        self.now = now
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a line.
    package func log(event: LogEvent) {
        var fields = [("time", now().rfc3339), ("level", event.level.rawValue), ("msg", event.message.description)]
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        fields += all.sorted { $0.key < $1.key }.map { ($0.key, $0.value.description) }
        write(format == .json ? Self.json(fields) : Self.text(fields))
    }

    private static func text(_ fields: [(String, String)]) -> String {
        fields.map { "\($0)=\(isPlain($1) ? $1 : JSONValue.quoted($1))" }.joined(separator: " ") + "\n"
    }

    private static func json(_ fields: [(String, String)]) -> String {
        "{" + fields.map { "\(JSONValue.quoted($0)):\(JSONValue.quoted($1))" }.joined(separator: ",") + "}\n"
    }

    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"\"\\=".utf8.contains($0) }
    }
}
