import ClusterState

/// What the pods of a workload are made of, in words.
struct PodShape {
    /// Empty stands for `app: <name of the workload>`.
    var labels: [String: String] = [:]
    var nodeSelector: [String: String] = [:]
    /// The alternatives of required node affinity.
    var affinity: [[Need]]?
    /// Keys of the taints that are borne, whatever their effect.
    var tolerations: [String] = []
    var spread: [Spread] = []
    /// Names of the claims that the template's volumes name.
    var claims: [String] = []

    struct Need {
        var key: String
        var op: LabelRequirement.Operator
        var values: [String] = []
    }

    /// A topologySpreadConstraint; without `selecting` it selects the pod's own labels.
    struct Spread {
        var maxSkew: Int32 = 1
        var key = "topology.kubernetes.io/zone"
        var isRequired = true
        var selecting: [String: String]?
    }

    /// Pods that may run in those zones only.
    static func zones(_ zones: String...) -> PodShape {
        PodShape(affinity: [[Need(key: "topology.kubernetes.io/zone", op: .in, values: zones)]])
    }

    /// With the labels that a workload of that name gets.
    func named(_ name: String) -> PodShape {
        var shape = self
        if labels.isEmpty { shape.labels = ["app": name] }
        return shape
    }
}

extension ClusterBuilder {
    mutating func placement(_ shape: PodShape) -> Placement {
        var terms: [NodeSelectorTerm]?
        if let affinity = shape.affinity {
            terms = []
            for term in affinity {
                var expressions: [LabelRequirement] = []
                for need in term {
                    var values: [StringID] = []
                    for value in need.values { values.append(id(value)) }
                    expressions.append(LabelRequirement(key: id(need.key), op: need.op, values: values))
                }
                terms?.append(NodeSelectorTerm(expressions: expressions))
            }
        }
        let selector = selector(shape.nodeSelector).requirements
        let tolerations = shape.tolerations.map { Toleration(key: id($0), isExists: true, effect: .any) }
        return Placement(nodeSelector: selector, requiredAffinity: terms, tolerations: tolerations)
    }

    mutating func template(_ namespace: String, _ shape: PodShape) -> TemplateID {
        var spread: [SpreadConstraint] = []
        for constraint in shape.spread {
            spread.append(
                SpreadConstraint(
                    maxSkew: constraint.maxSkew,
                    topologyKey: id(constraint.key),
                    isRequired: constraint.isRequired,
                    selector: selector(constraint.selecting ?? shape.labels)
                )
            )
        }
        let placement = placement(shape)
        let claims = shape.claims.map { id($0) }
        return state.interner.intern(
            PodTemplate(
                labels: labels(namespace, shape.labels),
                placement: state.interner.intern(placement),
                spread: spread,
                claims: claims
            )
        )
    }

    // MARK: Nodes

    /// A node of any kind.
    ///
    /// The taints are given by key; their effect is NoSchedule.
    mutating func node(
        _ name: String,
        zone: String = "",
        region: String = "",
        role: NodeRole = .worker,
        ready: ConditionStatus,
        labels extra: [String: String] = [:],
        taints: [String] = [],
        addresses: [String] = [],
        ignore: String = "",
        _ change: (inout Node) -> Void = { _ in }
    ) {
        var labels = extra
        if !region.isEmpty { labels["topology.kubernetes.io/region"] = region }
        if role != .worker { labels["node-role.kubernetes.io/\(role.name)"] = "" }
        let taintRows = taints.map { Taint(key: id($0), value: .empty, effect: .noSchedule) }
        let addressIDs = addresses.map { id($0) }
        let ignored = id(ignore)
        node(name, zone: zone, labels: labels) {
            $0.ready = ready
            $0.taints = taintRows
            $0.addresses = addressIDs
            $0.meta.ignoredRules = ignored
            change(&$0)
        }
    }

    // MARK: Workloads

