extension SimulatorState {
    /// Begins a fault.
    mutating func inject(_ fault: SimulatedFault) throws(SimulatedFaultError) {
        guard !isActive(fault) else { return }
        try apply(fault)
        if !fault.isOneShot { faults.append(fault) }
        updateLostServers()
        for id in openWatches(nil) {
            if let watch = watches[id], !cluster.isAPIServerUp(watch.server) { end(id, isCut: true) }
        }
        deliver()
    }

    private mutating func apply(_ fault: SimulatedFault) throws(SimulatedFaultError) {
        switch fault {
        case .zoneLost(let name):
            for node in try nodes(ofZone: name) { cluster.loseNode(node) }
        case .nodeLost(let name): cluster.loseNode(try node(name))
        case .apiServerLost(let name):
            _ = try master(name)
            cluster.schedule(.refreshAPIServerEndpoints, after: .seconds(15))
        case .etcdMemberLost(let name), .etcdMemberHangs(let name), .etcdAlarm(let name, _): _ = try master(name)
        case .cordoned(let name): cluster.setCordoned(try node(name), true)
        case .writesFrozen: cluster.isFrozen = true
        case .garbage(let resource):
            for id in openWatches(resource) { watches[id]?.continuation.yield(garbageFrame()) }
        case .watchesSilent(let resource):
            for id in openWatches(resource) { watches[id]?.isSilent = true }
        case .watchesCut(let resource):
            for id in openWatches(resource) { cut(id) }
        case .watchesExpired(let resource):
            for id in openWatches(resource) {
                guard let watch = watches[id] else { continue }
                watch.continuation.yield(watch.error(.expiredWatch(watch.cursor, oldest: cluster.store.revision)))
                end(id)
            }
        case .compaction: cluster.store.compactAll()
        case .etcdRestored(let revision):
            guard (0...1_000_000_000_000).contains(revision) else {
                throw .badRequest("a revision is a number from 0 to 1000000000000, not \(revision)")
            }
            cluster.store.restore(to: revision)
            for id in openWatches(nil) { end(id, isCut: true) }
        case .hang, .tooManyRequests, .internalError, .forbidden, .tokenExpired: break
        case .etcdQuorumLost, .etcdMembersSilent, .apiServersLost: break
        }
    }

    /// Sets which API servers and etcd members are lost or suspended to what the faults that last come to.
    private mutating func updateLostServers() {
        let masters = Set(0..<cluster.plan.masters)
        cluster.lostAPIServers = []
        cluster.lostMembers = []
        cluster.suspendedMembers = []
        for fault in faults {
            switch fault {
            case .apiServerLost(let name):
                cluster.lostAPIServers.formUnion(cluster.node(named: name).map { [$0] } ?? [])
            case .apiServersLost: cluster.lostAPIServers = masters
            case .etcdMemberLost(let name): cluster.lostMembers.formUnion(cluster.node(named: name).map { [$0] } ?? [])
            case .etcdMemberHangs(let name):
                cluster.suspendedMembers.formUnion(cluster.node(named: name).map { [$0] } ?? [])
            case .etcdQuorumLost: cluster.suspendedMembers.formUnion(masters.subtracting([0]))
            case .etcdMembersSilent: cluster.suspendedMembers = masters
            default: continue
            }
        }
        noteQuorum()
    }

    /// Remembers since when etcd has no quorum.
    mutating func noteQuorum() {
        quorumLostAt = cluster.hasQuorum ? nil : quorumLostAt ?? cluster.now
    }

    /// Ends a fault; does nothing where it does not last.
    mutating func clear(_ fault: SimulatedFault) {
        guard let index = faults.firstIndex(of: fault) else { return }
        faults.remove(at: index)
        updateLostServers()
        switch fault {
        case .zoneLost, .nodeLost:
            for node in cluster.nodes.indices where !isStillLost(node) { cluster.recoverNode(node) }
            cluster.writeChangedWorkloads()
        case .apiServerLost, .apiServersLost: cluster.writeAPIServerEndpoints()
        case .cordoned(let name):
            if let node = try? node(name) { cluster.setCordoned(node, false) }
        case .writesFrozen: cluster.isFrozen = false
        case .watchesSilent(let resource):
            for id in openWatches(resource) { watches[id]?.isSilent = false }
        default: break
        }
        // Whatever was waited for, those who still must wait do so again.
        noteQuorum()
        for request in waiting { request.gate.finish() }
        waiting = []
        deliver()
    }

    private func isStillLost(_ node: Int) -> Bool {
        faults.contains { fault in
            switch fault {
            case .nodeLost(let name): cluster.nodes[node].name == name
            case .zoneLost(let name): cluster.plan.zoneName(cluster.nodes[node].zone) == name
            default: false
            }
        }
    }

    private func openWatches(_ resource: SimulatedResource?) -> [Int] {
        watches.keys.sorted().filter { resource == nil || watches[$0]?.resource == resource }
    }

    /// Sends the first half of a frame and breaks the connection.
    private mutating func cut(_ id: Int) {
        guard let watch = watches[id] else { return }
        let object = cluster.store.objects(watch.resource).first { watch.wants($0) }
        let frame =
            object.map { watch.frame("MODIFIED", raw: $0.payload) }
            ?? watch.bookmark(watch.cursor, endsInitialEvents: false)
        watch.continuation.yield(Array(frame.prefix(frame.count / 2)))
        end(id, isCut: true)
    }

    /// A frame of the right length with contents that are no protobuf: its first tag has field number 0.
    private mutating func garbageFrame() -> [UInt8] {
        [0, 0, 0, 64] + garbageBytes(64)
    }

    /// Bytes that no decoder takes.
    mutating func garbageBytes(_ count: Int) -> [UInt8] {
        [0x07] + (1..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }

    private func node(_ name: String) throws(SimulatedFaultError) -> Int {
        guard let index = cluster.node(named: name) else { throw .unknownName(name, expected: "node") }
        return index
    }

    /// The number of a control-plane node, counted from 0: masters are the first nodes.
    private func master(_ name: String) throws(SimulatedFaultError) -> Int {
        guard let index = cluster.node(named: name), cluster.nodes[index].master != nil else {
            throw .unknownName(name, expected: "control-plane node")
        }
        return index
    }

    private func nodes(ofZone name: String) throws(SimulatedFaultError) -> [Int] {
        let found = cluster.nodes.indices.filter { cluster.plan.zoneName(cluster.nodes[$0].zone) == name }
        guard !found.isEmpty else { throw .unknownName(name, expected: "zone") }
        return found
    }
}
