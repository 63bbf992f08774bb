extension KeptFields {
    /// replicas, template, strategy, revisionHistoryLimit, paused; the counts of the status, and its conditions.
    static let deployment = object(
        spec: [
            1: .value, 3: .message(podTemplate),
            4: .message([1: .value, 2: .message([1: .message(intOrString), 2: .message(intOrString)])]), 6: .value,
            7: .value,
        ],
        status: [1: .value, 2: .value, 3: .value, 4: .value, 6: .message(deploymentCondition), 7: .value]
    )

    /// replicas, template; replicas, readyReplicas, availableReplicas, conditions. A ReplicationController has the same
    /// numbers.
    static let replicaSet = object(
        spec: [1: .value, 3: .message(podTemplate)],
        status: [1: .value, 4: .value, 5: .value, 6: .message(controllerCondition)]
    )

    /// replicas, template, updateStrategy, revisionHistoryLimit; counts and revisions of the status.
    static let statefulSet = object(
        spec: [
            1: .value, 3: .message(podTemplate),
            7: .message([1: .value, 2: .message([1: .value, 2: .message(intOrString)])]), 8: .value,
        ],
        status: [1: .value, 2: .value, 3: .value, 5: .value, 6: .value, 7: .value, 11: .value]
    )

    /// template, updateStrategy, revisionHistoryLimit; the counts of the status.
    static let daemonSet = object(
        spec: [
            2: .message(podTemplate),
            3: .message([1: .value, 2: .message([1: .message(intOrString), 2: .message(intOrString)])]), 6: .value,
        ],
        status: [1: .value, 2: .value, 3: .value, 4: .value, 5: .value, 6: .value, 7: .value, 8: .value]
    )

    /// revision; not the data, which is a whole pod template.
    static let controllerRevision: KeptFields = [1: .message(metadata), 3: .value]

    /// minAvailable, selector, maxUnavailable, unhealthyPodEvictionPolicy; counts and conditions of the status.
    static let disruptionBudget = object(
        spec: [1: .message(intOrString), 2: .message(labelSelector), 3: .message(intOrString), 4: .value],
        status: [1: .value, 3: .value, 4: .value, 5: .value, 6: .value, 7: .message(condition)]
    )

    /// scaleTargetRef (kind, name), minReplicas, maxReplicas; currentReplicas, conditions.
    static let autoscaler = object(
        spec: [1: .message([1: .value, 2: .value]), 2: .value, 3: .value],
        status: [3: .value, 6: .message(controllerCondition)]
    )
}
