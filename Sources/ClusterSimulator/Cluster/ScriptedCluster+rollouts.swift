extension ScriptedCluster {
    /// Gives a Deployment a new revision, whose pods come up one by one; false where there is no such Deployment.
    /// While a rollout goes on, another does not begin.
    mutating func beginRollout(namespace: String, deployment: String) -> Bool {
        let found = workloads.firstIndex {
            $0.kind == .deployment && $0.namespace == namespace && $0.name == deployment
        }
        guard let index = found else { return false }
        let before = workloads[index]
        guard before.pods.allSatisfy({ pods[$0].revision == before.revision }) else { return true }
        var workload = before
        workload.revision += 1
        workload.hash = random.nameSuffix(length: 10)
        workload.replicaSetUID = random.uid()
        workload.previousReplicaSet = before.replicaSet
        workload.previousPodTemplate = before.podTemplate
        var template = before.podTemplate
        template.edit(1) { metadata in
            metadata.set(2, workload.replicaSet + "-")
            metadata.setEntry(11, "pod-template-hash", workload.hash)
            metadata.edit(13) { owner in
                owner.set(3, workload.replicaSet)
                owner.set(4, workload.replicaSetUID)
            }
        }
        let image = "registry.example/\(workload.name):\(workload.revision)"
        template.edit(2) { spec in spec.edit(2) { $0.set(2, image) } }
        template.edit(3) { status in status.editAll(8) { $0.set(6, image) } }
        workload.podTemplate = template
        workloads[index] = workload
        writeRevision(workload, from: before, image: image)
        changedWorkloads.insert(index)
        writeChangedWorkloads()
        schedule(.rollOut(workload: index, revision: workload.revision), after: .seconds(1))
        return true
    }

    /// Writes the new ReplicaSet, still empty, and the Deployment's new template.
    private mutating func writeRevision(_ workload: WorkloadRecord, from before: WorkloadRecord, image: String) {
        let wallTime = wallTime
        if var set = store.message(.replicaSets, namespace: before.namespace, name: before.replicaSet) {
            set.edit(1) { metadata in
                metadata.set(1, workload.replicaSet)
                metadata.set(5, workload.replicaSetUID)
                metadata.edit(8) { $0.set(1, wallTime) }
                metadata.setEntry(11, "pod-template-hash", workload.hash)
                metadata.setEntry(12, "deployment.kubernetes.io/revision", String(workload.revision))
            }
            set.edit(2) { spec in
                spec.set(1, Int64(0))
                spec.edit(2) { $0.setEntry(1, "pod-template-hash", workload.hash) }
                spec.edit(3) { template in
                    template.edit(1) { $0.setEntry(11, "pod-template-hash", workload.hash) }
                    template.edit(2) { spec in spec.edit(2) { $0.set(2, image) } }
                }
            }
            set.edit(3) { status in
                for number in [1, 2, 4, 5] { status.set(number, Int64(0)) }
            }
            store.put(.replicaSets, set, at: now)
        }
        store.edit(.deployments, namespace: workload.namespace, name: workload.name, at: now) { message in
            message.edit(1) { metadata in
                metadata.set(7, (metadata.integer(7) ?? 0) + 1)
                metadata.setEntry(12, "deployment.kubernetes.io/revision", String(workload.revision))
            }
            message.edit(2) { spec in
                spec.edit(3) { template in template.edit(2) { spec in spec.edit(2) { $0.set(2, image) } } }
            }
            let generation = message.integer(1, 7) ?? 0
            message.edit(3) { $0.set(1, generation) }
        }
    }

    /// One step: a new pod beside the others, or, once all are ready, an old one less.
    mutating func continueRollout(_ index: Int, _ revision: Int) {
        let workload = workloads[index]
        guard workload.revision == revision else { return }
        let members = workload.pods.filter { !pods[$0].isTerminating }
        guard let old = members.first(where: { pods[$0].revision != revision }) else { return }
        if members.count <= workload.replicas {
            createPod(insteadOf: old)
        } else if members.allSatisfy({ pods[$0].isReady }) {
            terminatePod(old)
        }
        changedWorkloads.insert(index)
        schedule(.rollOut(workload: index, revision: revision), after: .seconds(1))
    }
}
