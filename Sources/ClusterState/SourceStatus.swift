/// How far a source can be trusted. See SIGNALS: unknown is neither zero nor healthy.
package enum SourceState: String, CaseIterable, Hashable, Sendable {
    case ok
    /// The first list has not ended yet.
    case notSynced = "not_synced"
    /// An attempt failed, and none has succeeded for 30 s since: what is held is still given, but is not known to hold.
    case failing
    /// No success for `--stale-after`.
    case stale
    case forbidden
    case unauthorized
    case unreachable
    case malformed
    /// Discovery lacks the resource.
    case absent
    /// Excluded by a flag, or no endpoint is known.
    case disabled

    /// Whether the source makes something unknown. What does not exist or was excluded does not.
    package var isUnknown: Bool {
        switch self {
        case .ok, .absent, .disabled: false
        case .notSynced, .failing, .stale, .forbidden, .unauthorized, .unreachable, .malformed: true
        }
    }

    /// Whether families and rules are computed from the source: it is ok, or failing and not out of date yet.
    package var givesFamilies: Bool { self == .ok || self == .failing }
}

/// A source's state, and what was counted of it.
package struct SourceStatus: Hashable, Sendable {
    package var state: SourceState = .notSynced
    /// End of a list, an event, a bookmark, or a watch answered 200.
    package var lastSuccess: Timestamp?
    /// Watch events applied.
    package var events: Int = 0
    /// Full lists that ended.
    package var relists: Int = 0
    package var receivedBytes: Int = 0
    /// Whether the last attempt failed and nothing has succeeded since, for however short a time.
    package var hasFailed = false
    /// Why it is not ok, in a line for people; empty where it is, and where nobody told.
    package var reason = ""
    /// Errors by stage: `list`, `watch`, `decode`, `probe`.
    package var errors: [String: Int] = [:]
    /// notAfter of the certificate that we show to the source; nil where we show none.
    package var clientCertificateExpiry: Timestamp?

    /// Creates the status of a source that has not answered yet.
    package init(state: SourceState = .notSynced) {
        self.state = state
    }
}

extension SourceStatus {
    /// Whether the source has answered at some time.
    package var hasSynced: Bool { state.givesFamilies || lastSuccess != nil || relists > 0 }

    /// Whether readiness waits for it as the status of this source: everything that may be read has been read once. What
    /// is refused is not waited for, nor is an etcd that cannot be seen from here, or API servers that cannot be asked
    /// one by one.
    ///
    /// - Parameter source: The source whose status this is.
    /// - Returns: Whether the program is not ready without it.
    package func isAwaited(of source: Source) -> Bool {
        guard !hasSynced else { return false }
        switch state {
        case .ok, .failing, .forbidden, .absent, .disabled: return false
        case .notSynced, .stale: return true
        case .unauthorized, .unreachable, .malformed: return ![.etcd, .apiserver, .apiservermetrics].contains(source)
        }
    }
}
