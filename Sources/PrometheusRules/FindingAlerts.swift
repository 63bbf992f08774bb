import HASignals

/// The alerts on findings: one of its own name for each critical rule, one for the other rules of an area that wait
/// equally long.
///
/// The severity of an alert is that of the series, so that a severity changed by `--rules-config` holds; findings of
/// severity info raise none.
struct FindingAlerts {
    /// An alert and the rules that raise it.
    struct Alert {
        let name: String
        /// Of one area; all alike in whether they are critical, and in `for`.
        let rules: [Rule]
        let area: AreaName
        /// The rules of the area that it leaves out; nil where it names its own.
        let excluded: [Rule]?
    }

    let settings: RuleSettings
    let alerts: [Alert]

    /// Makes the alerts for the rules of each area.
    init(_ settings: RuleSettings, _ areas: [(name: AreaName, rules: [Rule])]) {
        self.settings = settings
        alerts = areas.flatMap { Self.alerts($0.name, $0.rules) }
    }

    /// The rules of Prometheus.
    var all: [PrometheusRule] { alerts.map(rule) }

    /// How long warnings wait that no rule says otherwise of. Their alert takes in whatever rule of the area no other alert
    /// names, those of a newer exporter included.
    static let standardFor = Duration.seconds(15 * 60)

    private static func alerts(_ area: AreaName, _ rules: [Rule]) -> [Alert] {
        let critical = rules.filter { $0.severity == .critical }
        var named = critical.map { Alert(name: "KubeHA" + $0.alertWord, rules: [$0], area: area, excluded: nil) }
        let others = rules.filter { $0.severity != .critical }
        for pending in Set(others.map(\.for)).subtracting([standardFor]).sorted() {
            let ofThese = others.filter { $0.for == pending }
            let word = pending < standardFor ? "Degraded" : "ToImprove"
            named.append(Alert(name: "KubeHA\(area.alertWord)\(word)", rules: ofThese, area: area, excluded: nil))
        }
        let excluded = named.flatMap(\.rules)
        let rest = others.filter { $0.for == standardFor }
        if !rest.isEmpty {
            named.append(Alert(name: "KubeHA\(area.alertWord)AtRisk", rules: rest, area: area, excluded: excluded))
        }
        return named
    }

    private func rule(_ alert: Alert) -> PrometheusRule {
        let matchers: String
        if let excluded = alert.excluded {
            let names = excluded.map(\.name.description).joined(separator: "|")
            matchers = "area=\"\(alert.area.rawValue)\"" + (names.isEmpty ? "" : ", rule!~\"\(names)\"")
        } else if let only = alert.rules.first, alert.rules.count == 1 {
            matchers = "rule=\"\(only.name)\""
        } else {
            matchers = "rule=~\"\(alert.rules.map(\.name.description).joined(separator: "|"))\""
        }
        return PrometheusRule(
            output: .alert(alert.name),
            expression: "kube_ha:finding_with_cause{\(matchers), severity!=\"info\"}",
            for: alert.rules.map(\.for).max() ?? Self.standardFor,
            keepFiringFor: alert.rules.map(\.keepFiringFor).max() ?? .zero,
            annotations: FindingAnnotations(settings, alert.area, alert.rules).all
        )
    }
}

extension Rule {
    /// Its name as a part of an alert's: `EtcdQuorumLost`.
    var alertWord: String { AlertWord.joined(name.description.split(separator: "-")) }
}

extension AreaName {
    /// Its name as a part of an alert's.
    var alertWord: String {
        switch self {
        case .replicas: "Workloads"
        case .daemonsets: "DaemonSets"
        default: AlertWord.joined(rawValue.split(separator: "_"))
        }
    }
}

/// Words of alert names.
private enum AlertWord {
    /// Words that Kubernetes writes otherwise than with one capital.
    private static let spellings: [Substring: String] = [
        "apiserver": "APIServer", "dns": "DNS", "rbac": "RBAC", "statefulset": "StatefulSet",
    ]

    static func joined(_ words: [Substring]) -> String {
        words.map { spellings[$0] ?? $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}
