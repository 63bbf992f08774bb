import HASignals

/// The texts of an alert on findings, as templates of Prometheus.
struct FindingAnnotations {
    private let settings: RuleSettings
    private let area: AreaName
    private let rules: [Rule]

    init(_ settings: RuleSettings, _ area: AreaName, _ rules: [Rule]) {
        self.settings = settings
        self.area = area
        self.rules = rules
    }

    /// summary, description, runbook_url and dashboard_url.
    var all: [(name: String, text: String)] {
        [
            ("summary", Self.object + ": " + perRule { $0.summary.description } + Self.ofCluster),
            ("description", values + Self.cause + Self.consequences + perRule { $0.remedy.description }),
            ("runbook_url", settings.runbookURL + "#{{ $labels.rule }}"),
            ("dashboard_url", settings.dashboard(area.dashboard)),
        ]
    }

    /// `Deployment shop/web`, `Node worker-1`, `Cluster`.
    private static let object =
        "{{ $labels.kind }}{{ with $labels.name }} {{ with $labels.namespace }}{{ . }}/{{ end }}{{ . }}{{ end }}"

    private static let ofCluster = "{{ with $labels.cluster }} (cluster {{ . }}){{ end }}"

    /// What explains the finding, where that is another object.
    private static let cause =
        "{{ if and $labels.cause_kind (or (ne $labels.cause_kind $labels.kind) (ne $labels.cause_name $labels.name)) }}"
        + "Its cause is {{ $labels.cause_kind }}{{ with $labels.cause_name }} {{ with $labels.cause_namespace }}{{ . }}/"
        + "{{ end }}{{ . }}{{ end }}. {{ end }}"

    /// What the finding's object takes along: the findings about other objects whose root cause it is. Asked for only
    /// where the object is a cause, so that a thousand consequences do not ask a thousand times.
    private static let consequences =
        "{{ if and (eq $labels.cause_kind $labels.kind) (eq $labels.cause_name $labels.name) }}"
        + "{{ with printf `kube_ha:finding_cause{cluster='%[1]s',cause_kind='%[2]s',cause_namespace='%[3]s',"
        + "cause_name='%[4]s'} unless kube_ha:finding_cause{kind='%[2]s',namespace='%[3]s',name='%[4]s'}` "
        + "$labels.cluster $labels.kind $labels.namespace $labels.name | query | sortByLabel `rule` }}"
        + "It takes along {{ len . }} more:"
        + "{{ range $index, $found := . }}{{ if lt $index 5 }}{{ if $index }},{{ end }} {{ $found.Labels.rule }} of "
        + "{{ $found.Labels.kind }}{{ with $found.Labels.name }} {{ with $found.Labels.namespace }}{{ . }}/{{ end }}{{ . }}"
        + "{{ end }}{{ end }}{{ end }}{{ if gt (len .) 5 }}, …{{ end }}. {{ end }}{{ end }}"

    /// The numbers behind the finding, where there are some.
    private var values: String {
        let known = rules.filter { FindingValues.template($0.name.description) != nil }
        guard !known.isEmpty else { return "" }
        return Self.chosen(by: known) { FindingValues.template($0.name.description) ?? "" }
    }

    /// The text of the alert's rule, of which there may be several; the rule's name for one that a newer exporter adds.
    private func perRule(_ text: (Rule) -> String) -> String {
        rules.count == 1 && rules[0].severity == .critical
            ? text(rules[0]) : Self.chosen(by: rules, else: "{{ $labels.rule }}", text)
    }

    private static func chosen(by rules: [Rule], else other: String = "", _ text: (Rule) -> String) -> String {
        var template = ""
        for (position, rule) in rules.enumerated() {
            template += "{{ \(position == 0 ? "" : "else ")if eq $labels.rule `\(rule.name)` }}" + text(rule)
        }
        return template + (other.isEmpty ? "" : "{{ else }}" + other) + "{{ end }}"
    }
}

extension RuleSettings {
    /// The address of a dashboard for the cluster of an alert.
    func dashboard(_ name: String) -> String {
        dashboardURL + "/kube-ha-\(name)?var-cluster={{ $labels.cluster }}"
    }
}

extension AreaName {
    /// The dashboard that shows the area, by the end of its uid.
    var dashboard: String {
        switch self {
        case .controlPlane, .etcd, .upgrades: "control-plane"
        case .replicas, .rollouts, .daemonsets, .services, .ingress, .zones: "workloads"
        case .nodes, .disruptionBudgets, .storage, .storageClasses: "nodes"
        case .survival: "survival"
        default: "overview"
        }
    }
}
