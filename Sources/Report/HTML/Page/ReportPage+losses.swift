import ClusterState
import HASignals

/// What the loss of each zone and node would take along, in numbers.
extension ReportPage {
    private static let nodesListed = 40
    private static let zonesListed = 40

    var losses: HTML {
        let table = model.survival.table
        let zones = rows(of: table.zones, ofNodes: false)
        let nodes = rows(of: table.nodes, ofNodes: true)
        let (shown, others) = part(of: nodes, .nodes, by: Self.nodesListed, at: "losses")
        let fewZones = zones.prefix(isComplete ? zones.count : Self.zonesListed)
        let content: HTML = [
            note(
                "How much each loss would take along of what works now. In brackets what of it is meant to survive; the rest "
                    + "wants one replica, or is exempt."
            ),
            table.zones.names.isEmpty
                ? .element("p", "No zone is known.")
                : self.table("Losses by zone", head: head(ofNodes: false), fewZones.map { cells($0, ofNodes: false) }),
            zones.count > fewZones.count ? note("and \(zones.count - fewZones.count) more zones") : [],
            table.nodes.names.isEmpty
                ? .element("p", "No node is known.")
                : self.table("Losses by node", head: head(ofNodes: true), shown.map { cells($0, ofNodes: true) }),
            others,
        ]
        return section("losses", "Losses", content)
    }

    /// A place with what its loss costs.
    private struct Row {
        var position: Int
        var name: String
        var losses: PlaceLosses
        var facts: NodeFacts?
        var drain: DrainCounts?

        /// What a column orders by; larger comes first.
        func key(_ column: PageQuery.LossColumn) -> Int32 {
            switch column {
            case .worst, .name: 0
            case .parts: losses.parts
            case .hosts: losses.hosts
            case .applications: losses.applications
            case .services: losses.services
            case .workloads: losses.workloads
            case .pods: facts?.pods ?? 0
            case .obstacles: DrainObstacle.allCases.reduce(0) { $0 + (drain?[$1] ?? 0) }
            }
        }
    }

    private func rows(of places: SurvivalTable.Places, ofNodes: Bool) -> [Row] {
        var rows = places.names.enumerated()
            .map { position, name in
                Row(
                    position: position,
                    name: name,
                    losses: places.losses[position],
                    facts: places.facts.indices.contains(position) ? places.facts[position] : nil,
                    drain: places.drains.indices.contains(position) ? places.drains[position] : nil
                )
            }
        switch query.sort {
        case .name: break
        case .worst:
            rows.sort { left, right in
                left.losses.isWorse(than: right.losses)
                    || (left.losses == right.losses && left.position < right.position)
            }
        default:
            let column = query.sort
            rows.sort { ($1.key(column), $0.position) < ($0.key(column), $1.position) }
        }
        return query.isReversed ? rows.reversed() : rows
    }

    // MARK: Head

    private func columns(ofNodes: Bool) -> [(column: PageQuery.LossColumn?, title: String)] {
        [(.name, ofNodes ? "Node" : "Zone"), (.worst, "Survives")]
            + (ofNodes ? [(nil, "Zone")] : [])
            + [
                (.parts, "Control plane"), (.hosts, "Hosts"), (.applications, "Applications"), (.services, "Services"),
                (.workloads, "Workloads"),
            ] + (ofNodes ? [(.pods, "Pods"), (.obstacles, "Drain")] : [])
    }

    private func head(ofNodes: Bool) -> HTML {
        HTML(
            columns(ofNodes: ofNodes)
                .map { column, title in
                    guard let column else { return .element("th", ["scope": "col"], HTML(title)) }
                    var target = query
                    target.sort = column
                    target[.nodes] = 1
                    let isSorted = query.sort == column
                    target.isReversed = isSorted && !query.isReversed
                    // Names go up, numbers down; a second click turns either.
                    let goesUp = (column == .name) != query.isReversed
                    return .element(
                        "th",
                        [
                            "scope": "col", "aria-sort": isSorted ? goesUp ? "ascending" : "descending" : nil,
                        ],
                        link(title, path, target, fragment: "#losses")
                    )
                }
        )
    }

    // MARK: Rows

    private func cells(_ row: Row, ofNodes: Bool) -> [HTML] {
        let losses = row.losses
        let place = FindingObject(kind: ofNodes ? "Node" : "Zone", name: row.name)
        func some(_ all: Int32, _ meant: Int32? = nil) -> HTML {
            if all == 0 { return .element("span", ["class": "dim"], "0") }
            let text = Self.number(all)
            return HTML(meant.map { $0 > 0 ? "\(text) (\(Self.number($0)))" : text } ?? text)
        }
        var cells: [HTML] = [object(place, named: row.name), answer(row, ofNodes: ofNodes)]
        if ofNodes {
            let zone = row.facts.map { Int($0.zone) } ?? -1
            let names = model.survival.table.zones.names
            cells.append(
                names.indices.contains(zone)
                    ? object(FindingObject(kind: "Zone", name: names[zone]), named: names[zone]) : "–"
            )
        }
        cells += [
            some(losses.parts), some(losses.hosts, losses.brokenHosts), some(losses.applications),
            some(losses.services),
            some(losses.workloads),
        ]
        if ofNodes {
            cells.append(row.facts.map { $0.pods >= 0 ? HTML(Self.number($0.pods)) : "–" } ?? "–")
            let drain = row.drain.map { counts -> HTML in
                let obstacles = Self.obstacles(counts)
                return [
                    Self.badge(counts.isSafe ? "safe" : "not safe", counts.isSafe ? .ok : .warn),
                    HTML(obstacles.isEmpty ? "" : " \(obstacles)"),
                ]
            }
            cells.append(drain ?? Self.badge("unknown", .unknown))
        }
        return cells
    }

    /// Whether everything survives the loss that is meant to.
    private func answer(_ row: Row, ofNodes: Bool) -> HTML {
        let event: SurvivalEvent =
            !ofNodes ? .zoneLoss : row.facts?.role == .controlPlane ? .controlPlaneNodeLoss : .nodeLoss
        if model.survival[event].answer == .unknown { return Self.badge("unknown", .unknown) }
        if row.losses.breaks { return Self.badge("no", .bad) }
        return Self.badge(row.losses.isHarmless ? "yes, costs nothing" : "yes", .ok)
    }
}
