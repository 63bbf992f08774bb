import ClusterState
import Exposition

@testable import HASignals

/// Builds the state of a cluster in code, a line an object. Every source is ok unless a test says otherwise.
///
/// ```
/// var cluster = ClusterBuilder()
/// cluster.node("a1", zone: "a")
/// let web = cluster.deployment("shop", "web", replicas: 2)
/// cluster.pod("shop", "web-1", of: web, on: "a1")
/// let found = cluster.collect()
/// #expect(found.value("kube_ha_workload_zones", ["namespace": "shop"]) == 1)
/// ```
struct ClusterBuilder {
    var state = ClusterState()
    var probes = ProbeResults()
    var observations = Observations()
    var settings = SignalSettings()
    /// Half past two in the afternoon of an ordinary day.
    var now = Timestamp(seconds: 1_795_271_400)
    private var addresses = 0

    /// A workload that pods can be put under.
    struct Controller {
        var kind: String
        var namespace: String
        var name: String
        var uid: UID
        var labels: [String: String]
    }

    init() {
        for source in Source.allCases { state.sources[source] = SourceStatus(state: .ok) }
    }

    /// Puts a source into a state.
    mutating func set(_ source: Source, _ state: SourceState) {
        self.state.sources[source] = SourceStatus(state: state)
    }

    // MARK: Parts

    mutating func id(_ text: String) -> StringID {
        state.interner.intern(text)
    }

    mutating func labels(_ namespace: String, _ labels: [String: String]) -> LabelsID {
        var words = [id(namespace).value]
        for (key, value) in labels.sorted(by: { $0.key < $1.key }) { words += [id(key).value, id(value).value] }
        return state.interner.intern(words, as: LabelsID.self)
    }

    /// A selector of the labels given.
    mutating func selector(_ labels: [String: String]) -> LabelSelector {
        LabelSelector(
            requirements: labels.sorted(by: { $0.key < $1.key })
                .map {
                    LabelRequirement(key: id($0.key), op: .in, values: [id($0.value)])
                }
        )
    }

    /// A moment before now, as rows keep it.
    func ago(_ seconds: Double) -> Seconds {
        Seconds(clamping: Int64(now.seconds - seconds))
    }

    mutating func meta(
        _ kind: String,
        _ namespace: String,
        _ name: String,
        labels: [String: String] = [:],
        owner: Controller? = nil,
        ignore: String = "",
        generation: Int64 = 1,
        age: Double = 3_600
    ) -> ObjectMeta {
        ObjectMeta(
            uid: UID("\(kind)/\(namespace)/\(name)"),
            namespace: id(namespace),
            name: id(name),
            labels: self.labels(namespace, labels),
            owner: self.owner(owner),
            ignoredRules: id(ignore),
            created: ago(age),
            generation: generation
        )
    }

    private mutating func owner(_ controller: Controller?) -> OwnerID {
        guard let controller else { return .none }
        return state.interner.intern(
            Owner(kind: id(controller.kind), name: id(controller.name), uid: controller.uid)
        )
    }

    /// A template with the labels.
    mutating func template(
        _ namespace: String,
        _ labels: [String: String],
        _ placement: Placement = Placement()
    ) -> TemplateID {
        state.interner.intern(
            PodTemplate(labels: self.labels(namespace, labels), placement: state.interner.intern(placement))
        )
    }

    // MARK: Nodes and pods

    /// A Ready worker with room for much, unless the change says otherwise.
    mutating func node(
        _ name: String,
        zone: String = "",
        labels extra: [String: String] = [:],
        _ change: (inout Node) -> Void = { _ in }
    ) {
        var labels = extra
        labels["kubernetes.io/hostname"] = name
        if !zone.isEmpty { labels["topology.kubernetes.io/zone"] = zone }
        var row = Node(meta: meta("Node", "", name, labels: labels))
        row.ready = .isTrue
        row.readySince = ago(3_000)
        row.allocatable = Resources(milliCPU: 16_000, memoryBytes: 64 << 30)
        row.allocatablePods = 110
        row.readLabels(state.interner)
        change(&row)
        state.nodes.upsert(row)
    }

