/// Rules that record what alerts and dashboards read: families without the labels of the scrape, so that two replicas
/// double nothing and a hand-over from one to the other leaves no gap.
enum RecordingRules {
    /// All of them; each reads only what those before it recorded, and some what they recorded before themselves.
    static var all: [PrometheusRule] {
        bridged.map(bridge) + [maintenanceSafe, findingWithCause, areaAlarm]
    }

    /// The name under which a family is recorded.
    static func name(_ family: String) -> String {
        "kube_ha:" + family.dropFirst("kube_ha_".count)
    }

    /// The families that are recorded so, without the prefix of their names.
    private static let bridged = [
        "kube_ha_finding", "kube_ha_finding_cause", "kube_ha_findings", "kube_ha_findings_not_listed",
        "kube_ha_area_status", "kube_ha_area_rules_evaluated_ratio", "kube_ha_survives",
    ]

    /// The family as the replica that serves it tells it; while no replica does, which a hand-over takes, what was recorded
    /// last, for 5 minutes. It reads itself: `last_over_time` would bring back what ended within the 5 minutes too, such as
    /// the first of two causes of a finding, and the alert would begin anew.
    private static func bridge(_ family: String) -> PrometheusRule {
        PrometheusRule(
            output: .record(name(family)),
            expression: """
                max without (instance, pod, container) (\(family))
                or
                (
                  \(name(family))
                  and on (cluster) (max by (cluster) (max_over_time(kube_ha_exporter_leader[5m])) == 1)
                  unless on (cluster) (max by (cluster) (kube_ha_exporter_leader) == 1)
                )
                """
        )
    }

    /// Whether a node may be taken out. A gate is to close where nobody looks, so nothing is bridged here, and of two
    /// replicas that disagree the one that says no is believed.
    private static let maintenanceSafe = PrometheusRule(
        output: .record("kube_ha:maintenance_safe"),
        expression: "min without (instance, pod, container) (kube_ha_maintenance_safe)"
    )

    /// The labels that tell one finding from another, whatever its severity.
    private static let findingLabels = "cluster, area, rule, kind, namespace, name"

    /// Each finding with the labels of its root cause, or without them where the cause is not told. `topk` leaves one cause
    /// a finding: two replicas that disagree would make the join, and with it every alert, fail.
    private static let findingWithCause = PrometheusRule(
        output: .record("kube_ha:finding_with_cause"),
        expression: """
            kube_ha:finding
              * on (\(findingLabels)) group_left (cause_kind, cause_namespace, cause_name)
                topk by (\(findingLabels)) (1, kube_ha:finding_cause)
            or
            (kube_ha:finding unless on (\(findingLabels)) kube_ha:finding_cause)
            """
    )

    /// 1 for an area that is critical, 2 for one that is unknown and was critical, or so, at the evaluation before: an
    /// outage is not over because nobody sees it any more.
    private static let areaAlarm = PrometheusRule(
        output: .record("kube_ha:area_alarm"),
        expression: """
            max by (cluster, area) (kube_ha:area_status{status="critical"} == 1)
            or
            2 * (
              max by (cluster, area) (kube_ha:area_status{status="unknown"} == 1)
              and on (cluster, area) kube_ha:area_alarm
            )
            """
    )
}
