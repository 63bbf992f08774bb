import ClusterState
import HASignals

/// The map of the cluster: zones as columns, nodes as tiles.
extension ReportPage {
    /// The tiles of a zone beside those of nodes that are not well.
    private static let wellListed = 60
    /// The tiles of all zones; of many zones each gets a share of them.
    private static let wellTiles = 240
    private static let unwellTiles = 600
    /// The tiles on the page of a zone.
    private static let tilesOfZone = 500
    private static let zonesListed = 60

    /// The nodes by their zone: positions in the table, those that are not well first. The last are those without a
    /// zone.
    private var nodesByZone: [(zone: Int, unwell: [Int], well: [Int])] {
        let table = model.survival.table
        var columns = table.zones.names.indices.map { (zone: $0, unwell: [Int](), well: [Int]()) }
        columns.append((zone: -1, unwell: [], well: []))
        for (position, facts) in table.nodes.facts.enumerated() {
            let zone = Int(facts.zone)
            let column = columns.indices.contains(zone) ? zone : columns.count - 1
            if facts.isHealthy {
                columns[column].well.append(position)
            } else {
                columns[column].unwell.append(position)
            }
        }
        if columns[columns.count - 1].unwell.isEmpty, columns[columns.count - 1].well.isEmpty { columns.removeLast() }
        return columns
    }

    var map: HTML {
        let columns = nodesByZone
        guard !columns.isEmpty else {
            return section("map", "Zones and nodes", .element("p", HTML("No node is known. \(unknownNodes)")))
        }
        let shown = columns.prefix(isComplete ? columns.count : Self.zonesListed)
        let well = isComplete ? Int.max : max(4, min(Self.wellListed, Self.wellTiles / shown.count))
        let unwell = isComplete ? Int.max : max(4, Self.unwellTiles / shown.count)
        let rest = columns.count - shown.count
        return section(
            "map",
            "Zones and nodes",
            [
                note(
                    "Nodes by zone, those that are not well first, each with its role, its pods and what a drain meets."
                ),
                .element("div", ["class": "zones"], HTML(shown.map { column($0, well: well, unwell: unwell) })),
                rest > 0
                    ? .element(
                        "p",
                        ["class": "more"],
                        [HTML("and \(Self.number(rest)) more zones: "), .element("a", ["href": "#losses"], "losses")]
                    ) : [],
            ]
        )
    }

    private var unknownNodes: String {
        let reason = model.survival[.nodeLoss].reason
        return reason.isEmpty ? "" : Self.sentence(reason) + "."
    }

    private func column(_ column: (zone: Int, unwell: [Int], well: [Int]), well: Int, unwell: Int) -> HTML {
        let table = model.survival.table
        let nodes = column.unwell + column.well
        let name = column.zone < 0 ? "without a zone" : table.zones.names[column.zone]
        let place = FindingObject(kind: "Zone", name: name)
        let tiles = column.unwell.prefix(unwell) + column.well.prefix(well)
        let rest = nodes.count - tiles.count
        let more: HTML =
            rest == 0
            ? []
            : .element(
                "p",
                ["class": "more"],
                [
                    HTML("and \(Self.count(rest, "other node", "other nodes")) "),
                    column.zone < 0 ? [] : object(place, named: "of \(name)"),
                ]
            )
        return .element(
            "div",
            ["class": "zone"],
            [
                .element("h3", column.zone < 0 ? HTML(name) : object(place, named: name)), zoneSummary(nodes),
                self.tiles(tiles), more,
            ]
        )
    }

    /// How many nodes there are, and how many of them are Ready.
    private func zoneSummary(_ nodes: [Int]) -> HTML {
        let facts = model.survival.table.nodes.facts
        let up = nodes.count { facts[$0].isUp }
        let tone: Tone = up == nodes.count ? .ok : up == 0 ? .bad : .warn
        return .element(
            "p",
            Self.badge("\(Self.number(up)) of \(Self.count(nodes.count, "node", "nodes")) Ready", tone)
        )
    }

    private func tiles(_ nodes: some Collection<Int>) -> HTML {
        .element("ul", ["class": "tiles"], HTML(nodes.map(tile)))
    }

    private func tile(_ position: Int) -> HTML {
        let nodes = model.survival.table.nodes
        let facts = nodes.facts[position]
        let name = nodes.names[position]
        let tone = Self.tone(facts)
        var lines: [HTML] = [
            object(FindingObject(kind: "Node", name: name), named: name),
            .element("b", HTML(Self.state(facts))),
            HTML(" \(Self.role(facts.role))\(Self.pods(facts))"),
        ]
        if nodes.drains.indices.contains(position) {
            let obstacles = Self.obstacles(nodes.drains[position])
            lines.append(.element("i", HTML(obstacles.isEmpty ? "drain: nothing in the way" : "drain: \(obstacles)")))
        }
        return .element("li", ["class": tone.rawValue], HTML(lines))
    }

    /// The tiles of one zone.
    func nodes(ofZone zone: Int) -> HTML {
        guard let column = nodesByZone.first(where: { $0.zone == zone }) else { return [] }
        let nodes = column.unwell + column.well
        let (shown, others) = part(of: nodes, .tiles, by: Self.tilesOfZone, at: "map")
        return section("map", "Nodes", [zoneSummary(nodes), tiles(shown), others])
    }

    // MARK: Words

    static func tone(_ facts: NodeFacts) -> Tone {
        facts.isHealthy ? .ok : facts.isUp ? .warn : .bad
    }

    /// Its state: `Ready`, or what is wrong with it.
    static func state(_ facts: NodeFacts) -> String {
        let words: [(NodeFacts.Problems, String)] = [
            (.notReady, "not Ready"), (.readyUnknown, "Ready unknown"), (.cordoned, "cordoned"),
            (.deleting, "being deleted"),
            (.pressure, "under pressure"),
        ]
        let found = words.filter { facts.problems.contains($0.0) }.map(\.1)
        return found.isEmpty ? "Ready" : found.joined(separator: ", ")
    }

    static func role(_ role: NodeRole) -> String {
        role == .controlPlane ? "master" : role.name
    }

    /// Its pods, after a mark; empty where they are not known.
    static func pods(_ facts: NodeFacts) -> String {
        guard facts.pods >= 0 else { return "" }
        let unhealthy = facts.unhealthyPods > 0 ? ", \(number(facts.unhealthyPods)) not healthy" : ""
        return " · \(count(facts.pods, "pod", "pods"))\(unhealthy)"
    }

    /// What a drain meets, in few words; empty where it meets nothing.
    static func obstacles(_ counts: DrainCounts) -> String {
        DrainObstacle.allCases
            .compactMap { obstacle in
                counts[obstacle] > 0 ? "\(number(counts[obstacle])) \(word(obstacle))" : nil
            }
            .joined(separator: ", ")
    }

    private static func word(_ obstacle: DrainObstacle) -> String {
        switch obstacle {
        case .refused: "refused"
        case .outage: "outage"
        case .singleReplica: "single"
        case .noRoom: "no room"
        case .pinned: "pinned"
        case .barePod: "bare"
        }
    }
}
