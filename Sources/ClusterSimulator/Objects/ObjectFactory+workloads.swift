extension ObjectFactory {
    /// Puts the workload's name into a pod template: labels, container, spread constraints.
    private func patchTemplate(_ template: inout ProtobufMessage, _ workload: WorkloadRecord, hash: String?) {
        template.edit(1) { metadata in
            metadata.setEntry(11, Self.nameLabel, workload.name)
            if let hash { metadata.setEntry(11, "pod-template-hash", hash) }
        }
        template.edit(2) { patchPodSpec(&$0, workload) }
    }

    /// Puts the workload's name and labels into the metadata of its object.
    private func label(_ metadata: inout ProtobufMessage, _ workload: WorkloadRecord) {
        metadata.setEntry(11, Self.nameLabel, workload.name)
        for (key, value) in workload.labels.sorted(by: { $0.key < $1.key }) { metadata.setEntry(11, key, value) }
    }

    private func patchPodSpec(_ spec: inout ProtobufMessage, _ workload: WorkloadRecord) {
        spec.edit(2) { container in
            container.set(1, workload.name)
            container.set(2, "registry.example/\(workload.name):1")
        }
        spec.editAll(33) { constraint in
            constraint.edit(4) { $0.setEntry(1, Self.nameLabel, workload.name) }
        }
    }

    func deployment(
        _ workload: WorkloadRecord,
        like template: String
    ) throws(RecordedTemplatesError) -> ProtobufMessage {
        var message = try object(
            .deployments,
            like: template,
            namespace: workload.namespace,
            name: workload.name,
            uid: workload.uid
        )
        message.edit(1) { label(&$0, workload) }
        message.edit(2) { spec in
            spec.set(1, Int64(workload.replicas))
            spec.edit(2) { $0.setEntry(1, Self.nameLabel, workload.name) }
            spec.edit(3) { patchTemplate(&$0, workload, hash: nil) }
        }
        message.edit(3) { status in
            status.editAll(6) { condition in
                condition.edit(6) { $0.set(1, created) }
                condition.edit(7) { $0.set(1, created) }
            }
        }
        return message
    }

    func replicaSet(
        _ workload: WorkloadRecord,
        like template: String
    ) throws(RecordedTemplatesError) -> ProtobufMessage {
        var message = try object(
            .replicaSets,
            like: template + "-",
            namespace: workload.namespace,
            name: workload.replicaSet,
            uid: workload.replicaSetUID
        )
        let replicas = Int64(workload.replicas)
        message.edit(1) { metadata in
            metadata.setEntry(11, Self.nameLabel, workload.name)
            metadata.setEntry(11, "pod-template-hash", workload.hash)
            metadata.setEntry(12, "deployment.kubernetes.io/desired-replicas", String(replicas))
            metadata.setEntry(12, "deployment.kubernetes.io/max-replicas", String(replicas + (replicas + 3) / 4))
            metadata.edit(13) { owner in
                owner.set(3, workload.name)
                owner.set(4, workload.uid)
            }
        }
        message.edit(2) { spec in
            spec.set(1, replicas)
            spec.edit(2) { selector in
                selector.setEntry(1, Self.nameLabel, workload.name)
                selector.setEntry(1, "pod-template-hash", workload.hash)
            }
            spec.edit(3) { patchTemplate(&$0, workload, hash: workload.hash) }
        }
        return message
    }

    func statefulSet(_ workload: WorkloadRecord) throws(RecordedTemplatesError) -> ProtobufMessage {
        var message = try object(
            .statefulSets,
            like: "postgres",
            namespace: workload.namespace,
            name: workload.name,
            uid: workload.uid
        )
        message.edit(1) { label(&$0, workload) }
        message.edit(2) { spec in
            spec.set(1, Int64(workload.replicas))
            spec.edit(2) { $0.setEntry(1, Self.nameLabel, workload.name) }
            spec.edit(3) { patchTemplate(&$0, workload, hash: nil) }
            spec.set(5, workload.service)
        }
        message.edit(3) { status in
            status.set(6, workload.replicaSet)
            status.set(7, workload.replicaSet)
        }
        return message
    }

    func daemonSet(_ workload: WorkloadRecord) throws(RecordedTemplatesError) -> ProtobufMessage {
        try object(.daemonSets, like: "agent", namespace: workload.namespace, name: workload.name, uid: workload.uid)
    }

    func controllerRevision(
        _ workload: WorkloadRecord,
        like template: String,
        uid: String
    ) throws(RecordedTemplatesError) -> ProtobufMessage {
        var message = try object(
            .controllerRevisions,
            like: template + "-",
            namespace: workload.namespace,
            name: workload.replicaSet,
            uid: uid
        )
        message.edit(1) { metadata in
            metadata.setEntry(11, Self.nameLabel, workload.name)
            metadata.setEntry(11, "controller.kubernetes.io/hash", workload.hash)
            metadata.edit(13) { owner in
                owner.set(3, workload.name)
                owner.set(4, workload.uid)
            }
        }
        return message
    }

    /// The workload's pod, running and ready, all but name, uid and place.
    func podTemplate(
        _ workload: WorkloadRecord,
        like template: String
    ) throws(RecordedTemplatesError) -> ProtobufMessage {
        var message = try object(.pods, like: template, namespace: workload.namespace, name: "", uid: "")
        message.edit(1) { metadata in
            switch workload.kind {
            case .deployment:
                metadata.set(2, workload.replicaSet + "-")
                metadata.setEntry(11, Self.nameLabel, workload.name)
                metadata.setEntry(11, "pod-template-hash", workload.hash)
                metadata.edit(13) { owner in
                    owner.set(3, workload.replicaSet)
                    owner.set(4, workload.replicaSetUID)
                }
            case .statefulSet, .daemonSet:
                metadata.set(2, workload.name + "-")
                metadata.setEntry(11, Self.nameLabel, workload.name)
                let hash = workload.kind == .statefulSet ? workload.replicaSet : workload.hash
                metadata.setEntry(11, "controller-revision-hash", hash)
                metadata.edit(13) { owner in
                    owner.set(3, workload.name)
                    owner.set(4, workload.uid)
                }
            case .staticPods:
                metadata.setEntry(12, "kubernetes.io/config.mirror", workload.hash)
                metadata.setEntry(12, "kubernetes.io/config.source", "file")
            }
        }
        guard workload.kind != .staticPods else { return message }
        message.edit(2) { spec in
            patchPodSpec(&spec, workload)
            if workload.kind == .statefulSet { spec.set(17, workload.service) }
        }
        message.edit(3) { status in
            status.editAll(8) { container in
                container.set(1, workload.name)
                container.set(6, "registry.example/\(workload.name):1")
            }
        }
        return message
    }
}