    /// A pod that is Running and Ready, unless the change says otherwise. Without `of` it is a bare pod; `labels` are
    /// added to the controller's.
    mutating func pod(
        _ namespace: String,
        _ name: String,
        of controller: Controller? = nil,
        on node: String = "",
        labels extra: [String: String] = [:],
        claims: [String] = [],
        placement: PlacementID = .none,
        requests: RequestsID = .none,
        annotation: String = "",
        _ change: (inout Pod) -> Void = { _ in }
    ) {
        var row = Pod(uid: UID("Pod/\(namespace)/\(name)"))
        var owner = controller
        // A Deployment's pods are under one of its ReplicaSets.
        if let deployment = controller, deployment.kind == "Deployment" {
            owner = replicaSet(deployment.namespace, deployment.name + "-1", of: deployment)
        }
        row.owner = self.owner(owner)
        row.labels = labels(namespace, (controller?.labels ?? [:]).merging(extra) { $1 })
        row.node = id(node)
        row.setShape(placement: placement, requests: requests, annotation: id(annotation), &state.interner)
        row.created = ago(1_800)
        row.readySince = ago(1_700)
        row.flags = [.running, .ready, .restartsAlways]
        if controller?.kind == "DaemonSet" { row.flags.insert(.daemon) }
        if !claims.isEmpty {
            let words = claims.map { id($0).value }
            row.claims = state.interner.intern(words, as: StringsID.self)
        }
        var text = name
        text.withUTF8 { row.setName($0, &state.interner) }
        change(&row)
        state.pods.upsert(row)
    }

    // MARK: Workloads

    /// A Deployment with all its replicas available; its pods are added apart.
    @discardableResult
    mutating func deployment(
        _ namespace: String,
        _ name: String,
        replicas: Int32 = 2,
        labels: [String: String]? = nil,
        _ change: (inout Deployment) -> Void = { _ in }
    ) -> Controller {
        let labels = labels ?? ["app": name]
        var row = Deployment(meta: meta("Deployment", namespace, name))
        row.replicas = replicas
        row.template = template(namespace, labels)
        row.observedGeneration = 1
        row.statusReplicas = replicas
        row.updatedReplicas = replicas
        row.readyReplicas = replicas
        row.availableReplicas = replicas
        row.progressing = .isTrue
        row.hasCompletedRollout = true
        change(&row)
        state.deployments.upsert(row)
        return Controller(kind: "Deployment", namespace: namespace, name: name, uid: row.uid, labels: labels)
    }

    /// A ReplicaSet, of a Deployment or alone.
    @discardableResult
    mutating func replicaSet(
        _ namespace: String,
        _ name: String,
        of controller: Controller? = nil,
        replicas: Int32 = 0,
        _ change: (inout ReplicaSet) -> Void = { _ in }
    ) -> Controller {
        var row = ReplicaSet(meta: meta("ReplicaSet", namespace, name, owner: controller))
        row.replicas = replicas
        row.availableReplicas = replicas
        row.readyReplicas = replicas
        change(&row)
        state.replicaSets.upsert(row)
        return Controller(
            kind: "ReplicaSet",
            namespace: namespace,
            name: name,
            uid: row.uid,
            labels: controller?.labels ?? [:]
        )
    }

