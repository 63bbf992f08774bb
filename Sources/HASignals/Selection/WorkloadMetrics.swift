package import Exposition

/// `--workload-metrics`: the workloads that get series of their own. What is summed up over workloads stays.
package enum WorkloadMetrics: String, CaseIterable, Hashable, Sendable {
    case all
    /// Only workloads with a finding or a deficit.
    case atRisk = "at-risk"
    case none

    /// Whether the family is about single workloads.
    package static func isPerWorkload(_ family: any AnyFamily) -> Bool {
        family.descriptor.labels.map(\.description) == ["namespace", "workload", "workload_type"]
    }
}

extension CollectionContext {
    /// The workloads that `at-risk` keeps: those that a finding is about, and those with a deficit.
    func workloadsAtRisk(_ found: [Finding]) -> [Workload] {
        let objects = Set(found.map(\.object))
        return index.workloads.filter { workload in
            (workload.deficit ?? 0) > 0 || objects.contains(object(workload))
        }
    }
}
