import ClusterState
import Exposition
import HASignals

/// A cluster built in code, row by row. Every source is ok unless a test says otherwise.
struct TestCluster {
    var state = ClusterState()
    var probes = ProbeResults()
    var settings = SignalSettings()
    var now = Timestamp(seconds: 1_800_000_000)
    private var rows: UInt64 = 0

    init() {
        for source in Source.allCases { state.sources[source] = SourceStatus(state: .ok) }
        state.version = ServerVersion(major: "1", minor: "33", gitVersion: "v1.33.1")
    }

    mutating func id(_ text: String) -> StringID {
        state.interner.intern(text)
    }

    mutating func labels(_ labels: [String: String], namespace: String) -> LabelsID {
        var words = [id(namespace).value]
        for (key, value) in labels.sorted(by: { $0.key < $1.key }) { words += [id(key).value, id(value).value] }
        return state.interner.intern(words, as: LabelsID.self)
    }

    mutating func selector(_ labels: [String: String]) -> LabelSelector {
        LabelSelector(
            requirements: labels.sorted(by: { $0.key < $1.key })
                .map {
                    LabelRequirement(key: id($0.key), op: .in, values: [id($0.value)])
                }
        )
    }

    mutating func uid() -> UID {
        rows += 1
        return UID(high: 1, low: rows)
    }

    /// Metadata. Two objects of a kind, namespace and name are one: the second takes the place of the first.
    mutating func meta(
        _ name: String,
        namespace: String = "",
        labels: [String: String] = [:],
        ignore: String = ""
    ) -> ObjectMeta {
        ObjectMeta(
            uid: UID("\(namespace)/\(name)"),
            namespace: id(namespace),
            name: id(name),
            labels: self.labels(labels, namespace: namespace),
            ignoredRules: id(ignore)
        )
    }

    mutating func addNamespace(_ name: String, ignore: String = "") {
        state.namespaces.upsert(
            Namespace(meta: meta(name, labels: ["kubernetes.io/metadata.name": name], ignore: ignore))
        )
    }

    mutating func addNode(_ name: String, kubelet: String = "v1.33.1", ignore: String = "") {
        var node = Node(meta: meta(name, ignore: ignore))
        node.ready = .isTrue
        node.kubeletVersion = id(kubelet)
        state.nodes.upsert(node)
    }

    mutating func addPod(
        _ name: String,
        namespace: String,
        labels: [String: String] = [:],
        node: String = "worker-1",
        flags: PodFlags = [.running, .ready, .restartsAlways],
        change: (inout Pod) -> Void = { _ in }
    ) {
        var pod = Pod(uid: uid())
        pod.labels = self.labels(labels, namespace: namespace)
        pod.node = id(node)
        pod.flags = flags
        Array(name.utf8).withUnsafeBufferPointer { pod.setName($0, &state.interner) }
        change(&pod)
        state.pods.upsert(pod)
    }

    /// A Service with so many ready endpoints.
    mutating func addService(
        _ name: String,
        namespace: String,
        ready: Int,
        selecting labels: [String: String] = ["app": "webhook"]
    ) {
        var service = Service(meta: meta(name, namespace: namespace))
        service.selector = selector(labels)
        state.services.upsert(service)
        var slice = EndpointSlice(meta: meta("\(name)-1", namespace: namespace))
        slice.service = id(name)
        slice.endpoints = (0..<ready).map { _ in Endpoint(target: uid()) }
        state.endpointSlices.upsert(slice)
    }

    mutating func addDeployment(
        _ name: String,
        namespace: String,
        replicas: Int32,
        available: Int32,
        labels: [String: String] = [:]
    ) {
        var deployment = Deployment(meta: meta(name, namespace: namespace))
        deployment.replicas = replicas
        deployment.readyReplicas = available
        deployment.availableReplicas = available
        let template = PodTemplate(labels: self.labels(labels, namespace: namespace))
        deployment.template = state.interner.intern(template)
        state.deployments.upsert(deployment)
    }

    func collect() -> SignalSnapshot {
        var observations = Observations()
        observations.observe(state, probes: probes, now: now, uptime: 0)
        return SignalRunner.collect(
            CollectionContext(
                state: state,
                probes: probes,
                observations: observations,
                settings: settings,
                now: now,
                isRecording: false
            )
        )
    }
}

extension SignalSnapshot {
    /// The findings of a rule as `kind namespace/name`, in order.
    func objects(_ rule: String) -> [String] {
        findings.filter { $0.rule == rule }
            .map { "\($0.object.kind) \($0.object.namespace)/\($0.object.name)" }
            .sorted()
    }

    /// Whether the rule was evaluated.
    func isEvaluated(_ rule: String) -> Bool {
        table.samples(of: "kube_ha_findings").contains { $0["rule"] == rule }
    }

    /// The value of a series; nil where there is none.
    func value(_ family: String, _ labels: [(String, String)]) -> Double? {
        table.value(of: family, labels: labels)
    }
}
