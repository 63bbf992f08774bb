import ClusterState

extension Storage {
    static let pending = Rule(
        "claim-pending",
        .warning,
        needs: [.claims, .one(.storageclasses), .pods],
        summary: "A PersistentVolumeClaim has no volume: pods that use it cannot start.",
        remedy:
            "Read its events (kubectl describe pvc); check the StorageClass, its provisioner, and that a volume can be created in a zone where the pod may run."
    )
    static let lost = Rule(
        "volume-lost",
        .warning,
        needs: [.claims],
        summary: "A PersistentVolumeClaim has lost its volume.",
        remedy: "Restore the PersistentVolume it names or its data from a backup, then recreate the claim."
    )
    static let failed = Rule(
        "volume-failed",
        .info,
        needs: [.volumes],
        summary: "A PersistentVolume could not be reclaimed.",
        remedy: "Read its status.message, clean up the volume manually and delete the PersistentVolume."
    )
    static let oneZone = Rule(
        "workload-volumes-single-zone",
        .info,
        needs: [.workloads, .pods, .claims, .volumes, .nodes],
        summary:
            "All zone-bound volumes of a workload with several replicas are in one zone: its pods cannot run in another.",
        remedy:
            "Spread the replicas over zones before their volumes are created (topologySpreadConstraints with a WaitForFirstConsumer class); existing volumes have to be copied."
    )
    static let attachmentFailing = Rule(
        "volume-attachment-error",
        .warning,
        needs: [.one(.volumeattachments)],
        summary: "Volumes cannot be attached to a node or detached from it, so pods wait for them.",
        remedy:
            "Read the error (kubectl get volumeattachment -o yaml); check the CSI driver and the node's limit of volumes."
    )
    static let heldByUnreachableNode = Rule(
        "volume-held-by-dead-node",
        .warning,
        needs: [.one(.volumeattachments), .nodes],
        summary: "Volumes are still attached to a node that is gone or has not been Ready for more than 6 min.",
        remedy:
            "Make sure that the node is shut down, then taint it node.kubernetes.io/out-of-service or delete it, so that its volumes are detached."
    )

    package static let rules = [pending, lost, failed, oneZone, attachmentFailing, heldByUnreachableNode]

    /// Seconds after which the attach-detach controller takes volumes off a node that does not answer
    /// (`maxWaitForUnmountDuration`): what is attached after that is held.
    static let detachLimit = 360.0

    static func evaluate(
        _ claim: PersistentVolumeClaim,
        _ waiting: WaitingClaims,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        guard !claim.meta.isTerminating else { return }
        let object = context.object("PersistentVolumeClaim", claim.meta)
        let ignored = claim.meta.ignoredRules
        if claim.phase == .lost {
            output.raise(
                lost,
                object,
                ignored: ignored,
                claim.volume.isEmpty ? "its volume is gone" : "volume \(context.text(claim.volume)) is gone"
            )
            return
        }
        output.raise(pending, object, ignored: ignored, pendingReason(claim, waiting, context))
    }

    private static func pendingReason(
        _ claim: PersistentVolumeClaim,
        _ waiting: WaitingClaims,
        _ context: CollectionContext
    ) -> String {
        if !claim.namesStorageClass {
            return waiting.hasDefaultClass
                ? "it names no StorageClass" : "it names no StorageClass, and none is the default"
        }
        if claim.storageClass.isEmpty { return "it asks for a volume without StorageClass, and none fits" }
        let name = context.text(claim.storageClass)
        return waiting.classExists(claim)
            ? "no volume of StorageClass \(name) is bound to it" : "StorageClass \(name) does not exist"
    }

    static func evaluateFailed(_ row: PersistentVolume, _ context: CollectionContext, _ output: inout SignalOutput) {
        output.raise(
            failed,
            context.object("PersistentVolume", row.meta),
            ignored: row.meta.ignoredRules,
            "phase Failed"
        )
    }

    static func evaluate(
        _ workload: Workload,
        _ facts: WorkloadVolumes,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        guard facts.zoneBound >= 2, facts.zones.count == 1, let zone = facts.zones.first,
            workload.kind != .daemonSet, workload.desired ?? 0 >= 2, context.index.zones.count > 1
        else { return }
        output.raise(
            oneZone,
            context.object(workload),
            ignored: workload.ignoredRules,
            "its \(facts.zoneBound) zone-bound volumes are all in \(context.text(zone))"
        )
    }

    static func evaluateErrors(
        _ node: StringID,
        _ errors: Int,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        guard errors > 0 else { return }
        output.raise(
            attachmentFailing,
            FindingObject(kind: "Node", name: context.text(node)),
            ignored: context.index.node(named: node)?.meta.ignoredRules ?? .empty,
            "\(errors) \(errors == 1 ? "attachment reports" : "attachments report") an error"
        )
    }

    static func evaluateAttached(
        _ name: StringID,
        _ node: Node?,
        _ attached: Int,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        guard attached > 0, node?.isReady != true else { return }
        if let node {
            guard node.readySince.isSet,
                context.now.seconds - node.readySince.timestamp.seconds > detachLimit
            else { return }
        }
        output.raise(
            heldByUnreachableNode,
            FindingObject(kind: "Node", name: context.text(name)),
            ignored: node?.meta.ignoredRules ?? .empty,
            "\(attached) \(attached == 1 ? "volume is" : "volumes are") still attached to it, and it "
                + (node == nil ? "does not exist" : "is not Ready")
        )
    }
}
