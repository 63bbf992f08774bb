import ClusterState

/// What explains Services without endpoints, and what sends requests to them.
extension CauseFinder {
    /// So many workloads behind one Service or budget are looked at for what explains it: somebody may have thousands of
    /// them select thousands of workloads.
    private static let workloadLimit = 64

    /// The deficient workloads behind each Service that selects one.
    func findWorkloadsByService() -> [ServiceKey: [Int]] {
        let services = context.state.services.all
        var found: [ServiceKey: [Int]] = [:]
        for (number, workloads) in deficientWorkloads(selectedBy: services.map(\.selection)) {
            let meta = services[number].meta
            found[ServiceKey(namespace: meta.namespace, name: meta.name)] = workloads
        }
        return found
    }

    /// The deficient workloads that each budget guards, by the budget's object.
    func findWorkloadsByBudget() -> [FindingObject: [Int]] {
        let budgets = context.index.budgets.map(\.budget)
        var found: [FindingObject: [Int]] = [:]
        for (number, workloads) in deficientWorkloads(selectedBy: budgets.map { ($0.meta.namespace, $0.selector) }) {
            found[context.object("PodDisruptionBudget", budgets[number].meta)] = workloads
        }
        return found
    }

    /// The deficient workloads that each selector selects, ``workloadLimit`` at most, by the selector's number: by their
    /// templates' labels and their pods', since a label may be set on pods alone.
    private func deficientWorkloads(selectedBy selections: [WorkloadLabels.Selection]) -> [Int: [Int]] {
        let isDeficient = context.index.workloads.map { ($0.deficit ?? 0) > 0 }
        guard isDeficient.contains(true) else { return [:] }
        let labels = WorkloadLabels(context) { [context] workload, add in
            guard isDeficient[workload.position] else { return }
            Set(context.labelSets(of: workload) + context.podLabels(of: workload.position)).forEach(add)
        }
        var found: [Int: [Int]] = [:]
        labels.forEachSelected(by: selections) { number, workload in
            if found[number, default: []].count < Self.workloadLimit { found[number, default: []].append(workload) }
        }
        return found
    }

    func key(_ object: FindingObject) -> ServiceKey? {
        guard let namespace = context.state.interner.find(object.namespace),
            let name = context.state.interner.find(object.name)
        else { return nil }
        return ServiceKey(namespace: namespace, name: name)
    }

    /// The first of the workloads as what explains something: one that is explained in turn goes before one that is
    /// not, then by name.
    private mutating func explanation(byOneOf workloads: [Int]) -> Explanation? {
        let found = workloads.map { position in
            (object: context.object(context.index.workloads[position]), further: explainWorkload(position))
        }
        let first = found.min { left, right in
            if (left.further == nil) != (right.further == nil) { return left.further != nil }
            return (left.object.name, left.object.kind) < (right.object.name, right.object.kind)
        }
        return first.map { Explanation(cause($0.object), because: $0.further) }
    }

    /// A Service without ready endpoint is explained by a workload behind it of which nothing is available.
    mutating func explainService(_ object: FindingObject) -> Explanation? {
        guard let key = key(object) else { return nil }
        return explainService(key)
    }

    private mutating func explainService(_ key: ServiceKey) -> Explanation? {
        let down = (workloadsByService[key] ?? []).filter { context.index.workloads[$0].available == 0 }
        return explanation(byOneOf: down)
    }

    /// That all ready endpoints of a Service are in one place is explained by a workload behind it whose other pods are
    /// on nodes that are not Ready.
    mutating func explainSpread(ofService object: FindingObject) -> Explanation? {
        guard let key = key(object) else { return nil }
        return explanation(byOneOf: (workloadsByService[key] ?? []).filter { isExplainedByNode($0) })
    }

    private mutating func isExplainedByNode(_ position: Int) -> Bool {
        explainWorkload(position)?.cause.object.kind == "Node"
    }

    /// The Services that Ingresses, routes, webhook configurations and APIServices send requests to, by those objects.
    func findBackendServices() -> [FindingObject: [ServiceKey]] {
        var found: [FindingObject: [ServiceKey]] = [:]
        func isOK(_ source: Source) -> Bool { context.isOK(source) }
        if isOK(.ingresses) {
            context.state.ingresses.forEach { found[context.object("Ingress", $1.meta)] = $1.serviceKeys }
        }
        if isOK(.httproutes) {
            context.state.httpRoutes.forEach { found[context.object("HTTPRoute", $1.meta)] = $1.serviceKeys }
        }
        func add<Row: WebhookConfiguration>(_ table: Table<Row>) {
            guard isOK(Row.source) else { return }
            table.forEach { _, row in
                found[context.object(Row.kindName, row.meta)] = row.webhooks.compactMap(\.service)
                    .map { ServiceKey(namespace: $0.namespace, name: $0.name) }
            }
        }
        add(context.state.validatingWebhookConfigurations)
        add(context.state.mutatingWebhookConfigurations)
        if isOK(.apiservices) {
            context.state.apiServices.forEach { _, row in
                guard row.hasService else { return }
                let key = ServiceKey(namespace: row.serviceNamespace, name: row.serviceName)
                found[context.object("APIService", row.meta)] = [key]
            }
        }
        return found
    }

    /// Of the Services behind an object the one that explains its trouble: one without ready endpoint that is explained
    /// in turn, else the first by name that has none or does not exist.
    mutating func explainBackends(of object: FindingObject) -> Explanation? {
        guard context.isOK(.services), context.isOK(.endpointslices) else { return nil }
        let found = (backendServices[object] ?? []).filter { hasProblem($0) }
            .map { key in
                let service = FindingObject(
                    kind: "Service",
                    namespace: context.text(key.namespace),
                    name: context.text(key.name)
                )
                return Explanation(cause(service), because: explainService(key))
            }
        return found.min { left, right in
            if (left.root == left.cause) != (right.root == right.cause) { return left.root != left.cause }
            return (left.cause.object.namespace, left.cause.object.name)
                < (right.cause.object.namespace, right.cause.object.name)
        }
    }

    private mutating func hasProblem(_ key: ServiceKey) -> Bool {
        switch backends.state(of: key) {
        case .available, .external: false
        case .missing, .withoutEndpoints: true
        }
    }

    /// That the controller of an IngressClass has one healthy pod is explained by the node that holds the others.
    mutating func explainController(ofClass object: FindingObject) -> Explanation? {
        let row = context.state.ingressClasses.all.first { context.text($0.meta.name) == object.name }
        guard let row else { return nil }
        let workloads = IngressControllers(context).workloads(of: row)
        return explanation(byOneOf: workloads.filter { (context.index.workloads[$0].deficit ?? 0) > 0 })
    }

    /// A budget that refuses evictions now is explained by a workload that it guards and that lacks replicas.
    mutating func explainBudget(_ object: FindingObject) -> Explanation? {
        explanation(byOneOf: workloadsByBudget[object] ?? [])
    }
}
