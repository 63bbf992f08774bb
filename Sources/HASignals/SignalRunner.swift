package import ClusterState
package import Exposition

/// The result of one collection: samples, findings, and the status of each area.
package struct SignalSnapshot: Sendable {
    /// Every family's samples, those about findings and areas included.
    package var table: SampleTable
    /// In the order of ``Finding/sort(_:)``.
    package var findings: [Finding]
    /// What each exemption of `--rules-config` silenced, in the order of the file.
    package var exemptions: [ExemptionUse] = []
    /// The status of each area, in the order of the guidance.
    package var areas: [AreaReport]
    /// Whether the control plane was seen not to write, or could not be seen to: see ``Observations/freeze()``.
    package var isFrozen: Bool
    /// When it was collected.
    package var now: Timestamp
    /// What the cluster would survive.
    package var survival = SurvivalVerdict()
    /// What an upgrade depends on.
    package var upgrade = UpgradeFacts()

    /// The exemptions of `--rules-config` that silence nothing, though everything was read that they could be about.
    package var unusedExemptions: [Exemption] { exemptions.filter(\.isUnused).map(\.exemption) }
}

/// The status of an area.
package struct AreaReport: Sendable {
    package var name: AreaName
    package var status: AreaStatus
    /// The required sources that are not ok, with their states: why it is unknown.
    package var unknownSources: [(source: Source, state: SourceState)]
    /// How many findings each evaluated rule raised.
    package var findings: [String: Int]
    /// How many of its rules are switched on; those in ``findings`` could be evaluated.
    package var ruleCount: Int
    /// Why it is unknown although its sources are ok, in a sentence for people; nil where that is not so.
    package var reason: String?

    /// The share of the rules switched on that could be evaluated: how much the status is worth. nil where the area means
    /// nothing here or every rule is switched off.
    package var evaluatedRatio: Double? {
        status == .notApplicable || ruleCount == 0 ? nil : Double(findings.count) / Double(ruleCount)
    }
}

