import HASignals

/// The alerting and recording rules for Prometheus. The rules of all areas and the addresses of runbook and dashboards go
/// in; a rule file for Prometheus, or the same as an object of the Prometheus operator, comes out. The files under
/// `deploy/prometheus` are written by it.
package struct RulesFile: Sendable {
    package let groups: [RuleGroup]
    private let version: String

    /// Makes the groups.
    ///
    /// - Parameters:
    ///   - settings: Job and addresses.
    ///   - version: That of the program, for the label `app.kubernetes.io/version` of the object.
    package init(_ settings: RuleSettings, version: String) {
        self.version = version
        let areas = allAreas.map { (name: $0.name, rules: $0.rules) }
        groups = [
            RuleGroup(name: "kube-ha-exporter.recording", rules: RecordingRules.all),
            RuleGroup(name: "kube-ha-exporter.findings", rules: FindingAlerts(settings, areas).all),
            RuleGroup(name: "kube-ha-exporter.exporter", rules: ExporterAlerts(settings).all),
        ]
    }

    private static let origin = """
        # Written by `kube-ha-exporter rules`; do not edit. Other addresses of runbook and dashboards: its flags
        # --runbook-url and --dashboard-url. What each alert means and what to do: deploy/runbook.md.

        """

    /// The file for `rule_files` of Prometheus.
    package var plain: String {
        var yaml = YAMLText()
        yaml.append(groups)
        return Self.origin + yaml.text
    }

    /// The object PrometheusRule (monitoring.coreos.com/v1).
    package var customResource: String {
        var yaml = YAMLText(indentation: 2)
        yaml.append(groups)
        return Self.origin + """
            apiVersion: monitoring.coreos.com/v1
            kind: PrometheusRule
            metadata:
              name: kube-ha-exporter
              namespace: kube-ha-exporter
              labels:
                app.kubernetes.io/name: kube-ha-exporter
                app.kubernetes.io/instance: kube-ha-exporter
                app.kubernetes.io/component: exporter
                app.kubernetes.io/part-of: kube-ha-exporter
                app.kubernetes.io/version: \(version)
            spec:

            """ + yaml.text
    }
}
