package import KubernetesWire

/// How one resource is kept up to date: everything that client-go's reflector decides, without doing any of it.
///
/// Inputs go in, actions come out; time, randomness and the network are given from outside. One resource may be read in
/// several parts (scopes: one a namespace), which are listed into one staged list and watched each by itself.
package struct ListWatch: Sendable {
    /// Between two lists of a watched resource at most.
    package static let relistInterval = Duration.seconds(3_600)
    /// Until a resource that is forbidden or absent is asked for again.
    package static let longInterval = Duration.seconds(300)
    /// How long a server is asked to keep a watch, in seconds: at random, so that watches do not end together.
    package static let watchSeconds = 300...600
    /// A list at once is good for one fault; a second one so soon after waits as after any failure.
    static let immediateRelistSpacing = Duration.seconds(30)
    /// A watch that ends sooner than this is a failure, whatever it brought. Unlike client-go, which lets one pass that
    /// brought an event (kubernetes#104171): a server that sends one bookmark and ends would be asked without a pause.
    static let shortWatch = Duration.seconds(1)
    /// So many short watches without an event in a row, and the version itself is in doubt.
    static let shortWatchLimit = 3

    /// One part of the resource.
    struct Scope: Sendable {
        /// What a watch goes on from.
        var version = ""
        /// The highest version that the server has shown.
        var highest: UInt64 = 0
        var isWatched = false
        var openedAt: Duration?
        var hasProgressed = false
        var shortWatches = 0
        var reopenAt: Duration?
    }

    /// A list under way.
    struct Listing: Sendable {
        let beganAt: Duration
        /// The scopes of the pages asked for and not yet read to the end, in their order.
        var pages: [Int]
        var arrived = 0
        var isReading = false
        var hasMetadata = false
        /// Whether the page being read has a continue token.
        var hasNext = false
        var versions: [String]
        var bounds = ListBounds()
    }

    let mode: APIResource.Mode
    /// Every cluster serves the resource: it is never absent.
    let isAlwaysServed: Bool
    var random: SeededRandom
    var scopes: [Scope]
    var listing: Listing?
    var listAt: Duration?
    /// Whether ``listAt`` is late because of a failure.
    var isListDelayed = false
    /// When all resources were last asked to be listed anew, because a version had gone back.
    var relistAllAt: Duration?
    var isAvailable = true
    var backoff = Backoff()
    var immediateRelistAt: Duration?
    var invalidatedAt: Duration?
    /// Lower versions are known to come: no need to tell anybody.
    var expectsLowerVersions = false

    /// Creates a machine that waits for ``Input/start(after:)``.
    ///
    /// - Parameters:
    ///   - mode: Whether it watches or polls.
    ///   - scopes: How many parts there are, 1 or more.
    ///   - isAlwaysServed: Whether every cluster serves the resource, so that it is never absent.
    ///   - random: For jitter.
    package init(mode: APIResource.Mode, scopes: Int = 1, isAlwaysServed: Bool = false, random: SeededRandom) {
        self.mode = mode
        self.isAlwaysServed = isAlwaysServed
        self.random = random
        self.scopes = Array(repeating: Scope(), count: max(1, scopes))
    }

    /// Uptime at which a ``Input/tick`` is due; nil where none is.
    package var wakeAt: Duration? {
        guard isAvailable else { return nil }
        return ([listAt, listing?.bounds.deadline] + scopes.map(\.reopenAt)).compactMap(\.self).min()
    }

    /// Whether a list is under way.
    package var isListing: Bool { listing != nil }

    /// Takes in what came about.
    ///
    /// - Parameters:
    ///   - input: What came about. What belongs to a list or watch that was ended is passed over.
    ///   - now: Uptime.
    /// - Returns: What is to be done.
    package mutating func on(_ input: Input, at now: Duration) -> [Action] {
        switch input {
        case .discovered(let isThere): return discovered(isThere, now)
        case _ where !isAvailable: return []
        case .start(let delay):
            listAt = now + delay
            return tick(now)
        case .tick: return tick(now)
        case .restored:
            expectsLowerVersions = true
            // A server that has just been restored is busy: what has failed is asked again when it was going to be.
            return isListDelayed ? [] : beginList(now)
        case .outdated:
            // A list that is under way or due brings what was missed.
            guard listing == nil, scopes.contains(where: \.isWatched) else { return [] }
            return [.failed(.watch, .silentWatch)] + relist(now)
        case .gap: return confirm(now)
        case .pageArrived: return pageArrived(now)
        case .pageMetadata(let metadata): return pageMetadata(metadata, now)
        case .pageEnded(let items): return pageEnded(items, now)
        case .listFailed(let failure): return listing == nil ? [] : listFailed(failure, now)
        case .watchOpened(let scope), .watchProgressed(let scope, _), .watchEnded(let scope),
            .watchFailed(let scope, _):
            guard scopes.indices.contains(scope), scopes[scope].isWatched else { return [] }
            return onWatch(input, now)
        }
    }

    private mutating func onWatch(_ input: Input, _ now: Duration) -> [Action] {
        switch input {
        case .watchOpened(let scope):
            scopes[scope].openedAt = now
            invalidatedAt = nil
            return [.succeeded]
        case .watchProgressed(let scope, let version):
            scopes[scope].hasProgressed = true
            scopes[scope].shortWatches = 0
            // An event without a version would make the next watch begin anywhere.
            guard !version.isEmpty else { return [] }
            let number = UInt64(version) ?? 0
            // Versions only rise within a watch: the list that follows shows how far they have gone back.
            if number < UInt64(scopes[scope].version) ?? 0 { return relist(now) }
            scopes[scope].version = version
            scopes[scope].highest = max(scopes[scope].highest, number)
            return []
        case .watchEnded(let scope): return watchEnded(scope, now)
        case .watchFailed(let scope, let failure): return watchFailed(scope, failure, now)
        default: return []
        }
    }

    private mutating func discovered(_ isThere: Bool, _ now: Duration) -> [Action] {
        guard isThere != isAvailable, isThere || !isAlwaysServed else { return [] }
        isAvailable = isThere
        if isThere { return beginList(now) }
        return stop() + [.clear, .absent(reason: "discovery does not list its group and version")]
    }

    private mutating func tick(_ now: Duration) -> [Action] {
        if let listAt, listAt <= now { return beginList(now) }
        if let overdue = listing?.bounds.overdue(at: now) { return listFailed(overdue, now) }
        var actions: [Action] = []
        for index in scopes.indices {
            guard let due = scopes[index].reopenAt, due <= now else { continue }
            actions.append(openWatch(index))
        }
        return actions
    }

    /// Ends everything that is under way or due.
    mutating func stop() -> [Action] {
        var actions: [Action] = []
        if listing != nil {
            listing = nil
            actions.append(.abandonList)
        }
        if scopes.contains(where: \.isWatched) { actions.append(.closeWatches) }
        for index in scopes.indices {
            scopes[index].isWatched = false
            scopes[index].reopenAt = nil
        }
        listAt = nil
        isListDelayed = false
        return actions
    }
}