/// Runs the areas over a cluster.
///
/// Takes a ``CollectionContext`` and returns a ``SignalSnapshot``: samples, findings, and a status for each area. What is
/// common to all areas is done here and nowhere else: families without their sources are dropped, rules without theirs
/// are skipped, and the operator's selection and exemptions are applied.
package enum SignalRunner {
    static let ruleLabels = LabelNames(["area", "rule", "severity"])
    static let findingLabels = LabelNames(["area", "rule", "severity", "kind", "namespace", "name"])
    static let causeLabels = LabelNames([
        "area", "rule", "kind", "namespace", "name", "cause_kind", "cause_namespace", "cause_name",
    ])
    static let statusLabels = LabelNames(["area", "status"])
    static let areaLabels = LabelNames(["area"])

    static let finding = Family(
        "kube_ha_finding",
        .gauge,
        labels: findingLabels,
        help: "1 for each finding raised now; critical and warning, info only with --finding-series all."
    )
    static let findingCause = Family(
        "kube_ha_finding_cause",
        .gauge,
        labels: causeLabels,
        help: "1 for each finding that has a series: the object that explains it in the end, itself where none does."
    )
    static let findings = Family(
        "kube_ha_findings",
        .gauge,
        labels: ruleLabels,
        help: "Findings raised by the rule; absent where it could not be evaluated."
    )
    static let notListed = Family(
        "kube_ha_findings_not_listed",
        .gauge,
        help: "Findings beyond --finding-series-limit, which have no series."
    )
    static let areaStatus = Family(
        "kube_ha_area_status",
        .gauge,
        labels: statusLabels,
        help: "1 for the status that the area has, 0 for the others: ok, warning, critical, unknown, not_applicable."
    )

    static let evaluatedRatio = Family(
        "kube_ha_area_rules_evaluated_ratio",
        .gauge,
        labels: areaLabels,
        help: "Rules of the area that could be evaluated, over all that are switched on: how much its status is worth."
    )

    /// Families about findings and areas, after those of the areas.
    package static let families: [any AnyFamily] = [
        finding, findingCause, findings, notListed, areaStatus, evaluatedRatio,
    ]

    /// Every family that depends on the cluster, in the order of exposition.
    package static var allFamilies: [any AnyFamily] {
        allAreas.flatMap { $0.families } + families
    }

    /// The areas that are unknown rather than ok while the control plane does not write: what they read may be outdated.
    static let frozenAreas: Set<AreaName> = [
        .replicas, .rollouts, .daemonsets, .services, .ingress, .nodes, .disruptionBudgets, .storage, .zones,
        .survival,
    ]
    /// Why nothing can be called ok then.
    static let frozenReason = "the control plane does not write or cannot be seen to: what was read may be old"

    /// Collects every area.
    ///
    /// - Parameters:
    ///   - context: What is known.
    ///   - areas: Which areas; all by default.
    ///   - earlier: The samples of an earlier collection, which tell how much room to make.
    ///   - measure: Runs one area's work; the caller may time it.
    ///   - onRefusal: Called with each sample that is refused; fails in debug builds unless another reaction is given.
    /// - Returns: The samples, the findings, and the status of each area.
    package static func collect(
        _ context: CollectionContext,
        areas: [any Area.Type] = allAreas,
        like earlier: SampleTable? = nil,
        measure: (AreaName, () -> Void) -> Void = { $1() },
        onRefusal: @escaping @Sendable (SinkRefusal) -> Void = { assertionFailure($0.description) }
    ) -> SignalSnapshot {
        var sink = Sink(families: areas.flatMap { $0.families } + families, like: earlier, onRefusal: onRefusal)
        for area in areas {
            for family in area.families where !isComputable(family, context.state) {
                sink.disable(family)
            }
        }
        deselect(areas, context.settings, &sink)
        var found: [Finding] = []
        var reports: [AreaReport] = []
        var lost: Set<FindingObject> = []
        var exemptions = ExemptionMatcher(context)
        var survival: SurvivalFacts?
        for area in areas {
            var severities: [String: Severity] = [:]
            let isApplicable = isApplicable(area, context)
            // Nothing is raised in an area that does not apply here.
            for rule in area.rules where isApplicable {
                let name = rule.name.description
                guard !context.settings.optOuts.disabledRules.contains(name),
                    rule.needs.allSatisfy({ $0.isMet(context.state) })
                else { continue }
                severities[name] = context.settings.optOuts.severities[name] ?? rule.severity
            }
            let suspended = area.suspendedRules(context)
            for name in suspended { severities[name] = nil }
            let first = found.count
            measure(area.name) {
                var output = SignalOutput(
                    sink: sink,
                    area: area.name,
                    context: context,
                    severities: severities,
                    findings: found,
                    exemptions: exemptions,
                    lost: lost
                )
                // These live in one place at a time: two holders would make each addition copy them.
                sink = Sink(families: [])
                found = []
                lost = []
                area.collect(context, into: &output)
                found = output.findings
                lost = output.lost
                exemptions = output.exemptions
                survival = output.survival ?? survival
                sink = output.sink
            }
            let raised = found[first...]
            var counts = severities.mapValues { _ in 0 }
            for (rule, count) in countByRule(raised) { counts[rule] = count }
            for rule in area.rules {
                let name = rule.name.description
                guard let severity = severities[name] else { continue }
                let labels = sink.labels(ruleLabels, [area.name.rawValue, name, severity.rawValue])
                sink.add(findings, labels, counts[name] ?? 0)
            }
            reports.append(report(area, isApplicable: isApplicable, context, raised, counts))
        }
        Finding.sort(&found)
        CauseFinder.link(&found, context)
        survival?.linkApplications(&found, context)
        let isFrozen = isFrozen(context, found, reports)
        if isFrozen { freeze(&reports) }
        let verdict = survival.map {
            SurvivalConclusion($0, context, reports, found, isFrozen: isFrozen).verdict
        }
        if let verdict { Survival.add(verdict, &sink) }
        if context.settings.workloadMetrics == .atRisk { keepWorkloadsAtRisk(areas, found, context, &sink) }
        addFindings(found, context.settings, &sink)
        addStatuses(reports, &sink)
        return SignalSnapshot(
            table: sink.finish(),
            findings: found,
            exemptions: exemptions.uses(areas, context),
            areas: reports,
            isFrozen: isFrozen,
            now: context.now,
            survival: verdict ?? SurvivalVerdict(),
            upgrade: UpgradeFacts(context)
        )
    }

    /// Whether every source that the family names is ok. Of `workloads*` one kind is enough for a family whose series are
    /// each of one kind; one that runs over all workloads needs every kind.
    static func isComputable(_ family: any AnyFamily, _ state: ClusterState) -> Bool {
        let isByKind = family.descriptor.labels.contains { $0.description == "workload_type" }
        return family.descriptor.sources.allSatisfy { word in
            guard let need = SourceNeed(word) else { return false }
            return isByKind ? need.isPartlyMet(state) : need.isWhollyMet(state)
        }
    }

    /// Disables the families that the operator does not want.
    private static func deselect(_ areas: [any Area.Type], _ settings: SignalSettings, _ sink: inout Sink) {
        for family in areas.flatMap({ $0.families }) + families {
            let isUnwanted =
                !settings.metrics.takes(family.descriptor.name.description)
                || (settings.workloadMetrics == .none && WorkloadMetrics.isPerWorkload(family))
            if isUnwanted { sink.disable(family) }
        }
    }

    /// Drops the series of workloads without findings and deficit. All findings have to be known, so this comes last.
    private static func keepWorkloadsAtRisk(
        _ areas: [any Area.Type],
        _ found: [Finding],
        _ context: CollectionContext,
        _ sink: inout Sink
    ) {
        let kept = context.workloadsAtRisk(found).map { context.labels($0, &sink) }
        let measured = Replicas.measuredFamilies.map { $0.descriptor.name.description }
        for family in areas.flatMap({ $0.families })
        where WorkloadMetrics.isPerWorkload(family) && !measured.contains(family.descriptor.name.description) {
            sink.keepOnly(kept, of: family)
        }
    }

    /// Whether the area applies: a source that it requires exists and was not excluded, and the area's own
    /// `isApplicable` holds.
    private static func isApplicable(_ area: any Area.Type, _ context: CollectionContext) -> Bool {
        let isMissing = area.requiredSources.allSatisfy {
            let state = context.state.status(of: $0).state
            return state == .absent || state == .disabled
        }
        return !isMissing && area.isApplicable(context)
    }

    private static func report(
        _ area: any Area.Type,
        isApplicable: Bool,
        _ context: CollectionContext,
        _ raised: ArraySlice<Finding>,
        _ counts: [String: Int]
    ) -> AreaReport {
        let required = area.requiredSources
        let unknown = required.filter { context.state.status(of: $0).state.isUnknown }
            .sorted { $0.rawValue < $1.rawValue }
            .map { (source: $0, state: context.state.status(of: $0).state) }
        // By position: an element of the slice is copied, with all its texts.
        func isRaised(_ severity: Severity) -> Bool { raised.indices.contains { raised[$0].severity == severity } }
        let status: AreaStatus
        if !isApplicable {
            status = .notApplicable
        } else if isRaised(.critical) {
            status = .critical
        } else if !unknown.isEmpty || area.undetermined(context) != nil {
            status = .unknown
        } else if isRaised(.warning) {
            status = .warning
        } else {
            status = .ok
        }
        return AreaReport(
            name: area.name,
            status: status,
            unknownSources: unknown,
            findings: counts,
            ruleCount: area.rules.count { !context.settings.optOuts.disabledRules.contains($0.name.description) },
            reason: status == .unknown && unknown.isEmpty ? area.undetermined(context) : nil
        )
    }

    /// The critical rules that mean that the control plane does not write, whatever their object.
    private static let freezingRules: Set<String> = [
        "cluster-writes-stalled", "etcd-quorum-lost", "etcd-no-leader", "apiserver-none-serving",
        "apiserver-requests-failing",
    ]

    /// Whether the control plane does not write, or cannot be seen to: then what it wrote last does not prove that
    /// anything is healthy. One round of probes in which no API server serves is enough, although the finding takes two.
    /// It ends when a lease is seen to change.
    private static func isFrozen(_ context: CollectionContext, _ found: [Finding], _ reports: [AreaReport]) -> Bool {
        let leases = context.state.status(of: .leases)
        return context.observations.isFrozen
            || leases.state == .failing || leases.state == .stale
            || (leases.state == .unreachable && leases.hasSynced)
            || (context.isControlPlaneEvaluated && context.isOK(.apiserver) && context.probes.isNoneServing)
            || reports.contains { report in freezingRules.contains { report.findings[$0, default: 0] > 0 } }
            || found.indices.contains { found[$0].area == .controlPlane && isFreezing(found[$0]) }
    }

    /// Whether the finding tells of a control plane that does not write, or that cannot be seen to.
    static func isFreezing(_ finding: Finding) -> Bool {
        freezingRules.contains(finding.rule)
            || finding.rule == "leader-lease-expired" && finding.object.name == "kube-controller-manager"
                && finding.object.namespace == "kube-system"
    }

    /// How many findings each rule raised. Those of a rule come one after the other as a rule.
    private static func countByRule(_ findings: ArraySlice<Finding>) -> [String: Int] {
        var counts: [String: Int] = [:]
        var (rule, count) = ("", 0)
        for position in findings.indices {
            if findings[position].rule != rule {
                counts[rule, default: 0] += count
                (rule, count) = (findings[position].rule, 0)
            }
            count += 1
        }
        counts[rule, default: 0] += count
        counts[""] = nil
        return counts
    }

    private static func freeze(_ reports: inout [AreaReport]) {
        for position in reports.indices
        where frozenAreas.contains(reports[position].name) && reports[position].status == .ok {
            reports[position].status = .unknown
            reports[position].reason = frozenReason
        }
    }

    private static func addFindings(_ found: [Finding], _ settings: SignalSettings, _ sink: inout Sink) {
        // Info comes last: without it those that are listed are the ones before it.
        let listedCount =
            settings.listsInfoFindings ? found.count : found.firstIndex { $0.severity == .info } ?? found.count
        for position in 0..<min(listedCount, settings.findingSeriesLimit) {
            let (area, rule) = (found[position].area.rawValue, found[position].rule)
            let object = found[position].object
            let labels = sink.labels(
                findingLabels,
                [area, rule, found[position].severity.rawValue, object.kind, object.namespace, object.name]
            )
            sink.add(Self.finding, labels, 1)
            let root = found[position].rootCause.object
            let caused = sink.labels(
                causeLabels,
                [area, rule, object.kind, object.namespace, object.name, root.kind, root.namespace, root.name]
            )
            sink.add(findingCause, caused, 1)
        }
        sink.add(notListed, max(0, listedCount - settings.findingSeriesLimit))
    }

    private static func addStatuses(_ reports: [AreaReport], _ sink: inout Sink) {
        for report in reports {
            for status in AreaStatus.allCases {
                let labels = sink.labels(statusLabels, [report.name.rawValue, status.rawValue])
                sink.add(areaStatus, labels, status == report.status)
            }
            if let ratio = report.evaluatedRatio {
                sink.add(evaluatedRatio, sink.labels(areaLabels, [report.name.rawValue]), ratio)
            }
        }
    }
}
