import ClusterState
import Logging

/// Writes a line when something begins to be wrong with sources, one when what was read of them counts no more, and one
/// when it is over: not one for each retry or reason, and not one for each source, since an API server that is gone takes
/// all of them along.
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

    /// Sources that began to be wrong together: what there is to say of them is said of all in one line.
    private struct Turn {
        var sources: Set<Source>
        /// The states that a line was written for, as ``SourceLog/level(_:)`` has them.
        var told: Set<SourceState>
        /// Whether the sources are refused or absent, which each is by itself.
        var isPerSource: Bool
    }

    /// A source at a moment.
    struct Standing {
        var source: Source
        var state: SourceState
        var problem: SourceProblem?
    }

    private let logger: Logger
    /// What a line was written for and is not over.
    private var turns: [Turn] = []
    /// The sources that were well at the last look.
    private var wellBefore: Set<Source> = []
    /// How many sources had each cause at the last look.
    private var counts: [String: Int] = [:]

    init(_ logger: Logger) {
        self.logger = logger
    }

    /// Writes what has changed since the last look.
    mutating func tell(_ standings: [Standing], at now: Duration) {
        let wrong = standings.filter { Self.cause($0) != nil }
        // What is refused is told of by itself, whatever was wrong before.
        for standing in wrong {
            for index in turns.indices where turns[index].isPerSource != Self.isPerSource(standing.state) {
                turns[index].sources.remove(standing.source)
            }
        }
        tellBeginnings(wrong, at: now)
        tellChanges(wrong)
        tellRecovery(standings, wrong)
    }

    /// Writes a line for each cause that sources have which no line is about yet. Where a line was written for the cause,
    /// further sources join it in silence.
    private mutating func tellBeginnings(_ wrong: [Standing], at now: Duration) {
        let groups = Dictionary(grouping: wrong) { Self.cause($0) ?? "" }
        for (cause, group) in groups.sorted(by: { $0.key < $1.key }) {
            let news = group.filter { standing in !turns.contains { $0.sources.contains(standing.source) } }
            guard let first = news.first else { continue }
            let isPerSource = Self.isPerSource(first.state)
            let joined = turns.firstIndex { turn in group.contains { turn.sources.contains($0.source) } }
            if let joined, !isPerSource {
                turns[joined].sources.formUnion(news.map(\.source))
                continue
            }
            let patience = counts[cause] == group.count ? Self.patience : Self.longestPatience
            guard news.contains(where: { Self.isDue($0, now, patience) }) else { continue }
            write(news)
            turns.append(
                Turn(sources: Set(news.map(\.source)), told: Set(news.map(Self.level)), isPerSource: isPerSource)
            )
        }
        counts = groups.mapValues(\.count)
    }

    /// Writes a line where what was read counts no more of any source that began to be wrong together: they turn stale one
    /// after the other, and the line waits for the last of them. That only the reason changes is no line.
    private mutating func tellChanges(_ wrong: [Standing]) {
        for index in turns.indices {
            let members = wrong.filter { turns[index].sources.contains($0.source) }
            guard members.allSatisfy(Self.isUnknown) else { continue }
            let news = members.filter { !turns[index].told.contains(Self.level($0)) }
            for (level, group) in Dictionary(grouping: news, by: Self.level)
                .sorted(by: { $0.key.rawValue < $1.key.rawValue })
            {
                write(group)
                turns[index].told.insert(level)
            }
        }
    }

    /// Why a source is not as it should be, as far as sources have it in common; nil where it is as it should be, or where
    /// nothing is known yet. A server that cannot be reached fails one request by its name and the next by a time limit.
    private static func cause(_ standing: Standing) -> String? {
        let problem = standing.problem.map { problem in
            switch problem.state {
            case .unreachable? where standing.source != .etcd: SourceState.unreachable.rawValue
            case .unauthorized? where standing.source != .etcd: SourceState.unauthorized.rawValue
            default: problem.cause
            }
        }
        return switch standing.state {
        case .absent, .disabled, .forbidden: "\(standing.state.rawValue) \(standing.problem?.cause ?? "")"
        case .ok, .failing, .notSynced: problem
        case .stale, .unauthorized, .unreachable, .malformed: problem ?? standing.state.rawValue
        }
    }

    /// The state as far as a change of it is worth a line. A source that is failing was told of when it began to fail, and
    /// whether one that is out of date cannot be reached or answers with errors is a matter of the reason.
    private static func level(_ standing: Standing) -> SourceState {
        switch standing.state {
        case .ok, .notSynced: .failing
        case .stale: .unreachable
        default: standing.state
        }
    }

    /// Whether what was read of the source counts no more.
    private static func isUnknown(_ standing: Standing) -> Bool {
        [.stale, .unauthorized, .unreachable, .malformed].contains(standing.state)
    }

    private static func isPerSource(_ state: SourceState) -> Bool {
        state == .forbidden || state == .absent || state == .disabled
    }

    private static func isDue(_ standing: Standing, _ now: Duration, _ patience: Duration) -> Bool {
        guard let problem = standing.problem, !isPerSource(standing.state) else { return true }
        return now - problem.since >= patience
    }

    // MARK: Lines

    private func write(_ group: [Standing]) {
        let names = Self.names(group.map(\.source))
        let state = group.first { $0.state != .ok && $0.state != .failing }?.state ?? .ok
        let isOne = group.count == 1
        let reason = Self.reason(group.filter { $0.state == state || state == .ok })
        switch state {
        case .ok: logger.warning("\(names) \(isOne ? "fails" : "fail"): \(reason)")
        case .absent, .disabled: logger.info("\(names) \(isOne ? "is" : "are") \(state.rawValue): \(reason)")
        default: logger.warning("\(names) \(isOne ? "is" : "are") \(state.rawValue): \(reason)")
        }
    }

    /// The reason that most of the sources have.
    private static func reason(_ group: [Standing]) -> String {
        let groups = Dictionary(grouping: group.compactMap(\.problem), by: \.cause)
        let most = groups.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
        return most?.value.first?.reason ?? "no success for too long"
    }

    private mutating func tellRecovery(_ standings: [Standing], _ wrong: [Standing]) {
        let wellNow = Set(standings.filter { Self.cause($0) == nil && $0.state == .ok }.map(\.source))
        // A watch that opens and ends at once is well at one look now and then: that is no recovery.
        let well = wellNow.intersection(wellBefore)
        wellBefore = wellNow
        var recovered: Set<Source> = []
        for index in turns.indices {
            let isLasting =
                wrong.contains { turns[index].sources.contains($0.source) }
                || !turns[index].sources.isDisjoint(with: wellNow.subtracting(well))
            if isLasting, !turns[index].isPerSource { continue }
            recovered.formUnion(turns[index].sources.intersection(well))
            turns[index].sources.subtract(well)
        }
        turns.removeAll(where: \.sources.isEmpty)
        guard !recovered.isEmpty else { return }
        let isAll = recovered.count > 1 && wrong.allSatisfy { $0.state == .absent || $0.state == .disabled }
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
