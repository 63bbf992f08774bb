/// Counts what each node and each zone would take along.
struct LossCounter {
    /// The places of one kind.
    struct Side {
        var losses: [PlaceLosses]
        /// By application, the most of its workloads that one place takes along.
        var mostOfApplication: [Int32: Int32] = [:]
        private var workloads: [Pair: Int32] = [:]
        private var hosts: [Pair: Bool] = [:]

        private struct Pair: Hashable {
            var place: Int32
            var object: Int32
        }

        init(count: Int) {
            losses = Array(repeating: PlaceLosses(), count: count)
        }

        mutating func addWorkload(at place: Int32, application: Int32, isMeant: Bool) {
            guard place >= 0 else { return }
            losses[Int(place)].workloads += 1
            if isMeant { losses[Int(place)].broken += 1 }
            guard application >= 0 else { return }
            let count = workloads[Pair(place: place, object: application), default: 0] + 1
            workloads[Pair(place: place, object: application)] = count
            if count == 1 { losses[Int(place)].applications += 1 }
            mostOfApplication[application] = max(mostOfApplication[application] ?? 0, count)
        }

        mutating func addService(at place: Int32, isMeant: Bool) {
            guard place >= 0 else { return }
            losses[Int(place)].services += 1
            if isMeant { losses[Int(place)].broken += 1 }
        }

        mutating func addHost(at place: Int32, _ host: Int32, isMeant: Bool) {
            guard place >= 0 else { return }
            let known = hosts[Pair(place: place, object: host)]
            if known == nil { losses[Int(place)].hosts += 1 }
            if isMeant, known != true { losses[Int(place)].brokenHosts += 1 }
            hosts[Pair(place: place, object: host)] = isMeant || known == true
        }

        mutating func addPart(at place: Int32) {
            if place >= 0 { losses[Int(place)].parts += 1 }
        }
    }

    private(set) var nodes: Side
    private(set) var zones: Side

    init(nodes: Int, zones: Int) {
        self.nodes = Side(count: nodes)
        self.zones = Side(count: zones)
    }

    /// Counts the rows of a table.
    mutating func count(_ table: SurvivalTable) {
        var link = 0
        for (position, row) in table.rows.enumerated() {
            let location = row.location
            if row.flags.contains(.service) {
                nodes.addService(at: location.node, isMeant: row.flags.contains(.meantByNode))
                zones.addService(at: location.zone, isMeant: row.flags.contains(.meantByZone))
            } else {
                nodes.addWorkload(
                    at: location.node,
                    application: row.application,
                    isMeant: row.flags.contains(.meantByNode)
                )
                zones.addWorkload(
                    at: location.zone,
                    application: row.application,
                    isMeant: row.flags.contains(.meantByZone)
                )
            }
            while link < table.hostLinks.count, table.hostLinks[link].row == Int32(position) {
                let host = table.hostLinks[link].host
                nodes.addHost(at: location.node, host, isMeant: row.flags.contains(.hostsMeantByNode))
                zones.addHost(at: location.zone, host, isMeant: row.flags.contains(.hostsMeantByZone))
                link += 1
            }
        }
        for part in table.parts {
            nodes.addPart(at: part.location.node)
            zones.addPart(at: part.location.zone)
        }
    }
}
