import ClusterState
import Logging

/// Writes a line when a source's state changes, not one for each retry; and one for all sources that change for the
/// same reason, since an API server that is gone takes all of them along.
struct SourceLog: Sendable {
    private let logger: Logger
    /// Why each source that is not ok is not.
    private var reasons: [Source: String] = [:]
    private var states: [Source: SourceState] = [:]

    init(_ logger: Logger) {
        self.logger = logger
    }

    /// Takes in how a source stands.
    mutating func note(_ source: Source, _ state: SourceState, _ reason: String?) {
        let before = states.updateValue(state, forKey: source) ?? .notSynced
        // Before the first list there is no change of state to tell that it fails.
        let isFirstFailure = state == .notSynced && reason != nil && reasons[source] == nil
        guard state != before || isFirstFailure else { return }
        let oldReason = reasons.removeValue(forKey: source)
        switch state {
        case .ok:
            // Other sources may have lost the same reason before: the last one tells.
            let isLast = oldReason.map { reason in !reasons.values.contains(reason) } ?? false
            log(isLast ? .info : .debug, "source \(source.rawValue) is ok", nil)
        case .absent, .disabled: log(.info, "source \(source.rawValue) is \(state.rawValue)", reason)
        default:
            let reason = reason ?? "no success for too long"
            let isKnown = reasons.values.contains(reason)
            reasons[source] = reason
            log(isKnown ? .debug : .warning, "source \(source.rawValue) is \(state.rawValue)", reason)
        }
    }

    private func log(_ level: Logger.Level, _ text: String, _ reason: String?) {
        logger.log(level: level, "\(reason.map { "\(text): \($0)" } ?? text)")
    }
}
