/// A NetworkPolicy: which pods it selects, and for which directions.
package struct NetworkPolicy: NamedRow, Hashable {
    package var meta: ObjectMeta
    /// `spec.podSelector`; an empty one selects every pod of the namespace.
    package var podSelector = LabelSelector()
    /// Which directions it isolates its pods in.
    package var directions: Directions

    /// The directions of traffic that a policy is about.
    package struct Directions: OptionSet, Hashable, Sendable, BitwiseCopyable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        package static let ingress = Directions(rawValue: 1 << 0)
        package static let egress = Directions(rawValue: 1 << 1)
    }

    /// Creates a policy.
    package init(meta: ObjectMeta, directions: Directions = .ingress) {
        self.meta = meta
        self.directions = directions
    }

    /// Works the directions out as the API server does (SetDefaults_NetworkPolicy): where `policyTypes` names none, it is
    /// Ingress, and Egress too if the policy has an egress rule.
    package static func directions(policyTypes: Directions?, hasEgressRules: Bool) -> Directions {
        policyTypes ?? (hasEgressRules ? [.ingress, .egress] : .ingress)
    }

    package func mark(_ marker: inout Marker) {
        meta.mark(&marker)
        podSelector.mark(&marker)
    }
}