    /// A controller of a kind that the state does not know.
    func controller(
        _ kind: String,
        _ namespace: String,
        _ name: String,
        labels: [String: String]? = nil
    ) -> Controller {
        Controller(
            kind: kind,
            namespace: namespace,
            name: name,
            uid: UID("\(kind)/\(namespace)/\(name)"),
            labels: labels ?? ["app": name]
        )
    }

    /// A Deployment whose pods have a shape; all its replicas are available unless given otherwise.
    @discardableResult
    mutating func deployment(
        _ namespace: String,
        _ name: String,
        replicas: Int32 = 2,
        shape: PodShape,
        available: Int32? = nil,
        ignore: String = "",
        _ change: (inout Deployment) -> Void = { _ in }
    ) -> Controller {
        let shape = shape.named(name)
        let template = template(namespace, shape)
        let ignored = id(ignore)
        return deployment(namespace, name, replicas: replicas, labels: shape.labels) {
            $0.template = template
            $0.readyReplicas = available ?? replicas
            $0.availableReplicas = available ?? replicas
            $0.meta.ignoredRules = ignored
            change(&$0)
        }
    }

    /// A StatefulSet whose pods have a shape.
    @discardableResult
    mutating func statefulSet(
        _ namespace: String,
        _ name: String,
        replicas: Int32 = 3,
        shape: PodShape,
        available: Int32? = nil
    ) -> Controller {
        let shape = shape.named(name)
        let template = template(namespace, shape)
        return statefulSet(namespace, name, replicas: replicas, labels: shape.labels) {
            $0.template = template
            $0.readyReplicas = available ?? replicas
            $0.availableReplicas = available ?? replicas
        }
    }

    /// A ReplicaSet with a template, of no controller or of another one's.
    @discardableResult
    mutating func replicaSet(
        _ namespace: String,
        _ name: String,
        of controller: Controller? = nil,
        replicas: Int32 = 2,
        shape: PodShape,
        available: Int32? = nil,
        _ change: (inout ReplicaSet) -> Void = { _ in }
    ) -> Controller {
        let shape = shape.named(controller?.name ?? name)
        let template = template(namespace, shape)
        var result = replicaSet(namespace, name, of: controller, replicas: replicas) {
            $0.template = template
            $0.readyReplicas = available ?? replicas
            $0.availableReplicas = available ?? replicas
            change(&$0)
        }
        result.labels = shape.labels
        return result
    }

    @discardableResult
    mutating func replicationController(
        _ namespace: String,
        _ name: String,
        replicas: Int32 = 2,
        _ change: (inout ReplicationController) -> Void = { _ in }
    ) -> Controller {
        var row = ReplicationController(meta: meta("ReplicationController", namespace, name))
        row.replicas = replicas
        row.template = template(namespace, ["app": name])
        row.readyReplicas = replicas
        row.availableReplicas = replicas
        change(&row)
        state.replicationControllers.upsert(row)
        return controller("ReplicationController", namespace, name)
    }

    // MARK: Pods

    /// Healthy pods of a workload, one for each node named, called after it with a number from `first`.
    mutating func pods(
        of workload: Controller,
        on nodes: [String],
        from first: Int = 0,
        shape: PodShape = PodShape(),
        milliCPU: Int64 = 0,
        claims: [String] = [],
        _ change: (inout Pod) -> Void = { _ in }
    ) {
        let placement = state.interner.intern(placement(shape))
        let requests = state.interner.intern(Resources(milliCPU: milliCPU, memoryBytes: 0))
        for (number, node) in nodes.enumerated() {
            pod(
                workload.namespace,
                "\(workload.name)-\(number + first)",
                of: workload,
                on: node,
                claims: claims.isEmpty ? [] : [claims[number]],
                placement: workload.kind == "DaemonSet" ? .none : placement,
                requests: requests
            ) {
                change(&$0)
            }
        }
    }

    static func podUID(_ namespace: String, _ name: String) -> UID { UID("Pod/\(namespace)/\(name)") }
}
