extension ObjectFactory {
    /// The annotation that fills pods up.
    static let fillerAnnotation = "simulator.example/filler"
    /// Text to cut filler from: varied enough not to compress to nothing.
    private static let filler: [UInt8] = {
        var random = SplitMix64(seed: 0)
        return Array((0..<1024).map { _ in random.nameSuffix(length: 16) }.joined().utf8)
    }()

    /// How far a pod has come.
    enum PodStage {
        case pending, bound, running
    }

    /// The object of a pod.
    func pod(
        _ pod: PodRecord,
        of workload: WorkloadRecord,
        on node: NodeRecord?,
        now: Int64
    ) -> ProtobufMessage {
        var message = pod.revision == workload.revision ? workload.podTemplate : workload.previousPodTemplate
        message.edit(1) { patchPodMetadata(&$0, pod, workload, node, now: now) }
        message.edit(2) { spec in
            spec.set(10, node?.name ?? "")
            switch workload.kind {
            case .statefulSet:
                spec.set(16, pod.name)
                spec.editAll(1) { volume in
                    guard volume.string(1) == "data" else { return }
                    volume.edit(2) { $0.edit(10) { $0.set(1, "data-\(pod.name)") } }
                }
            case .daemonSet:
                spec.edit(18) { affinity in
                    affinity.edit(1) { nodeAffinity in
                        nodeAffinity.edit(1) { selector in
                            selector.edit(1) { term in term.edit(2) { $0.set(3, node?.name ?? "") } }
                        }
                    }
                }
            case .deployment, .staticPods: break
            }
        }
        message.edit(3) { patchPodStatus(&$0, pod, node) }
        fill(&message)
        return message
    }

    private func patchPodMetadata(
        _ metadata: inout ProtobufMessage,
        _ pod: PodRecord,
        _ workload: WorkloadRecord,
        _ node: NodeRecord?,
        now: Int64
    ) {
        metadata.set(1, pod.name)
        metadata.set(5, pod.uid)
        metadata.edit(8) { $0.set(1, pod.created) }
        if let node {
            metadata.setEntry(11, Self.zoneLabel, plan.zoneName(node.zone))
        } else {
            metadata.removeEntry(11, Self.zoneLabel)
            metadata.removeEntry(11, "topology.kubernetes.io/region")
        }
        if workload.kind == .statefulSet {
            metadata.setEntry(11, "apps.kubernetes.io/pod-index", String(pod.ordinal))
            metadata.setEntry(11, "statefulset.kubernetes.io/pod-name", pod.name)
        }
        if workload.kind == .staticPods, let node, let master = node.master {
            if workload.name == "kube-apiserver" {
                metadata.setEntry(
                    12,
                    "kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint",
                    plan.apiServerAuthority(master)
                )
            }
            var owner = ProtobufMessage()
            owner.set(1, "Node")
            owner.set(3, node.name)
            owner.set(4, node.uid)
            owner.set(5, "v1")
            owner.set(6, true)
            metadata.replaceAll(13, with: [owner])
        }
        if pod.isTerminating {
            metadata.edit(9) { time in
                time.set(1, now)
                time.set(2, Int64(0))
            }
            metadata.set(10, Int64(1))
        }
    }

    private func patchPodStatus(_ status: inout ProtobufMessage, _ pod: PodRecord, _ node: NodeRecord?) {
        status.edit(7) { $0.set(1, pod.created) }
        status.editAll(2) { condition in condition.edit(4) { $0.set(1, pod.created) } }
        status.set(5, node?.address ?? "")
        status.set(6, pod.address)
        status.edit(12) { $0.set(1, pod.address) }
        status.editAll(8) { container in
            container.set(8, "containerd://\(pod.uid)")
            container.edit(2) { $0.edit(2) { $0.edit(1) { $0.set(1, pod.created) } } }
        }
    }

    /// What a pod looks like before its containers run, as the scheduler and then the kubelet see it.
    func stage(_ message: inout ProtobufMessage, _ stage: PodStage) {
        guard stage != .running else { return }
        message.edit(3) { status in
            status.set(1, "Pending")
            let scheduled = status.messages(2).filter { $0.string(1) == "PodScheduled" }
            status.replaceAll(2, with: stage == .bound ? scheduled : [])
            for number in [5, 6] { status.set(number, "") }
            for number in [7, 8, 12] { status.removeAll(number) }
        }
    }

    /// Sets the conditions that say whether a pod serves.
    static func setReady(_ message: inout ProtobufMessage, _ isReady: Bool, isNodeGone: Bool, now: Int64) {
        message.edit(3) { status in
            status.editAll(2) { condition in
                let type = condition.string(1)
                guard type == "Ready" || (type == "ContainersReady" && !isNodeGone) else { return }
                guard (condition.string(2) == "True") != isReady else { return }
                condition.set(2, isReady ? "True" : "False")
                condition.edit(4) { $0.set(1, now) }
                condition.set(5, isReady || isNodeGone ? "" : "ContainersNotReady")
            }
            guard !isNodeGone else { return }
            status.editAll(8) { $0.set(4, isReady) }
        }
    }

    /// Adds the annotation that brings the object to the planned size, less some bytes of lengths.
    private func fill(_ message: inout ProtobufMessage) {
        let missing = plan.podBytes - message.encodedSize - Self.fillerAnnotation.utf8.count - 24
        guard missing > 0 else { return }
        let text = String(decoding: Self.filler.prefix(missing), as: UTF8.self)
        message.edit(1) { $0.setEntry(12, Self.fillerAnnotation, text) }
    }

    /// One entry of an EndpointSlice.
    func endpoint(_ pod: PodRecord, on node: NodeRecord, like template: ProtobufMessage) -> ProtobufMessage {
        var message = template
        message.set(1, pod.address)
        message.edit(2) { conditions in
            conditions.set(1, pod.isReady && !pod.isTerminating)
            conditions.set(2, pod.isReady)
            conditions.set(3, pod.isTerminating)
        }
        message.edit(4) { reference in
            reference.set(2, pod.namespace)
            reference.set(3, pod.name)
            reference.set(4, pod.uid)
        }
        message.set(6, node.name)
        message.set(7, plan.zoneName(node.zone))
        return message
    }
}
