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
        case .unauthorized, .unreachable, .malformed: return source != .etcd && source != .apiserver
        }
    }
}
