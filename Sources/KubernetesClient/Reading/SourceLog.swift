import ClusterState
import Logging

/// Writes a line when something begins to be wrong with sources and one when it is over: not one for each retry, and not
/// one for each source, since an API server that is gone takes all of them along.
///
/// It looks at how things stand, again and again, rather than at what happens: what passes between two looks is not worth
/// a line.
struct SourceLog: Sendable {
    /// How long something must have been wrong. A watch that breaks is open again by then, or its source has the problem
    /// that all others have: an API server that is stopped breaks connections first and refuses them then.
    static let patience = Duration.seconds(2)
    /// How long a line may wait for more sources to have the same problem, as long as at each look there are more.
    static let longestPatience = Duration.seconds(10)
    /// So many sources are named; a line about more cuts their names.
    private static let namesInLine = 20

    /// A source at a moment.
    struct Standing {
        var source: Source
        var state: SourceState
        var problem: SourceProblem?
    }

    private let logger: Logger
    /// The causes that a line was written for, each with the sources that have had it since.
    private var told: [String: Set<Source>] = [:]
    /// The causes for which a line said that what is known of the sources counts no more.
    private var toldUnknown: Set<String> = []
    /// How many sources had each cause at the last look.
    private var counts: [String: Int] = [:]
    /// The sources that were well at the last look.
    private var lastWell: Set<Source> = []

    init(_ logger: Logger) {
        self.logger = logger
    }

    /// Writes what has changed since the last look.
    mutating func tell(_ standings: [Standing], at now: Duration) {
        var groups: [String: [Standing]] = [:]
        for standing in standings {
            guard let cause = Self.cause(standing) else { continue }
            groups[cause, default: []].append(standing)
        }
        for (cause, group) in groups.sorted(by: { $0.key < $1.key }) {
            // What is refused is refused resource by resource; everything else is one cause for all who have it.
            let known = told[cause]
            let isKnown = known != nil && !Self.isPerSource(group[0].state)
            let news = isKnown ? [] : group.filter { known?.contains($0.source) != true }
            if !news.isEmpty {
                let patience = counts[cause] == group.count ? Self.patience : Self.longestPatience
                guard news.contains(where: { isDue($0, cause, now, patience) }) else { continue }
                write(news)
                if group.contains(where: Self.isUnknown) { toldUnknown.insert(cause) }
            } else if !toldUnknown.contains(cause), group.allSatisfy(Self.isUnknown) {
                // Sources turn stale within a minute of each other: the line waits for the last of them.
                write(group)
                toldUnknown.insert(cause)
            }
            told[cause, default: []].formUnion(group.map(\.source))
        }
        counts = groups.mapValues(\.count)
        tellRecovery(standings, groups)
    }

    /// Why a source is not as it should be; nil where it is, or where nothing is known yet.
    private static func cause(_ standing: Standing) -> String? {
        switch standing.state {
        case .absent, .disabled, .forbidden: "\(standing.state.rawValue) \(standing.problem?.cause ?? "")"
        case .ok, .failing, .notSynced: standing.problem?.cause
        case .stale, .unauthorized, .unreachable, .malformed: standing.problem?.cause ?? standing.state.rawValue
        }
    }

    /// Whether what was read of the source counts no more.
    private static func isUnknown(_ standing: Standing) -> Bool {
        [.stale, .unauthorized, .unreachable, .malformed].contains(standing.state)
    }

    private static func isPerSource(_ state: SourceState) -> Bool {
        state == .forbidden || state == .absent || state == .disabled
    }

    private func isDue(_ standing: Standing, _ cause: String, _ now: Duration, _ patience: Duration) -> Bool {
        if Self.isPerSource(standing.state) { return true }
        // What is stale without a problem may have one a moment later: the next look tells.
        guard let problem = standing.problem else { return counts[cause] != nil }
        return now - problem.since >= patience
    }

    // MARK: Lines

    private func write(_ group: [Standing]) {
        let names = Self.names(group.map(\.source))
        let state = group.first { $0.state != .ok && $0.state != .failing }?.state ?? .ok
        let reason = group.first { $0.state == state }?.problem?.reason ?? "no success for too long"
        let isOne = group.count == 1
        switch state {
        case .ok:
            let fail = isOne ? "fails, and what is known of it counts" : "fail, and what is known of them counts"
            logger.warning("\(names) \(fail) until it is stale: \(reason)")
        case .absent, .disabled: logger.info("\(names) \(isOne ? "is" : "are") \(state.rawValue): \(reason)")
        default: logger.warning("\(names) \(isOne ? "is" : "are") \(state.rawValue): \(reason)")
        }
    }

    private mutating func tellRecovery(_ standings: [Standing], _ groups: [String: [Standing]]) {
        var well: Set<Source> = []
        for standing in standings where Self.cause(standing) == nil && standing.state == .ok {
            well.insert(standing.source)
        }
        // A watch that opens and ends within a second is seen well at one look at most: that is no recovery.
        let justWell = well.subtracting(lastWell)
        lastWell = well
        var recovered: Set<Source> = []
        for (cause, sources) in told {
            let left = groups[cause] ?? []
            if let first = left.first, !Self.isPerSource(first.state) { continue }
            guard sources.isDisjoint(with: justWell) else { continue }
            let gone = sources.subtracting(left.map(\.source))
            recovered.formUnion(gone.intersection(well))
            told[cause] = left.isEmpty ? nil : sources.subtracting(gone)
            if left.isEmpty { toldUnknown.remove(cause) }
        }
        guard !recovered.isEmpty else { return }
        let isAll =
            recovered.count > 1 && groups.values.allSatisfy { $0[0].state == .absent || $0[0].state == .disabled }
        let names = isAll ? "all sources" : Self.names(Source.allCases.filter(recovered.contains))
        logger.info("\(names) \(recovered.count == 1 ? "is" : "are") ok")
    }

    /// `source pods`, `sources pods, nodes`; of more than ``namesInLine`` the first ones, and `and 10 more`.
    private static func names(_ sources: [Source]) -> String {
        let names = sources.prefix(namesInLine).map(\.rawValue).joined(separator: ", ")
        let more = sources.count > namesInLine ? " and \(sources.count - namesInLine) more" : ""
        return "\(sources.count == 1 ? "source" : "sources") \(names)\(more)"
    }
}
