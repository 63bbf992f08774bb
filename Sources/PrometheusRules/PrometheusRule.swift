/// A rule of Prometheus: it records a series, or raises an alert while its expression has a result.
package struct PrometheusRule: Sendable {
    /// What becomes of the result.
    package enum Output: Hashable, Sendable {
        /// A series of this name.
        case record(String)
        /// An alert of this name.
        case alert(String)
    }

    package let output: Output
    /// PromQL, which may take several lines.
    package let expression: String
    /// How long the expression has a result before the alert fires.
    package var `for`: Duration = .zero
    /// How long the alert goes on after that.
    package var keepFiringFor: Duration = .zero
    /// Labels beside those of the expression, in the order in which they are written.
    package var labels: KeyValuePairs<String, String> = [:]
    /// Texts for people, templates of Prometheus, in the order in which they are written.
    package var annotations: [(name: String, text: String)] = []
}

/// Rules that Prometheus evaluates one after the other, at the same time.
package struct RuleGroup: Sendable {
    package let name: String
    package let rules: [PrometheusRule]
}

/// What the rules are written for.
package struct RuleSettings: Sendable {
    /// The label `job` of the exporter's targets.
    package var job = "kube-ha-exporter"
    /// Where the runbook is read: `#` and the name of a rule or alert are added.
    package var runbookURL = "https://example.com/kube-ha-exporter/runbook.md"
    /// Where Grafana shows dashboards: `/` and the dashboard's uid are added.
    package var dashboardURL = "https://grafana.example.com/d"

    /// Creates the defaults, whose addresses are examples.
    package init() {}
}
