import ClusterState

/// The requests that the failure of an admission webhook would block. See SIGNALS, area 16.
struct WebhookReach {
    private let context: CollectionContext
    /// nil where they are not known.
    private let namespaces: [Namespace]?
    private let areEndpointsKnown: Bool
    /// What was found of each pair of selectors: configurations repeat them.
    private var reached: [Selectors: Bool?] = [:]

    private struct Selectors: Hashable {
        var namespaces: LabelSelector
        var objects: LabelSelector
    }

    init(_ context: CollectionContext) {
        self.context = context
        namespaces = context.isOK(.namespaces) ? context.state.namespaces.all : nil
        areEndpointsKnown = context.isOK(.services) && context.isOK(.endpointslices)
    }

    /// Ready endpoints of a webhook's Service: 0 where there is no such Service; nil for a webhook that is called by URL
    /// or at another name (ExternalName), and where endpoints are not known, as in a namespace that is not read.
    func endpoints(of webhook: AdmissionWebhook) -> Int? {
        guard areEndpointsKnown, let service = webhook.service else { return nil }
        let key = ServiceKey(namespace: service.namespace, name: service.name)
        if let position = context.index.servicePositions[key] { return context.index.services[position].ready }
        guard context.settings.reads(namespace: context.text(key.namespace)) else { return nil }
        var isExternal = false
        context.state.services.forEach { _, row in
            if row.meta.namespace == key.namespace && row.meta.name == key.name && row.type == .externalName {
                isExternal = true
            }
        }
        return isExternal ? nil : 0
    }

    /// Whether its failure stops pods from being created in some namespace; nil where that is not known: its
    /// matchConditions decide, or namespaces or what is created there are not known.
    mutating func blocksPods(_ webhook: AdmissionWebhook) -> Bool? {
        guard let namespaces else { return nil }
        guard webhook.failsClosed, webhook.matchesPodCreation else { return false }
        let key = Selectors(namespaces: webhook.namespaceSelector, objects: webhook.objectSelector)
        let reaches: Bool?
        if let known = reached[key] {
            reaches = known
        } else {
            let interner = context.state.interner
            let taken = namespaces.filter { webhook.namespaceSelector.matches($0.meta.labels, interner) }
            reaches = isCalledForPods(of: Set(taken.map(\.meta.name)), webhook.objectSelector)
            reached[key] = .some(reaches)
        }
        // What it is not called for needs no condition to be let through.
        return webhook.hasMatchConditions && reaches != false ? nil : reaches
    }

    /// Whether its failure stops pods from being created in the namespace of its own Service; nil where that cannot be
    /// told, see ``blocksPods(_:)``.
    func blocksItself(_ webhook: AdmissionWebhook) -> Bool? {
        guard let namespaces else { return nil }
        guard webhook.failsClosed, webhook.matchesPodCreation, let service = webhook.service,
            let own = namespaces.first(where: { $0.meta.name == service.namespace }),
            webhook.namespaceSelector.matches(own.meta.labels, context.state.interner)
        else { return false }
        let reaches = isCalledForPods(of: [own.meta.name], webhook.objectSelector)
        return webhook.hasMatchConditions && reaches != false ? nil : reaches
    }

    /// Whether its failure stops heartbeats: writes of nodes or of their status, or of leases in the namespaces of those of
    /// nodes and of the control plane. False where its matchConditions decide.
    func blocksHeartbeats(_ webhook: AdmissionWebhook) -> Bool {
        guard webhook.failsClosed, !webhook.hasMatchConditions else { return false }
        let interner = context.state.interner
        let selector = webhook.objectSelector
        // A namespaceSelector leaves out nothing that has no namespace (MatchNamespaceSelector in
        // apiserver/pkg/admission/plugin/webhook/predicates/namespace/matcher.go).
        if webhook.matchesNodeWrites,
            context.index.nodes.contains(where: { selector.matches($0.meta.labels, interner) })
        {
            return true
        }
        guard webhook.matchesLeaseWrites, let namespaces else { return false }
        let taken = Set(
            namespaces.filter { webhook.namespaceSelector.matches($0.meta.labels, interner) }.map(\.meta.name)
        )
        func isTaken(_ meta: ObjectMeta) -> Bool {
            taken.contains(meta.namespace) && selector.matches(meta.labels, interner)
        }
        let ofNodes = interner.find("kube-node-lease").map(taken.contains) ?? false
        let ofControlPlane = interner.find("kube-system").map(taken.contains) ?? false
        if selector.isEmpty { return ofNodes || ofControlPlane }
        return ofNodes && context.state.nodeLeases.all.contains { isTaken($0.meta) }
            || ofControlPlane && context.state.leases.all.contains { isTaken($0.meta) }
    }

    /// Whether an object selector takes in pods as they are created in some of the namespaces: an empty one takes in
    /// all, another one the template of a workload there or an unfinished pod there. nil where none is known to match
    /// and workloads or pods are not all known.
    private func isCalledForPods(of namespaces: Set<StringID>, _ selector: LabelSelector) -> Bool? {
        guard !namespaces.isEmpty else { return false }
        guard !selector.isEmpty else { return true }
        let interner = context.state.interner
        let isInTemplate = context.index.workloads.contains { workload in
            guard namespaces.contains(workload.namespace), let template = workload.template else { return false }
            return selector.matches(interner.template(template).labels, interner)
        }
        if isInTemplate { return true }
        let groups = context.index.labelGroups
        let isInPods = namespaces.contains { groups.hasUnfinishedPod(in: $0, selector, interner) }
        if isInPods { return true }
        let sources: [Source] = [
            .pods, .deployments, .statefulsets, .daemonsets, .replicasets, .replicationcontrollers,
        ]
        return sources.allSatisfy(context.isOK) ? false : nil
    }

    /// Whether the webhook is called for the pods behind its own Service as far as its object selector goes: an empty one
    /// takes in all, another one is matched against the templates of the workloads that the Service selects.
    func selectsOwnPods(_ webhook: AdmissionWebhook) -> Bool {
        guard !webhook.objectSelector.isEmpty else { return true }
        guard context.isOK(.services), let reference = webhook.service else { return false }
        let interner = context.state.interner
        var selector: LabelSelector?
        context.state.services.forEach { _, row in
            if row.meta.namespace == reference.namespace && row.meta.name == reference.name { selector = row.selector }
        }
        guard let selector, !selector.isEmpty else { return false }
        return context.index.workloads.contains { workload in
            guard workload.namespace == reference.namespace, let template = workload.template else { return false }
            let labels = interner.template(template).labels
            return selector.matches(labels, interner) && webhook.objectSelector.matches(labels, interner)
        }
    }
}

/// A webhook with what is known of it.
struct EvaluatedWebhook {
    var webhook: AdmissionWebhook
    var name: String
    /// `namespace/name` of its Service; nil for one that is called by URL.
    var service: String?
    var endpoints: Int?
    var blocksPods: Bool?
    var blocksItself: Bool?
    var blocksHeartbeats: Bool
    var selectsOwnPods: Bool

    init(_ webhook: AdmissionWebhook, _ reach: inout WebhookReach, _ context: CollectionContext) {
        self.webhook = webhook
        name = context.text(webhook.name)
        service = webhook.service.map { "\(context.text($0.namespace))/\(context.text($0.name))" }
        endpoints = reach.endpoints(of: webhook)
        blocksPods = reach.blocksPods(webhook)
        blocksItself = reach.blocksItself(webhook)
        blocksHeartbeats = reach.blocksHeartbeats(webhook)
        selectsOwnPods = blocksItself == true && reach.selectsOwnPods(webhook)
    }
}
