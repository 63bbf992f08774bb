package import ClusterState

/// A node as a map of the cluster shows it.
package struct NodeFacts: Sendable, BitwiseCopyable {
    /// Position in ``SurvivalTable/zones``; −1 where it has none.
    package var zone: Int32 = -1
    /// Pods bound to it that have not run to their end; −1 where pods are not known.
    package var pods: Int32 = -1
    /// Of these, those that are not healthy. See SIGNALS, «healthy pod».
    package var unhealthyPods: Int32 = 0
    package var role = NodeRole.worker
    package var problems: Problems = []

    /// What keeps a node from taking or running pods.
    package struct Problems: OptionSet, Sendable, BitwiseCopyable {
        package let rawValue: UInt8

        /// Creates a set.
        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Its condition Ready is False or missing.
        package static let notReady = Problems(rawValue: 1 << 0)
        /// Its condition Ready is Unknown: its kubelet is not heard of.
        package static let readyUnknown = Problems(rawValue: 1 << 1)
        package static let cordoned = Problems(rawValue: 1 << 2)
        package static let deleting = Problems(rawValue: 1 << 3)
        /// MemoryPressure, DiskPressure, PIDPressure or NetworkUnavailable is True.
        package static let pressure = Problems(rawValue: 1 << 4)
    }

    /// Creates the facts of a node of which nothing is known.
    package init() {}

    /// Whether it is Ready and takes pods.
    package var isHealthy: Bool { problems.isEmpty }

    /// Whether its pods run as far as is known: it is Ready.
    package var isUp: Bool { problems.isDisjoint(with: [.notReady, .readyUnknown]) }
}

extension NodeFacts {
    /// The facts of every node, by its position in the index.
    static func all(_ context: CollectionContext) -> [NodeFacts] {
        let index = context.index
        let arePodsKnown = context.isOK(.pods)
        return index.nodes.enumerated()
            .map { position, node in
                var facts = NodeFacts()
                facts.zone = Int32(index.zoneOfNode[position])
                facts.role = node.role
                if node.ready == .unknown {
                    facts.problems.insert(.readyUnknown)
                } else if !node.isReady {
                    facts.problems.insert(.notReady)
                }
                if node.isCordoned { facts.problems.insert(.cordoned) }
                if node.meta.isTerminating { facts.problems.insert(.deleting) }
                let conditions = [node.memoryPressure, node.diskPressure, node.pidPressure, node.networkUnavailable]
                if conditions.contains(.isTrue) { facts.problems.insert(.pressure) }
                guard arePodsKnown else { return facts }
                facts.pods = 0
                index.podsByNode.forEach(in: position) { number in
                    guard !index.pods[number].flags.isTerminal else { return }
                    facts.pods += 1
                    if !index.pods[number].isHealthy { facts.unhealthyPods += 1 }
                }
                return facts
            }
    }
}
