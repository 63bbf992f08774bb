extension SurvivalTable {
    /// What the loss of the node at a position takes along.
    func impact(ofNode position: Int) -> LossImpact {
        impact(of: FindingObject(kind: "Node", name: nodes.names[position]), .meantByNode, .hostsMeantByNode) {
            $0.node == Int32(position)
        }
    }

    /// What the loss of the zone at a position takes along.
    func impact(ofZone position: Int) -> LossImpact {
        impact(of: FindingObject(kind: "Zone", name: zones.names[position]), .meantByZone, .hostsMeantByZone) {
            $0.zone == Int32(position)
        }
    }

    private func impact(
        of place: FindingObject,
        _ meant: RowFlags,
        _ hostsMeant: RowFlags,
        _ isThere: (Location) -> Bool
    ) -> LossImpact {
        var impact = LossImpact(place: place)
        var lostApplications: [Int32: Bool] = [:]
        var lostHosts: [Int32: Bool] = [:]
        var link = 0
        for (position, row) in rows.enumerated() {
            let first = link
            while link < hostLinks.count, hostLinks[link].row == Int32(position) { link += 1 }
            guard isThere(row.location) else { continue }
            let isMeant = row.flags.contains(meant)
            if row.flags.contains(.service) {
                impact[isMeant: isMeant].services.append(row.object)
                for host in hostLinks[first..<link] {
                    // Of several backends or workloads one that is meant to survive decides.
                    lostHosts[host.host] = lostHosts[host.host] == true || row.flags.contains(hostsMeant)
                }
            } else {
                impact[isMeant: isMeant].workloads.append(row.object)
                if row.application >= 0 {
                    lostApplications[row.application] = lostApplications[row.application] == true || isMeant
                }
            }
        }
        for (application, isMeant) in lostApplications {
            impact[isMeant: isMeant].applications.append(applications[Int(application)])
        }
        for (host, isMeant) in lostHosts { impact[isMeant: isMeant].hosts.append(hosts[Int(host)]) }
        for row in parts where isThere(row.location) {
            switch row.part {
            case .etcdQuorum: impact.etcdClusters.append(row.name)
            case .lastAPIServer: impact.losesLastAPIServer = true
            case .clusterDNS: impact.losesClusterDNS = true
            case .ingressController: impact.ingressClasses.append(row.name)
            case .gateway: impact.gateways.append(row.name)
            }
        }
        impact.broken.sort()
        impact.singleReplicas.sort()
        return impact
    }

    /// Everything that a single node would take along though it is not meant to survive that: it wants one replica, or is
    /// exempt.
    var singleReplicas: LostObjects {
        impact(of: .cluster, .meantByNode, .hostsMeantByNode) { $0.node >= 0 }.singleReplicas
    }

    /// What draining the node at a position would meet.
    func drainImpact(ofNode position: Int) -> DrainImpact {
        var impact = DrainImpact(node: FindingObject(kind: "Node", name: nodes.names[position]))
        let counts = nodes.drains[position]
        impact.pods = Int(counts.pods)
        impact.isSafe = counts.isSafe
        for obstacle in DrainObstacle.allCases where counts[obstacle] > 0 {
            impact.obstacles[obstacle] = Int(counts[obstacle])
        }
        impact.details = obstacles.filter { $0.node == Int32(position) }
            .map { row in
                var detail = row.detail
                if row.refusal >= 0 { detail.reason = refusals[Int(row.refusal)] }
                return detail
            }
            .sorted { left, right in
                if left.obstacle != right.obstacle { return left.obstacle.position < right.obstacle.position }
                return LostObjects.isBefore(left.object, right.object)
            }
        return impact
    }
}

extension LossImpact {
    fileprivate subscript(isMeant isMeant: Bool) -> LostObjects {
        get { isMeant ? broken : singleReplicas }
        _modify { if isMeant { yield &broken } else { yield &singleReplicas } }
    }
}

extension LostObjects {
    static func isBefore(_ left: FindingObject, _ right: FindingObject) -> Bool {
        (left.namespace, left.name, left.kind) < (right.namespace, right.name, right.kind)
    }

    fileprivate mutating func sort() {
        hosts.sort(by: Self.isBefore)
        applications.sort(by: Self.isBefore)
        services.sort(by: Self.isBefore)
        workloads.sort(by: Self.isBefore)
    }
}
