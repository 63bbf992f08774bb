import HASignals

extension ReportDocument {
    /// A line of the headline.
    struct HeadlineItem: Encodable, Sendable {
        let subject: String
        let answer: String
        let detail: String
        /// Of an event whose answer is known: how many nodes or zones it can happen to, with how many of them something
        /// would be lost that is meant to survive, with how many nothing at all.
        let cases: Int?
        let breaking: Int?
        let harmless: Int?
        /// The worst case; left out where none costs anything.
        let worst: Loss?
        let worstDrain: Drain?

        init(_ line: HeadlineLine) {
            let verdict = line.verdict.flatMap { $0.answer == .unknown ? nil : $0 }
            subject = line.subject.rawValue
            answer = line.answer.rawValue
            detail = line.detail
            cases = verdict?.cases
            breaking = verdict?.breaking
            harmless = verdict?.harmless
            worst = line.worstLoss.map { Loss($0, line.answer, "") }
            worstDrain = line.worstDrain.map { Drain($0, $0.isSafe ? .yes : .no, "") }
        }
    }

    /// Objects that are lost together.
    struct Lost: Encodable, Sendable {
        let hosts: [Object]
        let applications: [Object]
        let services: [Object]
        let workloads: [Object]

        init(_ lost: LostObjects) {
            hosts = lost.hosts.map(Object.init)
            applications = lost.applications.map(Object.init)
            services = lost.services.map(Object.init)
            workloads = lost.workloads.map(Object.init)
        }
    }

    /// What the loss of one node or zone would take along.
    struct Loss: Encodable, Sendable {
        let place: Object
        /// Whether everything survives that is meant to.
        let answer: String
        /// Why that is unknown; empty where it is known.
        let reason: String
        /// What is meant to survive and would not.
        let broken: Lost
        /// What wants a single replica, or is exempt.
        let singleReplicas: Lost
        let etcdClusters: [String]
        let losesLastApiserver: Bool
        let losesClusterDns: Bool
        let ingressClasses: [String]
        let gateways: [String]

        init(_ impact: LossImpact, _ answer: SurvivalAnswer, _ reason: String) {
            place = Object(impact.place)
            self.answer = answer.rawValue
            self.reason = reason
            broken = Lost(impact.broken)
            singleReplicas = Lost(impact.singleReplicas)
            etcdClusters = impact.etcdClusters
            losesLastApiserver = impact.losesLastAPIServer
            losesClusterDns = impact.losesClusterDNS
            ingressClasses = impact.ingressClasses
            gateways = impact.gateways
        }
    }

    /// What draining one node would meet.
    struct Drain: Encodable, Sendable {
        let node: Object
        /// Whether it is safe.
        let answer: String
        /// Why that is unknown; empty where it is known.
        let reason: String
        /// Pods that would be moved.
        let pods: Int
        /// How many pods or workloads each obstacle is met with, by the label value of the metric.
        let obstacles: [String: Int]
        let details: [Detail]

        init(_ impact: DrainImpact, _ answer: SurvivalAnswer, _ reason: String) {
            node = Object(impact.node)
            self.answer = answer.rawValue
            self.reason = reason
            pods = impact.pods
            obstacles = Dictionary(uniqueKeysWithValues: impact.obstacles.map { ($0.key.rawValue, $0.value) })
            details = impact.details.map { Detail($0) }
        }
    }

    /// A pod or workload that is an obstacle to a drain.
    struct Detail: Encodable, Sendable {
        let obstacle: String
        let object: Object
        /// Which budgets refuse the eviction; left out of other obstacles.
        let reason: String?

        init(_ detail: DrainDetail) {
            obstacle = detail.obstacle.rawValue
            object = Object(detail.object)
            reason = detail.reason.isEmpty ? nil : detail.reason
        }
    }

    /// Whether the cluster can be upgraded, and what stands against it.
    struct Upgrade: Encodable, Sendable {
        /// Minor version of the newest API server; left out where none told.
        let from: Int?
        let to: Int
        let answer: String
        let blockers: [UpgradeItem]
        let cautions: [UpgradeItem]
        /// What cannot be told.
        let unknown: [String]

        init(_ plan: UpgradePlan) {
            from = plan.current?.upperBound
            to = plan.target
            answer = plan.answer.rawValue
            blockers = plan.blockers.map(UpgradeItem.init)
            cautions = plan.cautions.map(UpgradeItem.init)
            unknown = plan.unknown
        }
    }

    /// One obstacle to an upgrade.
    struct UpgradeItem: Encodable, Sendable {
        let topic: String
        let object: Object
        let message: String

        init(_ item: UpgradePlan.Item) {
            topic = item.topic.rawValue
            object = Object(item.object)
            message = item.message
        }
    }
}
