package import ClusterState

/// A source that a family or rule is computed from, as `signals.tsv` writes it.
package enum SourceNeed: Hashable, Sendable {
    /// One source.
    case one(Source)
    /// `workloads*`: of each workload, the source of its own kind. Without one kind, the series of that kind are absent.
    case workloads
    /// `httproutes*`: HTTPRoutes where there is the Gateway API; that it is absent takes nothing away.
    case httpRoutes
    /// `webhookconfigurations*`: of each webhook, the source of its own kind.
    case webhookConfigurations

    /// The kinds of workload that have a source of their own.
    package static let workloadSources: [Source] = [
        .deployments, .statefulsets, .daemonsets, .replicasets, .replicationcontrollers,
    ]

    /// The kinds of webhook configuration.
    package static let webhookSources: [Source] = [
        .validatingwebhookconfigurations, .mutatingwebhookconfigurations,
    ]

    /// Reads the word that a family declares; nil for one that is no source.
    package init?(_ word: String) {
        switch word {
        case "workloads*": self = .workloads
        case "httproutes*": self = .httpRoutes
        case "webhookconfigurations*": self = .webhookConfigurations
        default:
            guard let source = Source(rawValue: word) else { return nil }
            self = .one(source)
        }
    }

    /// The sources that it means.
    package var sources: [Source] {
        switch self {
        case .one(let source): [source]
        case .workloads: Self.workloadSources
        case .httpRoutes: [.httproutes]
        case .webhookConfigurations: Self.webhookSources
        }
    }

    /// Whether a rule that runs over all of it can be evaluated: the source is ok, of workloads that of every kind but
    /// those that the operator excluded. Of webhook configurations one kind is enough, since each finding is about one
    /// webhook.
    package func isMet(_ state: ClusterState) -> Bool {
        guard self == .workloads else { return isPartlyMet(state) }
        return isPartlyMet(state)
            && sources.allSatisfy { Self.isOK($0, state) || state.status(of: $0).state == .disabled }
    }

    /// Whether a family that runs over all of it can be computed: of workloads, the source of every kind is ok.
    package func isWhollyMet(_ state: ClusterState) -> Bool {
        self == .workloads ? sources.allSatisfy { Self.isOK($0, state) } : isPartlyMet(state)
    }

    /// Whether the source is ok, or of several kinds at least one.
    package func isPartlyMet(_ state: ClusterState) -> Bool {
        if self == .httpRoutes, state.status(of: .httproutes).state == .absent { return true }
        return sources.contains { Self.isOK($0, state) }
    }

    private static func isOK(_ source: Source, _ state: ClusterState) -> Bool {
        state.status(of: source).state.givesFamilies
    }
}

/// A rule: what is found, how severe it is, the sources it is evaluated from, and what to do about it.
package struct Rule: Sendable {
    /// A stable kebab-case name.
    package let name: StaticString
    package let severity: Severity
    /// The sources that it is evaluated from. While one of them is not ok, the rule is not evaluated.
    package let needs: [SourceNeed]
    /// How long a finding lasts before its alert fires, so that a short problem causes no notification.
    package let `for`: Duration
    /// How long its alert keeps firing after the finding is gone, so that an intermittent one notifies once. 10 minutes for
    /// what mutes its consequences (deploy/prometheus/alertmanager.yaml), so that those are gone first; zero for most.
    package let keepFiringFor: Duration
    /// What it finds, in one sentence.
    package let summary: StaticString
    /// What to do, in one or two sentences that a person can act on.
    package let remedy: StaticString
    /// ``name`` and ``remedy`` as findings hold them. Made once: there may be hundreds of thousands.
    let texts: (name: String, remedy: String)

    /// Declares a rule. By default the finding stands for 1 minute where it is critical, which is the least there is, and
    /// for 15 minutes otherwise, before its alert fires.
    package init(
        _ name: StaticString,
        _ severity: Severity,
        needs: [SourceNeed],
        for pending: Duration? = nil,
        keepFiringFor: Duration = .zero,
        summary: StaticString,
        remedy: StaticString
    ) {
        self.name = name
        self.severity = severity
        self.needs = needs
        self.for = pending ?? (severity == .critical ? .minutes(1) : .minutes(15))
        self.keepFiringFor = keepFiringFor
        self.summary = summary
        self.remedy = remedy
        texts = (name.description, remedy.description)
    }
}

extension SourceNeed {
    package static let nodes = SourceNeed.one(.nodes)
    package static let pods = SourceNeed.one(.pods)
    package static let services = SourceNeed.one(.services)
    package static let endpointSlices = SourceNeed.one(.endpointslices)
    package static let budgets = SourceNeed.one(.poddisruptionbudgets)
    package static let apiServer = SourceNeed.one(.apiserver)
    package static let apiServerMetrics = SourceNeed.one(.apiservermetrics)
    package static let etcd = SourceNeed.one(.etcd)
    package static let leases = SourceNeed.one(.leases)
    package static let nodeLeases = SourceNeed.one(.nodeleases)
    package static let claims = SourceNeed.one(.persistentvolumeclaims)
    package static let volumes = SourceNeed.one(.persistentvolumes)
    package static let namespaces = SourceNeed.one(.namespaces)
    package static let networkPolicies = SourceNeed.one(.networkpolicies)
    package static let clusterRoles = SourceNeed.one(.clusterroles)
    package static let clusterRoleBindings = SourceNeed.one(.clusterrolebindings)
    package static let roles = SourceNeed.one(.roles)
    package static let roleBindings = SourceNeed.one(.rolebindings)
    package static let version = SourceNeed.one(.version)
    package static let apiServices = SourceNeed.one(.apiservices)
    package static let autoscalers = SourceNeed.one(.horizontalpodautoscalers)
}

extension Duration {
    /// So many minutes.
    static func minutes(_ count: Int) -> Duration { .seconds(60 * count) }
}
