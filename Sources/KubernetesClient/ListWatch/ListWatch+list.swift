import KubernetesWire

extension ListWatch {
    /// Begins a list of all scopes.
    mutating func beginList(_ now: Duration) -> [Action] {
        let actions = stop()
        listing = Listing(beganAt: now, pages: [0], versions: Array(repeating: "", count: scopes.count))
        return actions + [.beginList, .requestPage(scope: 0, continueToken: "")]
    }

    mutating func pageArrived(_ now: Duration) -> [Action] {
        guard listing != nil else { return [] }
        listing?.bounds.pageArrived(at: now)
        listing?.arrived += 1
        return readNext()
    }

    private mutating func readNext() -> [Action] {
        guard let list = listing, !list.isReading, list.arrived > 0 else { return [] }
        listing?.arrived -= 1
        listing?.isReading = true
        listing?.hasMetadata = false
        listing?.hasNext = false
        return [.readPage]
    }

    /// The next page is asked for while this one is read: one ahead.
    mutating func pageMetadata(_ metadata: ListMeta, _ now: Duration) -> [Action] {
        guard let list = listing, list.isReading, !list.hasMetadata, let scope = list.pages.first else { return [] }
        listing?.hasMetadata = true
        if list.versions[scope].isEmpty { listing?.versions[scope] = metadata.resourceVersion }
        if !metadata.continueToken.isEmpty {
            if let failure = listing?.bounds.follow(metadata.continueToken, at: now) { return listFailed(failure, now) }
            listing?.hasNext = true
            listing?.pages.append(scope)
            return [.requestPage(scope: scope, continueToken: metadata.continueToken)]
        }
        guard scope + 1 < scopes.count else { return [] }
        listing?.bounds.scopeEnded()
        listing?.pages.append(scope + 1)
        return [.requestPage(scope: scope + 1, continueToken: "")]
    }

    mutating func pageEnded(_ items: Int, _ now: Duration) -> [Action] {
        guard let list = listing, list.isReading, let scope = list.pages.first else { return [] }
        guard list.hasMetadata, !list.versions[scope].isEmpty else {
            return listFailed(.malformed("the list has no resourceVersion"), now)
        }
        if let failure = listing?.bounds.pageEnded(items: items, hasNext: list.hasNext) {
            return listFailed(failure, now)
        }
        listing?.isReading = false
        listing?.pages.removeFirst()
        guard list.pages.count == 1 else { return readNext() }
        return commit(list, now)
    }

    private mutating func commit(_ list: Listing, _ now: Duration) -> [Action] {
        listing = nil
        var hasGoneBack = false
        for (index, version) in list.versions.enumerated() {
            let number = UInt64(version) ?? 0
            if number < scopes[index].highest { hasGoneBack = true }
            scopes[index] = Scope(version: version, highest: number)
        }
        invalidatedAt = nil
        var actions: [Action] = [.commitList, .succeeded]
        switch mode {
        case .watch:
            let early = Double.random(in: 0..<0.1, using: &random)
            listAt = now + Self.relistInterval * (1 - early)
            for index in scopes.indices { actions.append(openWatch(index)) }
        case .poll(let interval): listAt = max(now, list.beganAt + interval)
        }
        if hasGoneBack, !expectsLowerVersions, relistAllAt.map({ now - $0 >= Self.immediateRelistSpacing }) ?? true {
            relistAllAt = now
            actions.append(.relistAll)
        }
        expectsLowerVersions = false
        return actions
    }

    mutating func listFailed(_ failure: RequestFailure, _ now: Duration) -> [Action] {
        let actions = stop()
        switch failure.kind {
        case .expired: return actions + [.failed(.list, failure)] + relist(now)
        case .malformed:
            // To relist at once is the answer to a broken watch; a list that is broken itself is a failure.
            delayList(until: now + delay(failure, now))
            return actions + [.failed(.decode, failure)]
        default:
            return actions
                + retryLater(.list, failure, now) { machine, delay in machine.delayList(until: now + delay) }
        }
    }

    /// Lists at once; after another such list shortly before, when the back-off says so.
    mutating func relist(_ now: Duration) -> [Action] {
        if let last = immediateRelistAt, now - last < Self.immediateRelistSpacing {
            let actions = stop()
            delayList(until: now + backoff.next(at: now, using: &random))
            return actions
        }
        immediateRelistAt = now
        return beginList(now)
    }

    /// Sets when to list after a failure.
    mutating func delayList(until due: Duration) {
        listAt = due
        isListDelayed = true
    }

    /// The wait after a failure.
    mutating func delay(_ failure: RequestFailure, _ now: Duration) -> Duration {
        max(backoff.next(at: now, using: &random), failure.retryAfter ?? .zero)
    }

    /// What lists and watches have in common after a failure. `schedule` sets when the same is tried again.
    mutating func retryLater(
        _ stage: Stage,
        _ failure: RequestFailure,
        _ now: Duration,
        _ schedule: (inout ListWatch, Duration) -> Void
    ) -> [Action] {
        switch failure.kind {
        case .unauthorized:
            var actions: [Action] = []
            let isFirst = invalidatedAt == nil
            if isFirst || now - (invalidatedAt ?? now) >= .seconds(60) {
                invalidatedAt = now
                actions.append(.invalidateCredentials)
            }
            // Credentials that cannot be read are not made better by reading them at once again.
            if isFirst, case .refused = failure {
                schedule(&self, .zero)
                return actions + tickIfDue(now)
            }
            schedule(&self, delay(failure, now))
            return actions + [.failed(stage, failure)]
        case .forbidden:
            let actions = stop()
            delayList(until: now + Self.longInterval)
            return actions + [.failed(stage, failure)]
        case .notFound where !isAlwaysServed:
            let actions = stop()
            delayList(until: now + Self.longInterval)
            return actions + [.clear, .absent(reason: "\(failure)")]
        default:
            schedule(&self, delay(failure, now))
            return [.failed(stage, failure)]
        }
    }

    private mutating func tickIfDue(_ now: Duration) -> [Action] {
        on(.tick, at: now)
    }
}
