import FoundationEssentials
package import HTTPTransport
package import KubernetesWire

extension RequestFailure {
    /// The longest that a server can make us wait: beyond it, what it said is out of date.
    private static let longestRetryAfter = Duration.seconds(300)

    /// Reads a refusal: a Status in protobuf or JSON, or the text of whatever stands in between.
    ///
    /// - Parameters:
    ///   - head: Its status is not 200.
    ///   - body: As much of it as was read.
    ///   - token: What we showed, which servers and proxies may repeat; taken out.
    package init(_ head: ResponseHead, _ body: [UInt8], hiding token: String? = nil) {
        let scrubber = SecretScrubber(secrets: token.map { [$0] } ?? [])
        var status = Self.status(body) ?? StatusMessage(code: 0, reason: "", message: Self.text(body, scrubber))
        // A proxy's answer says more by its own status than by the Status it may have kept.
        status.code = Int32(clamping: head.status)
        let header = head.header("retry-after").flatMap { Int(trimmed($0)) }
        self = .refused(status.scrubbed(scrubber), retryAfter: Self.wait(header ?? Int(status.retryAfterSeconds)))
    }

    /// The same without the token that was shown.
    func hiding(_ token: String?) -> RequestFailure {
        let scrubber = SecretScrubber(secrets: token.map { [$0] } ?? [])
        return switch self {
        case .refused(let status, let wait): .refused(status.scrubbed(scrubber), retryAfter: wait)
        case .malformed(let reason): .malformed(scrubber.scrubbed(reason))
        default: self
        }
    }

    /// An ERROR event of a watch.
    package init(_ status: StatusMessage) {
        self = .refused(status, retryAfter: Self.wait(Int(status.retryAfterSeconds)))
    }

    private static func wait(_ seconds: Int) -> Duration? {
        seconds > 0 ? min(.seconds(seconds), longestRetryAfter) : nil
    }

    private static func status(_ body: [UInt8]) -> StatusMessage? {
        if body.starts(with: Envelope.prefix) {
            return body.withUnsafeBytes { bytes in
                guard let envelope = try? Envelope(bytes), envelope.kind == "Status" else { return nil }
                return try? StatusMessage(envelope.object)
            }
        }
        guard body.first(where: { $0 > 0x20 }) == UInt8(ascii: "{"),
            let answer = try? JSONDecoder().decode(JSONStatus.self, from: Data(body))
        else { return nil }
        return StatusMessage(
            code: answer.code ?? 0,
            reason: answer.reason ?? "",
            message: answer.message ?? "",
            retryAfterSeconds: answer.details?.retryAfterSeconds ?? 0
        )
    }

    private struct JSONStatus: Decodable {
        struct Details: Decodable {
            var retryAfterSeconds: Int32?
        }
        var code: Int32?
        var reason: String?
        var message: String?
        var details: Details?
    }

    /// The first line of a text, short enough for a log.
    private static func text(_ body: [UInt8], _ scrubber: SecretScrubber) -> String {
        // Cut after the secrets are gone: the rest of one that was cut would stay.
        let line = body.prefix(16_384).drop { $0 <= 0x20 }.prefix { $0 != UInt8(ascii: "\n") }
        let text = scrubber.scrubbed(String(decoding: line.map { $0 < 0x20 ? 0x20 : $0 }, as: UTF8.self))
        return text.isEmpty ? "no explanation" : String(text.prefix(200))
    }
}

extension StatusMessage {
    /// Of a message, what a line of a log has room for: webhooks write what they like.
    private static let longestText = 1_000

    /// The same without secrets, and cut.
    fileprivate func scrubbed(_ scrubber: SecretScrubber) -> StatusMessage {
        var result = self
        // Cut after the secrets are gone: the rest of one that was cut would stay.
        result.message = String(scrubber.scrubbed(message).prefix(Self.longestText))
        result.reason = String(scrubber.scrubbed(reason).prefix(Self.longestText))
        return result
    }
}

private func trimmed(_ text: String) -> Substring {
    text.drop { $0 == " " }.prefix { $0 != " " }
}
