/// The alerts about the exporter itself, about areas that it has lost sight of, and the gate for maintenance.
///
/// None of them mutes another alert: that a source is silent must not hide the outage that silenced it.
struct ExporterAlerts {
    let settings: RuleSettings

    init(_ settings: RuleSettings) {
        self.settings = settings
    }

    /// The rules of Prometheus.
    var all: [PrometheusRule] {
        [areaBlind, down, noLeader, sourceDown, collectionSlow, findingsNotListed, clientCertificateExpiring, unsafe]
    }

    private var areaBlind: PrometheusRule {
        alert(
            "KubeHAAreaBlind",
            "kube_ha:area_alarm == 2",
            for: .seconds(60),
            severity: "critical",
            summary: "The area {{ $labels.area }} was critical, and cannot be seen any more\(Self.ofCluster).",
            description: "What was critical there may still be: its alerts end because nobody sees it, not because "
                + "it is over. See kube_ha_exporter_source_state for the sources that are not ok."
        )
    }

    /// Says nothing of families: while no replica is scraped they are absent, and that proves nothing about the cluster.
    private var down: PrometheusRule {
        alert(
            "KubeHAExporterDown",
            """
            max by (cluster, job) (up{job="\(settings.job)"}) == 0
            or
            absent(up{job="\(settings.job)"})
            """,
            for: .seconds(5 * 60),
            severity: "critical",
            summary: "No replica of kube-ha-exporter is scraped\(Self.ofCluster).",
            description: "Findings are no longer known, and their alerts end though what they tell of may last."
        )
    }

    private var noLeader: PrometheusRule {
        alert(
            "KubeHAExporterNoLeader",
            "max by (cluster, job) (kube_ha_exporter_leader) == 0",
            for: .seconds(5 * 60),
            severity: "critical",
            summary: "No replica of kube-ha-exporter serves the metrics of the cluster\(Self.ofCluster).",
            description: "Each replica takes another one for the leader, or has no recent collection: findings are no "
                + "longer known, and their alerts end though what they tell of may last."
        )
    }

    private var sourceDown: PrometheusRule {
        alert(
            "KubeHAExporterSourceDown",
            "min by (cluster, job, source) (kube_ha_exporter_source_up) == 0",
            for: .seconds(15 * 60),
            severity: "warning",
            summary: "A replica of kube-ha-exporter cannot read the source {{ $labels.source }}\(Self.ofCluster).",
            description: "Areas that need it are unknown: what happens there raises no alert."
                + "{{ with printf "
                + "`max by (state) (kube_ha_exporter_source_state{cluster='%s',source='%s',state!='ok'} == 1)` "
                + "$labels.cluster $labels.source | query }} Its state is"
                + "{{ range . }} {{ .Labels.state }}{{ end }}.{{ end }}"
        )
    }

    private var collectionSlow: PrometheusRule {
        alert(
            "KubeHAExporterCollectionSlow",
            "max by (cluster, job) (kube_ha_exporter_collection_duration_seconds) > 10",
            for: .seconds(15 * 60),
            severity: "warning",
            summary: "A collection of kube-ha-exporter takes {{ $value | humanizeDuration }}\(Self.ofCluster).",
            description: "Collections are begun every 15 s by default: findings come late. Give the exporter more CPU, "
                + "or see kube_ha_exporter_collection_area_duration_seconds for the area that takes so long."
        )
    }

    private var findingsNotListed: PrometheusRule {
        alert(
            "KubeHAFindingsNotListed",
            "kube_ha:findings_not_listed > 0",
            for: .seconds(15 * 60),
            severity: "warning",
            summary: "{{ $value }} findings have no series, and no alert\(Self.ofCluster).",
            description: "There are more findings than --finding-series-limit lets out; the least severe are left out. "
                + "kube_ha_findings counts them by rule."
        )
    }

    private var clientCertificateExpiring: PrometheusRule {
        alert(
            "KubeHAClientCertificateExpiring",
            """
            min by (cluster, job, source) (kube_ha_exporter_client_certificate_expiry_timestamp_seconds) - time()
              < 7 * 24 * 3600
            """,
            for: .seconds(15 * 60),
            severity: "warning",
            summary: "The exporter's client certificate for {{ $labels.source }} expires in "
                + "{{ $value | humanizeDuration }}\(Self.ofCluster).",
            description: "From then on the source is unauthorized, and the areas that need it are unknown."
        )
    }

    /// A gate, and so without a time to wait: it is open only where somebody says so.
    private var unsafe: PrometheusRule {
        alert(
            "KubeHAMaintenanceUnsafe",
            """
            (
              group by (cluster) (up{job="\(settings.job)"})
              or
              absent(up{job="\(settings.job)"})
            )
            unless on (cluster) (kube_ha:maintenance_safe == 1)
            """,
            severity: "none",
            summary: "No node is to be taken out of service now\(Self.ofCluster).",
            description: "A node, a zone, the control plane or etcd is not whole, a drain is under way, or it is not "
                + "known. For kured and the like, which wait while an alert of this name fires; notify nobody."
        )
    }

    private static let ofCluster = "{{ with $labels.cluster }} (cluster {{ . }}){{ end }}"

    private func alert(
        _ name: String,
        _ expression: String,
        for pending: Duration = .zero,
        severity: String,
        summary: String,
        description: String
    ) -> PrometheusRule {
        PrometheusRule(
            output: .alert(name),
            expression: expression,
            for: pending,
            labels: ["severity": severity],
            annotations: [
                ("summary", summary), ("description", description),
                // Headings of Markdown are linked to in lower case.
                ("runbook_url", settings.runbookURL + "#" + name.lowercased()),
                ("dashboard_url", settings.dashboard("exporter")),
            ]
        )
    }
}
