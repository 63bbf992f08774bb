import ClusterState
import Logging

/// Logs problems of sources: one line when they begin, one when the data read before is no longer valid, and one when they
/// are over. There is no line for each retry, reason or source, since an API server that is down affects all sources.
///
/// It compares states once a second and does not follow events: a problem that ends between two comparisons is not logged.
struct SourceLog: Sendable {
    /// How long a problem must last before it is logged. A watch that broke is open again by then, or its source has the same
    /// problem as all others: an API server that is stopped breaks connections first and refuses them afterwards.
    static let delay = Duration.seconds(2)
    /// The longest time that a line waits for more sources with the same problem, while their number still grows.
    static let maximumDelay = Duration.seconds(10)
    /// The most sources that a line names.
    private static let namesInLine = 20

    /// Sources that failed together, which share their log lines.
    private struct Incident {
        var sources: Set<Source>
        /// The states that were logged, as returned by ``SourceLog/level(_:)``.
        var reported: Set<SourceState>
        /// Whether the sources are forbidden, absent or disabled, which is a state of each by itself.
        var isPerSource: Bool
    }

    /// The state of a source at one comparison.
    struct Entry {
        var source: Source
        var state: SourceState
        var problem: SourceProblem?
    }

    private let logger: Logger
    /// The incidents that were logged and are not over.
    private var incidents: [Incident] = []
    /// The sources that were ok at the last comparison.
    private var okBefore: Set<Source> = []
    /// How many sources had each cause at the last comparison.
    private var counts: [String: Int] = [:]

    init(_ logger: Logger) {
        self.logger = logger
    }

    /// Logs what has changed since the last comparison.
    mutating func update(_ entries: [Entry], at now: Duration) {
        let wrong = entries.filter { Self.cause($0) != nil }
        // A forbidden source leaves its incident: it is logged by itself.
        for entry in wrong {
            for index in incidents.indices where incidents[index].isPerSource != Self.isPerSource(entry.state) {
                incidents[index].sources.remove(entry.source)
            }
        }
        logNewIncidents(wrong, at: now)
        logStateChanges(wrong)
        logRecovery(entries, wrong)
    }

    /// Logs each cause of problems that is not logged yet. Further sources with a logged cause join its incident without a
    /// line.
    private mutating func logNewIncidents(_ wrong: [Entry], at now: Duration) {
        let groups = Dictionary(grouping: wrong) { Self.cause($0) ?? "" }
        for (cause, group) in groups.sorted(by: { $0.key < $1.key }) {
            let new = group.filter { entry in !incidents.contains { $0.sources.contains(entry.source) } }
            guard let first = new.first else { continue }
            let isPerSource = Self.isPerSource(first.state)
            let joined = incidents.firstIndex { incident in group.contains { incident.sources.contains($0.source) } }
            if let joined, !isPerSource {
                incidents[joined].sources.formUnion(new.map(\.source))
                continue
            }
            let delay = counts[cause] == group.count ? Self.delay : Self.maximumDelay
            guard new.contains(where: { Self.isDue($0, now, delay) }) else { continue }
            write(new)
            incidents.append(
                Incident(sources: Set(new.map(\.source)), reported: Set(new.map(Self.level)), isPerSource: isPerSource)
            )
        }
        counts = groups.mapValues(\.count)
    }

    /// Logs that the data of all sources of an incident is no longer valid. They become stale one after the other, and the
    /// line waits for the last of them. A change of the reason alone is not logged.
    private mutating func logStateChanges(_ wrong: [Entry]) {
        for index in incidents.indices {
            let members = wrong.filter { incidents[index].sources.contains($0.source) }
            guard members.allSatisfy(Self.isUnknown) else { continue }
            let new = members.filter { !incidents[index].reported.contains(Self.level($0)) }
            for (level, group) in Dictionary(grouping: new, by: Self.level)
                .sorted(by: { $0.key.rawValue < $1.key.rawValue })
            {
                write(group)
                incidents[index].reported.insert(level)
            }
        }
    }

    /// Returns the cause of a source's problem, which sources may share; nil where it has none, or where nothing is known
    /// yet. Different errors of a server that cannot be reached (name resolution, time limits) are one cause.
    private static func cause(_ entry: Entry) -> String? {
        let problem = entry.problem.map { problem in
            switch problem.state {
            case .unreachable? where entry.source != .etcd: SourceState.unreachable.rawValue
            case .unauthorized? where entry.source != .etcd: SourceState.unauthorized.rawValue
            default: problem.cause
            }
        }
        return switch entry.state {
        case .absent, .disabled, .forbidden: "\(entry.state.rawValue) \(entry.problem?.cause ?? "")"
        case .ok, .failing, .notSynced: problem
        case .stale, .unauthorized, .unreachable, .malformed: problem ?? entry.state.rawValue
        }
    }

    /// Returns the state, with states merged whose difference is not logged: a failing source was logged when it began to
    /// fail, and whether a stale source is unreachable or answers with errors is part of the reason.
    private static func level(_ entry: Entry) -> SourceState {
        switch entry.state {
        case .ok, .notSynced: .failing
        case .stale: .unreachable
        default: entry.state
        }
    }

    /// Whether the data read from the source is no longer valid.
    private static func isUnknown(_ entry: Entry) -> Bool {
        [.stale, .unauthorized, .unreachable, .malformed].contains(entry.state)
    }

    private static func isPerSource(_ state: SourceState) -> Bool {
        state == .forbidden || state == .absent || state == .disabled
    }

    private static func isDue(_ entry: Entry, _ now: Duration, _ delay: Duration) -> Bool {
        guard let problem = entry.problem, !isPerSource(entry.state) else { return true }
        return now - problem.since >= delay
    }

    // MARK: Lines

    private func write(_ group: [Entry]) {
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

    /// Returns the reason that most of the sources have.
    private static func reason(_ group: [Entry]) -> String {
        let groups = Dictionary(grouping: group.compactMap(\.problem), by: \.cause)
        let most = groups.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
        return most?.value.first?.reason ?? "no success within the time limit"
    }

    private mutating func logRecovery(_ entries: [Entry], _ wrong: [Entry]) {
        let okNow = Set(entries.filter { Self.cause($0) == nil && $0.state == .ok }.map(\.source))
        // A watch that opens and ends at once is ok at some comparisons: a recovery needs two in a row.
        let ok = okNow.intersection(okBefore)
        okBefore = okNow
        var recovered: Set<Source> = []
        for index in incidents.indices {
            let isLasting =
                wrong.contains { incidents[index].sources.contains($0.source) }
                || !incidents[index].sources.isDisjoint(with: okNow.subtracting(ok))
            if isLasting, !incidents[index].isPerSource { continue }
            recovered.formUnion(incidents[index].sources.intersection(ok))
            incidents[index].sources.subtract(ok)
        }
        incidents.removeAll(where: \.sources.isEmpty)
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
