import KubernetesWire

extension ListWatch {
    /// Opens the watch of a scope from its last version.
    mutating func openWatch(_ scope: Int) -> Action {
        scopes[scope].isWatched = true
        scopes[scope].openedAt = nil
        scopes[scope].hasProgressed = false
        scopes[scope].reopenAt = nil
        return .openWatch(
            scope: scope,
            version: scopes[scope].version,
            timeoutSeconds: Int.random(in: Self.watchSeconds, using: &random)
        )
    }

    /// Opens open watches again from where they are, and lists at once what is polled. What is under way or due anyway
    /// confirms by itself.
    mutating func confirm(_ now: Duration) -> [Action] {
        guard listing == nil else { return [] }
        if case .poll = mode { return beginList(now) }
        let open = scopes.indices.filter { scopes[$0].isWatched }
        return open.isEmpty ? [] : [.closeWatches] + scopes.indices.map { openWatch($0) }
    }

    mutating func watchEnded(_ scope: Int, _ now: Duration) -> [Action] {
        let lasted = scopes[scope].openedAt.map { now - $0 } ?? .zero
        scopes[scope].isWatched = false
        guard lasted < Self.shortWatch else {
            scopes[scope].shortWatches = 0
            return [openWatch(scope)]
        }
        let hasProgressed = scopes[scope].hasProgressed
        if !hasProgressed { scopes[scope].shortWatches += 1 }
        let failure = RequestFailure.malformed(
            hasProgressed ? "the watch ended within a second" : "the watch ended at once, without an event"
        )
        if scopes[scope].shortWatches >= Self.shortWatchLimit { return listLater(failure, now) }
        scopes[scope].reopenAt = now + backoff.next(at: now, using: &random)
        return [.failed(.watch, failure)]
    }

    mutating func watchFailed(_ scope: Int, _ failure: RequestFailure, _ now: Duration) -> [Action] {
        let openedAt = scopes[scope].openedAt
        scopes[scope].isWatched = false
        switch failure.kind {
        case .expired:
            return [.failed(.watch, failure)] + relist(now)
        case .malformed:
            return [.failed(.decode, failure)] + relist(now)
        case .silent where openedAt != nil:
            // Nothing is known to be wrong: bookmarks come each minute, so the stream is taken for dead and opened again.
            return [.failed(.watch, failure), openWatch(scope)]
        case .overrun where scopes[scope].hasProgressed && openedAt.map { now - $0 >= Self.shortWatch } == true:
            // Events that were read count: the rest comes again from the last version.
            return [.failed(.watch, failure), openWatch(scope)]
        default:
            // Opened and refused in the stream, without an event: again and again, this is no passing fault of the server.
            if openedAt != nil, case .refused = failure, !scopes[scope].hasProgressed {
                scopes[scope].shortWatches += 1
                if scopes[scope].shortWatches >= Self.shortWatchLimit { return listLater(failure, now) }
            }
            return retryLater(.watch, failure, now) { machine, delay in
                machine.scopes[scope].reopenAt = now + delay
            }
        }
    }

    /// The version that watches go on from is in doubt: lists, after the wait that follows a failure.
    private mutating func listLater(_ failure: RequestFailure, _ now: Duration) -> [Action] {
        let actions = stop()
        delayList(until: now + delay(failure, now))
        return actions + [.failed(.watch, failure)]
    }
}
