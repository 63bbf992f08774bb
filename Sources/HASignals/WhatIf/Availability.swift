import ClusterState

/// How much of a host or application works, now and after the worst loss.
package struct Availability: Sendable, BitwiseCopyable {
    /// Backends of a host; workloads of an application that want replicas.
    package var parts: Int32
    /// Of these, those that work now: backends with a ready endpoint, workloads with an available replica.
    package var working: Int32
    /// Of those that work now, those that still would after the worst loss of a node, of a zone; −1 where that cannot be
    /// told.
    package var afterNodeLoss: Int32
    package var afterZoneLoss: Int32

    /// Creates an availability.
    package init(parts: Int32, working: Int32, afterNodeLoss: Int32 = -1, afterZoneLoss: Int32 = -1) {
        self.parts = parts
        self.working = working
        self.afterNodeLoss = afterNodeLoss
        self.afterZoneLoss = afterZoneLoss
    }
}

/// A backend of a host that has no ready endpoint now.
package struct BrokenBackend: Sendable {
    /// Position in ``SurvivalTable/hosts``.
    package var host: Int32
    package var service: FindingObject
    /// The first of the workloads that the Service selects; nil where none is known.
    package var workload: FindingObject?
}

extension SurvivalFacts {
    /// How many broken backends are kept: no more can be shown; ``Availability`` counts all.
    static let brokenBackendLimit = 500

    /// How much of each application works, by its position.
    func applicationAvailability(_ context: CollectionContext) -> [Availability] {
        applications.map { application in
            let working = application.workloads - application.unavailable
            let areZonesKnown = context.index.hasZones && application.areZonesKnown
            return Availability(
                parts: Int32(clamping: application.workloads),
                working: Int32(clamping: working),
                afterNodeLoss: Int32(clamping: max(0, working - application.worstNode)),
                afterZoneLoss: areZonesKnown ? Int32(clamping: max(0, working - application.worstZone)) : -1
            )
        }
    }

    /// How much of each host works, by its position.
    var hostAvailability: [Availability] {
        hosts.map { host in
            Availability(
                parts: Int32(clamping: host.backends),
                working: Int32(clamping: host.available),
                afterNodeLoss: host.survivingNode.map { Int32(clamping: $0) } ?? -1,
                afterZoneLoss: host.survivingZone.map { Int32(clamping: $0) } ?? -1
            )
        }
    }

    /// Names the application of each finding that is about one of its workloads.
    func linkApplications(_ findings: inout [Finding], _ context: CollectionContext) {
        struct Name: Hashable {
            var namespace: StringID
            var name: StringID
        }
        // Texts are made for none but the workloads that a finding may be about.
        let interner = context.state.interner
        let kinds = Set(Set(context.index.workloads.lazy.map(\.kind)).map(context.kindName))
        var names: Set<Name> = []
        for position in findings.indices where kinds.contains(findings[position].object.kind) {
            guard let namespace = interner.find(findings[position].object.namespace),
                let name = interner.find(findings[position].object.name)
            else { continue }
            names.insert(Name(namespace: namespace, name: name))
        }
        var positions: [FindingObject: Int32] = [:]
        for (position, workload) in context.index.workloads.enumerated() where applicationOfWorkload[position] >= 0 {
            guard names.contains(Name(namespace: workload.namespace, name: workload.name)) else { continue }
            positions[context.object(workload)] = applicationOfWorkload[position]
        }
        guard !positions.isEmpty else { return }
        for position in findings.indices where kinds.contains(findings[position].object.kind) {
            if let application = positions[findings[position].object] { findings[position].application = application }
        }
    }
}
