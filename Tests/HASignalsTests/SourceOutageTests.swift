import ClusterState
import Exposition
import HASignals
import TestFixtures
import Testing

/// Each source is switched off in turn, in each state that it can be off in, and what is left is compared with the
/// contract: its families gone, its rules not evaluated, its areas unknown, everything else as it was.
struct SourceOutageTests {
    struct Outage: CustomTestStringConvertible, Sendable {
        var source: Source
        var state: SourceState

        var testDescription: String { "\(source.rawValue) \(state.rawValue)" }
    }

    static let outages: [Outage] = {
        let used = Set(
            (allAreas.flatMap { $0.families } as [any AnyFamily]).flatMap { $0.descriptor.sources }
                .flatMap { SourceNeed($0)?.sources ?? [] }
        )
        return used.sorted { $0.rawValue < $1.rawValue }
            .flatMap { source in
                SourceState.allCases.filter { $0 != .ok }.map { Outage(source: source, state: $0) }
            }
    }()

    struct Series: Hashable, CustomStringConvertible {
        var name: String
        var labels: [String: String]

        var description: String {
            "\(name){\(labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ","))}"
        }
    }

    static func samples(_ snapshot: SignalSnapshot) -> [Series: Double] {
        var result: [Series: Double] = [:]
        snapshot.table.forEachSample { sample in
            let labels = Dictionary(uniqueKeysWithValues: sample.labels.map { ("\($0.name)", $0.value) })
            result[Series(name: "\(sample.family.name)", labels: labels)] = sample.value
        }
        return result
    }

    /// With every source as it was recorded.
    static let before = Result { SignalRunner.collect(try RecordedSignalsTests.cluster(.degraded)) }

    static let areaFamilies = Dictionary(
        uniqueKeysWithValues: allAreas.flatMap { $0.families }.map { ("\($0.descriptor.name)", $0.descriptor) }
    )

    /// Whether the contract takes the series away with the source.
    static func isTaken(_ series: Series, by source: Source, _ state: SourceState) -> Bool {
        guard let family = areaFamilies[series.name] else { return false }
        for word in family.sources {
            guard let need = SourceNeed(word) else { continue }
            switch need {
            case .one(let one): if one == source { return true }
            case .workloads: if kind(source) != nil, series.labels["workload_type"] == kind(source) { return true }
            // Without the Gateway API there are no routes.
            case .httpRoutes: if source == .httproutes, state != .absent { return true }
            case .webhookConfigurations:
                if let type = series.labels["webhook_type"], source.rawValue.hasPrefix(type) { return true }
            }
        }
        return false
    }

    static func kind(_ source: Source) -> String? {
        SourceNeed.workloadSources.contains(source) ? String(source.rawValue.dropLast()) : nil
    }

    /// What changes beyond the table, each for a reason that the table cannot say.
    static func isExcused(_ series: Series, _ source: Source) -> Bool {
        let family = areaFamilies[series.name]
        // The answers rest on whole areas.
        if ["kube_ha_survives", "kube_ha_maintenance_safe"].contains(series.name) { return true }
        let countsWorkloads = family?.sources.contains("workloads*") ?? false
        switch source {
        // One workload fewer to count, where the count is not by kind.
        case _ where kind(source) != nil && countsWorkloads && series.labels["workload_type"] == nil: return true
        // A Deployment's pods are told by its ReplicaSets, and so is a failure that only they report.
        case .replicasets:
            return countsWorkloads && series.labels["workload_type"] == "deployment"
                && (family?.sources.contains("pods") ?? false || series.name.hasSuffix("replica_failure"))
        // Pods name nodes too, but not those without pods.
        // So do attachments.
        case .nodes:
            return ["kube_ha_node_drain_blocking_pods", "kube_ha_volume_attachment_errors"].contains(series.name)
        // Where an API server lives is told by its lease or its pod.
        case .leases, .pods: return series.name == "kube_ha_control_plane_failure_tolerance"
        // Hosts of routes, where the Gateway API is said to be absent.
        case .httproutes: return family?.sources.contains("httproutes*") ?? false
        // Without members, etcd is seen from its pods alone.
        case .etcd: return series.name == "kube_ha_etcd_source_info"
        default: return false
        }
    }

    @Test(arguments: outages)
    func takesAwayWhatTheContractSays(_ outage: Outage) throws {
        let before = try Self.before.get()
        let after = SignalRunner.collect(
            try RecordedSignalsTests.cluster(.degraded) { $0.sources[outage.source]?.state = outage.state }
        )
        let old = Self.samples(before)
        let new = Self.samples(after)
        for (series, value) in old where Self.areaFamilies[series.name] != nil {
            if !outage.state.givesFamilies && Self.isTaken(series, by: outage.source, outage.state) {
                #expect(new[series] == nil, "\(series) should be gone")
            } else if !Self.isExcused(series, outage.source) {
                #expect(new[series] == value, "\(series) should be unchanged")
            }
        }
        for series in new.keys where Self.areaFamilies[series.name] != nil && old[series] == nil {
            #expect(Self.isExcused(series, outage.source), "\(series) should not be there")
        }
    }

    @Test(arguments: outages)
    func skipsTheRulesThatNeedIt(_ outage: Outage) throws {
        let cluster = try RecordedSignalsTests.cluster(.degraded) { $0.sources[outage.source]?.state = outage.state }
        let snapshot = SignalRunner.collect(cluster)
        let new = Self.samples(snapshot)
        for area in allAreas {
            for rule in area.rules {
                let series = Series(
                    name: "kube_ha_findings",
                    labels: [
                        "area": area.name.rawValue, "rule": "\(rule.name)", "severity": rule.severity.rawValue,
                    ]
                )
                if rule.needs.contains(where: { !$0.isMet(cluster.state) }) {
                    #expect(new[series] == nil, "\(rule.name) cannot be evaluated")
                    #expect(!snapshot.findings.contains { $0.rule == "\(rule.name)" }, "\(rule.name)")
                } else if area.suspendedRules(cluster).isEmpty {
                    #expect(new[series] != nil, "\(rule.name) can be evaluated")
                }
            }
        }
    }

    @Test(arguments: outages)
    func makesItsAreasUnknown(_ outage: Outage) throws {
        let before = try Self.before.get()
        let after = SignalRunner.collect(
            try RecordedSignalsTests.cluster(.degraded) { $0.sources[outage.source]?.state = outage.state }
        )
        for (old, new) in zip(before.areas, after.areas) {
            let area = try #require(allAreas.first { $0.name == new.name })
            let required = Set(
                area.families.flatMap { $0.descriptor.sources }.flatMap { SourceNeed($0)?.sources ?? [] }
            )
            .subtracting(area.optionalSources)
            let isRequired = required.contains(outage.source)
            if isRequired && outage.state.isUnknown {
                #expect(
                    new.status == .unknown || new.status == .critical,
                    "\(new.name.rawValue) is \(new.status.rawValue)"
                )
                #expect(new.unknownSources.contains { $0.source == outage.source })
            } else if !isRequired && old.status != .warning && new.status != .unknown {
                #expect(new.status == old.status, "\(new.name.rawValue)")
            }
        }
    }
}
