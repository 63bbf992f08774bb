/// Something that is meant to survive the loss of any one place, and would not survive that of this one.
package struct Risk: Sendable {
    /// What would be lost: a host, an application, or a part of the cluster.
    package enum Subject: Hashable, Sendable {
        case etcdQuorum(String)
        case lastAPIServer
        case clusterDNS
        case ingressController(String)
        /// The proxies of a Gateway, by `NAMESPACE/NAME`.
        case gateway(String)
        case host(FindingObject)
        case application(FindingObject)
        /// A Service or workload that no host and no application stands for.
        case object(FindingObject)
    }

    package var subject: Subject
    /// The node or zone that it would be lost with.
    package var place: FindingObject
    /// The Service or workload of which everything that works is there; nil for parts of the cluster.
    package var through: FindingObject?
}

extension SurvivalTable {
    /// Everything that is meant to survive and hangs on one node or zone: parts of the cluster first, then hosts,
    /// applications, and what stands for itself, each by name.
    ///
    /// What is on one node is in one zone too; of the two the node is named.
    package func risks() -> [Risk] {
        var found: [Risk] = []
        for part in parts {
            guard let place = place(part.location, byNode: true, byZone: true) else { continue }
            let subject: Risk.Subject =
                switch part.part {
                case .etcdQuorum: .etcdQuorum(part.name)
                case .lastAPIServer: .lastAPIServer
                case .clusterDNS: .clusterDNS
                case .ingressController: .ingressController(part.name)
                case .gateway: .gateway(part.name)
                }
            found.append(Risk(subject: subject, place: place))
        }
        var others: [(rank: Int, object: FindingObject, risk: Risk)] = []
        var link = 0
        for (position, row) in rows.enumerated() {
            let first = link
            while link < hostLinks.count, hostLinks[link].row == Int32(position) { link += 1 }
            let flags = row.flags
            if let place = place(
                row.location,
                byNode: flags.contains(.hostsMeantByNode),
                byZone: flags.contains(.hostsMeantByZone)
            ) {
                for host in hostLinks[first..<link] {
                    let object = hosts[Int(host.host)]
                    others.append((0, object, Risk(subject: .host(object), place: place, through: row.object)))
                }
            }
            guard first == link,
                let place = place(
                    row.location,
                    byNode: flags.contains(.meantByNode),
                    byZone: flags.contains(.meantByZone)
                )
            else { continue }
            if row.application >= 0 {
                let object = applications[Int(row.application)]
                others.append((1, object, Risk(subject: .application(object), place: place, through: row.object)))
            } else {
                others.append((2, row.object, Risk(subject: .object(row.object), place: place, through: row.object)))
            }
        }
        others.sort { left, right in
            if left.rank != right.rank { return left.rank < right.rank }
            return LostObjects.isBefore(left.object, right.object)
        }
        return found + others.map(\.risk)
    }

    private func place(_ location: Location, byNode: Bool, byZone: Bool) -> FindingObject? {
        if byNode, location.node >= 0 { return FindingObject(kind: "Node", name: nodes.names[Int(location.node)]) }
        if byZone, location.zone >= 0, zones.names.count > 1 {
            return FindingObject(kind: "Zone", name: zones.names[Int(location.zone)])
        }
        return nil
    }

    /// The position of an application; nil where no workload is part of one of that name.
    package func position(ofApplication name: String, in namespace: String) -> Int? {
        applications.firstIndex { $0.namespace == namespace && $0.name == name }
    }

    /// The workloads of the application at a position that have every healthy pod on one node, or in one zone, by name.
    package func concentrations(ofApplication position: Int) -> [Concentration] {
        rows.filter { $0.application == Int32(position) }
            .sorted { LostObjects.isBefore($0.object, $1.object) }
            .map { row in
                Concentration(
                    workload: row.object,
                    node: row.location.node >= 0 ? nodes.names[Int(row.location.node)] : nil,
                    zone: row.location.zone >= 0 ? zones.names[Int(row.location.zone)] : nil,
                    isMeantByNode: row.flags.contains(.meantByNode),
                    isMeantByZone: row.flags.contains(.meantByZone)
                )
            }
    }

    /// A workload with every healthy pod on one node, or in one zone.
    package struct Concentration: Sendable {
        package var workload: FindingObject
        package var node: String?
        package var zone: String?
        /// It is meant to survive the loss of a node, of a zone.
        package var isMeantByNode: Bool
        package var isMeantByZone: Bool
    }
}
