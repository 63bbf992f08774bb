import ClusterState
import Exposition

extension CollectionContext {
    /// The value of the label `workload_type`: the kind in lower case.
    func typeName(_ kind: WorkloadKind) -> String {
        switch kind {
        case .deployment: "deployment"
        case .statefulSet: "statefulset"
        case .daemonSet: "daemonset"
        case .replicaSet: "replicaset"
        case .replicationController: "replicationcontroller"
        case .other(let name, _): text(name).lowercased()
        }
    }

    /// The kind as it is written.
    func kindName(_ kind: WorkloadKind) -> String {
        if case .other(let name, _) = kind { return text(name) }
        return kind.builtInName ?? ""
    }

    /// The workload as the object of a finding.
    func object(_ workload: Workload) -> FindingObject {
        FindingObject(kind: kindName(workload.kind), namespace: text(workload.namespace), name: text(workload.name))
    }

    /// An object of a kind as the object of a finding.
    func object(_ kind: String, _ meta: ObjectMeta) -> FindingObject {
        FindingObject(kind: kind, namespace: text(meta.namespace), name: text(meta.name))
    }

    /// A node as the object of a finding.
    func object(_ node: Node) -> FindingObject {
        FindingObject(kind: "Node", name: text(node.meta.name))
    }

    /// The labels that every workload family has.
    func labels(_ workload: Workload, _ sink: inout Sink) -> LabelBlock<3> {
        if let known: LabelBlock<3> = sink.keptLabels(number: workload.position) { return known }
        let block = sink.labels(
            .workload,
            [text(workload.namespace), text(workload.name), typeName(workload.kind)]
        )
        sink.keep(block, number: workload.position)
        return block
    }

    /// The labels of a node and its zone.
    func labels(_ node: Node, _ sink: inout Sink) -> LabelBlock<2> {
        sink.labels(.nodeAndZone, [text(node.meta.name), text(node.zone)])
    }

    /// The labels of a namespaced object.
    func labels(_ names: LabelNames<2>, _ meta: ObjectMeta, _ sink: inout Sink) -> LabelBlock<2> {
        sink.labels(names, [text(meta.namespace), text(meta.name)])
    }

    /// The pod of a row number; the table holds it as long as the collection lasts.
    func pod(_ number: Int) -> Pod? {
        state.pods.row(at: number)
    }
}
