extension ScriptedCluster {
    /// Whether writes get through: an API server takes them and etcd stores them.
    var acceptsWrites: Bool {
        !isFrozen && hasQuorum && (0..<plan.masters).contains { isAPIServerUp($0) }
    }

    /// One tick of time. Nothing but the clock moves while writes are frozen; what came due meanwhile is done after.
    mutating func advanceOneTick() {
        tick += 1
        guard acceptsWrites else {
            if let late = scheduled.removeValue(forKey: tick) {
                scheduled[tick + 1, default: []].insert(contentsOf: late, at: 0)
            }
            return
        }
        for action in scheduled.removeValue(forKey: tick) ?? [] { perform(action) }
        owedChurn += churnRate / Double(Self.ticksPerSecond)
        while owedChurn >= 1 {
            owedChurn -= 1
            churnOnce()
        }
        writeChangedWorkloads()
        renewLeases()
        if tick % (10 * Self.ticksPerSecond) == 0 { store.compact(before: now - plan.historyRetention) }
    }

    /// One change of the everyday kind: two of three replace a pod, the third makes one unready for five seconds.
    mutating func churnOnce() {
        guard !pods.isEmpty else { return }
        for _ in 0..<16 {
            let slot = random.below(pods.count)
            let pod = pods[slot]
            let kind = workloads[pod.workload].kind
            guard pod.exists, pod.isReady, !pod.isTerminating, let node = pod.node, !nodes[node].isLost,
                kind == .deployment || kind == .statefulSet
            else { continue }
            if random.below(3) < 2 {
                replacePod(slot)
            } else {
                setReady(slot, false)
                schedule(.startPod(slot: slot, incarnation: pod.incarnation), after: .seconds(5))
            }
            return
        }
    }

    /// Kubelets and API servers renew every 10 s, each at its own moment; leaders every 2 s.
    private mutating func renewLeases() {
        for index in nodes.indices where (tick + Int64(index) * 7) % (10 * Self.ticksPerSecond) == 0 {
            guard !nodes[index].isLost else { continue }
            renew("kube-node-lease", nodes[index].name)
        }
        for master in 0..<plan.masters where (tick + Int64(master) * 13) % (10 * Self.ticksPerSecond) == 0 {
            if isAPIServerUp(master) { renew("kube-system", identityLease(master)) }
        }
        for (place, component) in ["kube-controller-manager", "kube-scheduler"].enumerated()
        where (tick + Int64(place) * 9) % (2 * Self.ticksPerSecond) == 0 {
            renewLeader(place, component)
        }
    }

    private mutating func renew(_ namespace: String, _ name: String) {
        let (wallTime, nanoseconds) = (wallTime, tick % Self.ticksPerSecond * 100_000_000)
        store.edit(.leases, namespace: namespace, name: name, at: now) { lease in
            lease.edit(2) { spec in
                spec.edit(4) { time in
                    time.set(1, wallTime)
                    time.set(2, nanoseconds)
                }
            }
        }
    }

    /// The holder renews; where its node is gone for the lease's 15 s, the next master takes over.
    private mutating func renewLeader(_ place: Int, _ component: String) {
        guard nodes[leaders[place]].isLost else {
            renew("kube-system", component)
            return
        }
        guard let lease = store.message(.leases, namespace: "kube-system", name: component),
            wallTime - (lease.integer(2, 4, 1) ?? 0) > lease.integer(2, 2) ?? 15,
            let next = (0..<plan.masters).first(where: { !nodes[$0].isLost })
        else { return }
        leaders[place] = next
        let (holder, wallTime) = ("\(nodes[next].name)_\(random.uid())", wallTime)
        store.edit(.leases, namespace: "kube-system", name: component, at: now) { lease in
            lease.edit(2) { spec in
                spec.set(1, holder)
                spec.edit(3) { $0.set(1, wallTime) }
                spec.edit(4) { $0.set(1, wallTime) }
                spec.set(5, (spec.integer(5) ?? 0) + 1)
            }
        }
    }
}
