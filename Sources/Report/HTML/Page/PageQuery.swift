import ClusterState
package import HASignals

/// What the query of a page's address asks for: which findings, which order, which part of a long list. The parameters
/// can be shared as a link; what is not understood is refused.
package struct PageQuery: Hashable, Sendable {
    /// What the rows of the table of losses are ordered by. The raw value is that of the parameter `sort`.
    package enum LossColumn: String, CaseIterable, Sendable {
        case worst, name, parts, hosts, applications, services, workloads, pods, obstacles
    }

    /// Lists that are shown in parts. The raw value is the parameter with the number of the part, from 1.
    package enum List: String, CaseIterable, Sendable {
        case causes, nodes, findings, lost, tiles
    }

    /// `severity`: findings of this severity alone.
    package var severity: Severity?
    /// `area`: findings of this area alone.
    package var area: AreaName?
    /// `namespace`: findings about objects in this namespace alone.
    package var namespace: String?
    /// `sort`.
    package var sort = LossColumn.worst
    /// `order=reverse`: the table of losses the other way round.
    package var isReversed = false
    /// `refresh`: seconds after which the page is loaded again; nil where it is not.
    package var refresh: Int? = PageQuery.standardRefresh
    private var parts: [List: Int] = [:]

    /// The seconds after which a page is loaded again unless told otherwise: as often as the cluster is looked at by default,
    /// twice.
    package static let standardRefresh = 30
    private static let refreshRange = 5...3_600

    /// Creates the query of an address without one.
    package init() {}

    /// The part of a list that is shown, from 1.
    package subscript(list: List) -> Int {
        get { parts[list] ?? 1 }
        set { parts[list] = newValue == 1 ? nil : newValue }
    }

    /// Reads a query: what follows `?` in an address. A parameter without a value is as if it were left out: forms send
    /// such.
    package init(_ text: some StringProtocol) throws(PageQueryError) {
        var seen: Set<String> = []
        for field in text.split(separator: "&") {
            let halves = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentCoding.decoded(halves[0], plusIsSpace: true),
                let value = PercentCoding.decoded(halves.count > 1 ? halves[1] : "", plusIsSpace: true)
            else { throw PageQueryError("\(field)", "is no percent-encoded UTF-8", "write it as the links do") }
            guard seen.insert(name).inserted else {
                throw PageQueryError("\(name)=\(value)", "is given twice", "give each parameter once")
            }
            if value.isEmpty, Self.names.contains(name) { continue }
            try set(name, value)
        }
    }

    private static let names: Set<String> = Set(
        ["severity", "area", "namespace", "sort", "order", "refresh"] + List.allCases.map(\.rawValue)
    )

    private mutating func set(_ name: String, _ value: String) throws(PageQueryError) {
        func refused(_ problem: String, _ advice: String) -> PageQueryError {
            PageQueryError("\(name)=\(value)", problem, advice)
        }
        func choice(_ choices: [String]) -> PageQueryError {
            refused("is not known", "write one of \(choices.joined(separator: ", "))")
        }
        switch name {
        case "severity":
            severity = Severity(rawValue: value)
            if severity == nil { throw choice(Severity.allCases.map(\.rawValue)) }
        case "area":
            area = AreaName(rawValue: value)
            if area == nil { throw choice(AreaName.allCases.map(\.rawValue)) }
        case "namespace": namespace = value
        case "sort":
            guard let column = LossColumn(rawValue: value) else { throw choice(LossColumn.allCases.map(\.rawValue)) }
            sort = column
        case "order":
            guard value == "reverse" else { throw choice(["reverse"]) }
            isReversed = true
        case "refresh":
            if value == "off" {
                refresh = nil
            } else if let seconds = Int(value), Self.refreshRange.contains(seconds) {
                refresh = seconds
            } else {
                let range = Self.refreshRange
                throw refused("is no time", "write off, or seconds from \(range.lowerBound) to \(range.upperBound)")
            }
        default:
            guard let list = List(rawValue: name) else {
                throw PageQueryError(
                    name,
                    "is no parameter",
                    "known are \(Self.names.sorted().joined(separator: ", "))"
                )
            }
            guard let number = Int(value), (1...1_000_000).contains(number) else {
                throw refused("is no part of a list", "write a number from 1")
            }
            self[list] = number
        }
    }

    /// The query with its question mark; empty where everything is as it is without one.
    package var text: String {
        var fields: [(String, String)] = []
        if let severity { fields.append(("severity", severity.rawValue)) }
        if let area { fields.append(("area", area.rawValue)) }
        if let namespace { fields.append(("namespace", namespace)) }
        if sort != .worst { fields.append(("sort", sort.rawValue)) }
        if isReversed { fields.append(("order", "reverse")) }
        if refresh != Self.standardRefresh { fields.append(("refresh", refresh.map(String.init) ?? "off")) }
        for list in List.allCases where self[list] > 1 { fields.append((list.rawValue, "\(self[list])")) }
        let text = fields.map { "\($0.0)=\(PercentCoding.encoded($0.1))" }.joined(separator: "&")
        return text.isEmpty ? "" : "?\(text)"
    }

    /// What pages of other places take over from this one: how often they are loaded again.
    package var carriedOver: PageQuery {
        var query = PageQuery()
        query.refresh = refresh
        return query
    }
}

/// Why the query of an address is refused.
package struct PageQueryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The parameter, what is wrong with it, and what to write instead.
    package let description: String

    init(_ field: String, _ problem: String, _ advice: String) {
        description = "\(field) \(problem); \(advice)"
    }
}