    /// A StatefulSet with all its replicas available and of one revision, `NAME-1`.
    @discardableResult
    mutating func statefulSet(
        _ namespace: String,
        _ name: String,
        replicas: Int32 = 3,
        labels: [String: String]? = nil,
        _ change: (inout StatefulSet) -> Void = { _ in }
    ) -> Controller {
        let labels = labels ?? ["app": name]
        var row = StatefulSet(meta: meta("StatefulSet", namespace, name))
        row.replicas = replicas
        row.template = template(namespace, labels)
        row.observedGeneration = 1
        row.statusReplicas = replicas
        row.readyReplicas = replicas
        row.availableReplicas = replicas
        row.updatedReplicas = replicas
        row.currentRevision = id(name + "-1")
        row.updateRevision = row.currentRevision
        change(&row)
        state.statefulSets.upsert(row)
        return Controller(kind: "StatefulSet", namespace: namespace, name: name, uid: row.uid, labels: labels)
    }

    /// A DaemonSet that is up to date and available on so many nodes.
    @discardableResult
    mutating func daemonSet(
        _ namespace: String,
        _ name: String,
        nodes: Int32 = 3,
        labels: [String: String]? = nil,
        _ change: (inout DaemonSet) -> Void = { _ in }
    ) -> Controller {
        let labels = labels ?? ["app": name]
        var row = DaemonSet(meta: meta("DaemonSet", namespace, name))
        row.template = template(namespace, labels)
        row.observedGeneration = 1
        row.desired = nodes
        row.current = nodes
        row.ready = nodes
        row.available = nodes
        row.updated = nodes
        change(&row)
        state.daemonSets.upsert(row)
        return Controller(kind: "DaemonSet", namespace: namespace, name: name, uid: row.uid, labels: labels)
    }

    /// A ControllerRevision of a StatefulSet or DaemonSet; `hash` is what its pods carry.
    mutating func revision(_ number: Int64, of controller: Controller, hash: String) {
        let name = "\(controller.name)-\(hash)"
        var row = ControllerRevision(
            meta: meta(
                "ControllerRevision",
                controller.namespace,
                name,
                labels: ["controller-revision-hash": hash],
                owner: controller
            )
        )
        row.revision = number
        state.controllerRevisions.upsert(row)
    }

    // MARK: Services

    /// A Service of type ClusterIP.
    mutating func service(
        _ namespace: String,
        _ name: String,
        selector: [String: String] = [:],
        labels: [String: String] = [:],
        _ change: (inout Service) -> Void = { _ in }
    ) {
        var row = Service(meta: meta("Service", namespace, name, labels: labels))
        row.hasPorts = true
        row.selector = self.selector(selector)
        change(&row)
        state.services.upsert(row)
    }

    /// An EndpointSlice of a Service.
    mutating func slice(
        _ namespace: String,
        _ service: String,
        _ endpoints: [Endpoint],
        type: EndpointSlice.AddressType = .ipv4,
        suffix: String = "1",
        hasPorts: Bool = true
    ) {
        var row = EndpointSlice(
            meta: meta(
                "EndpointSlice",
                namespace,
                "\(service)-\(suffix)",
                labels: ["kubernetes.io/service-name": service]
            )
        )
        row.service = id(service)
        row.addressType = type
        row.hasPorts = hasPorts
        row.endpoints = endpoints
        state.endpointSlices.upsert(row)
    }

    /// An endpoint without target, on a node, with an address of its own.
    mutating func endpoint(
        on node: String = "",
        zone: String = "",
        address: String = "",
        ready: Bool = true
    ) -> Endpoint {
        addresses += 1
        return Endpoint(
            node: id(node),
            zone: id(zone),
            address: id(address.isEmpty ? "10.0.\(addresses / 256).\(addresses % 256)" : address),
            isReady: ready
        )
    }

    // MARK: Reading

    /// What areas get to see.
    func context(_ observations: Observations, isRecording: Bool) -> CollectionContext {
        var state = state
        state.markUnreachableProbes(probes)
        return CollectionContext(
            state: state,
            probes: probes,
            observations: observations,
            settings: settings,
            now: now,
            isRecording: isRecording
        )
    }

    /// Collects every area, as of a recording.
    func collect() -> SignalSnapshot {
        SignalRunner.collect(context(observations, isRecording: true))
    }
}
