package import HASignals

/// A host or application of which not everything works now.
package struct Unavailable: Sendable {
    package var object: FindingObject
    package var availability: Availability
    /// What of it does not work: a Service without ready endpoint, or a workload; nil where that is not known.
    package var part: FindingObject?
    /// What is wrong with that part, in a sentence for people; empty where it is not known.
    package var message = ""
    /// What explains it in the end; nil where nothing is known to.
    package var cause: Cause?

    /// Whether nothing of it works.
    package var isDown: Bool { availability.working == 0 }

    /// The hosts and applications of a snapshot, those that are down first, then by kind and name.
    static func all(_ survival: SurvivalVerdict, _ findings: [Finding]) -> [Unavailable] {
        let table = survival.table
        var found: [Unavailable] = []
        var ofApplication: [Int32: Finding] = [:]
        var ofObject: [FindingObject: Finding] = [:]
        for finding in findings where finding.severity != .info {
            // The first is the worst.
            if finding.application >= 0, ofApplication[finding.application] == nil {
                ofApplication[finding.application] = finding
            }
            if ofObject[finding.object] == nil { ofObject[finding.object] = finding }
        }
        var broken: [Int32: BrokenBackend] = [:]
        for backend in table.brokenBackends where broken[backend.host] == nil { broken[backend.host] = backend }
        for (position, availability) in table.hostAvailability.enumerated()
        where availability.working < availability.parts {
            var item = Unavailable(object: table.hosts[position], availability: availability)
            if let backend = broken[Int32(position)] {
                item.part = backend.service
                item.message = "no ready endpoint"
                let finding = ofObject[backend.service] ?? backend.workload.flatMap { ofObject[$0] }
                item.cause = finding?.rootCause ?? backend.workload.map { Cause(object: $0, rule: "") }
            }
            found.append(item)
        }
        for (position, availability) in table.applicationAvailability.enumerated()
        where availability.working < availability.parts {
            var item = Unavailable(object: table.applications[position], availability: availability)
            if let finding = ofApplication[Int32(position)] {
                item.part = finding.object
                item.message = finding.message
                item.cause = finding.rootCause
            }
            found.append(item)
        }
        return found.sorted { left, right in
            if left.isDown != right.isDown { return left.isDown }
            let (one, other) = (left.object, right.object)
            if one.kind != other.kind { return one.kind == "Host" }
            return (one.namespace, one.name) < (other.namespace, other.name)
        }
    }
}
