import ClusterState
package import ControlPlaneProbes
import FoundationEssentials

/// A line of `probes.jsonl`: who was asked what, and the answer.
package struct ProbeLine: Codable {
    var source: String
    /// The URL, up to the port.
    var endpoint: String
    /// GET where it is not told.
    var method: String?
    var path: String
    /// 0 where no answer came.
    var status: Int
    var body: String?
    /// How long it took; without it there is no duration.
    var seconds: Double?
    /// RFC 3339 in UTC.
    var certificateExpiry: String?
    /// `main` where it is not told.
    var etcdCluster: String?

    /// The text of a file: a line an answer. Bytes of a body that are no UTF-8 are repaired.
    ///
    /// - Throws: What the encoder throws, which strings and finite numbers give no reason for.
    package static func text(_ answers: [ProbeAnswer]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return
            try answers.map { answer in
                String(decoding: try encoder.encode(ProbeLine(answer)), as: UTF8.self) + "\n"
            }
            .joined()
    }

    private init(_ answer: ProbeAnswer) {
        source = answer.source.rawValue
        endpoint = "\(answer.endpoint)"
        method = answer.method
        path = answer.path
        status = answer.status
        body = answer.status == 0 ? nil : String(decoding: answer.body, as: UTF8.self)
        seconds = answer.seconds
        certificateExpiry = answer.certificateExpiry?.rfc3339
        etcdCluster = answer.source == .etcd ? answer.etcdCluster : nil
    }

    /// Reads a file.
    ///
    /// - Throws: ``RecordingError/malformedProbe(line:reason:)`` for the first line that is no answer.
    static func answers(_ bytes: [UInt8]) throws(RecordingError) -> [ProbeAnswer] {
        var answers: [ProbeAnswer] = []
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }) {
                continue
            }
            let decoded: ProbeLine
            do {
                decoded = try JSONDecoder().decode(ProbeLine.self, from: Data(line))
            } catch {
                throw .malformedProbe(line: index + 1, reason: JSONFault.reason(error))
            }
            answers.append(try decoded.answer(line: index + 1))
        }
        return answers
    }

    private func answer(line: Int) throws(RecordingError) -> ProbeAnswer {
        guard let source = Source(rawValue: source), source == .apiserver || source == .etcd else {
            throw .malformedProbe(line: line, reason: "source is '\(source)', not apiserver or etcd")
        }
        guard let endpoint = ProbeEndpoint(endpoint) else {
            throw .malformedProbe(line: line, reason: "endpoint '\(endpoint)' is not an http or https URL")
        }
        guard path.hasPrefix("/") else {
            throw .malformedProbe(line: line, reason: "path '\(path)' does not begin with a slash")
        }
        guard status == 0 || (100...599).contains(status) else {
            throw .malformedProbe(line: line, reason: "\(status) is not an HTTP status (0 where no answer came)")
        }
        if let seconds, !seconds.isFinite || seconds < 0 {
            throw .malformedProbe(line: line, reason: "\(seconds) is not a duration in seconds")
        }
        var expiry: Timestamp?
        if let certificateExpiry {
            expiry = Timestamp(rfc3339: certificateExpiry)
            guard expiry != nil else {
                throw .malformedProbe(line: line, reason: "certificateExpiry '\(certificateExpiry)' is not a time")
            }
        }
        return ProbeAnswer(
            source: source,
            etcdCluster: etcdCluster ?? ProbeAnswer.mainCluster,
            endpoint: endpoint,
            method: method ?? "GET",
            path: path,
            status: status,
            body: Array((body ?? "").utf8),
            seconds: seconds,
            certificateExpiry: expiry
        )
    }
}
