import ClusterState

extension ClusterState {
    /// The newest moment that any object tells of; nil where none tells any.
    ///
    /// Deletion times are left out: the API server sets them to the end of the grace period, which is still to come.
    var newestTime: Timestamp? {
        var newest = Seconds.none
        func created<Row: NamedRow>(_ table: Table<Row>) {
            table.forEach { newest = max(newest, $1.meta.created) }
        }
        created(namespaces)
        created(nodes)
        created(replicationControllers)
        created(deployments)
        created(replicaSets)
        created(statefulSets)
        created(daemonSets)
        created(controllerRevisions)
        created(podDisruptionBudgets)
        created(services)
        created(endpointSlices)
        created(persistentVolumes)
        created(persistentVolumeClaims)
        created(leases)
        created(nodeLeases)
        nodes.forEach { newest = max(newest, $1.readySince) }
        pods.forEach { newest = max(newest, max($1.created, $1.readySince)) }
        var times: [Timestamp] = newest.isSet ? [newest.timestamp] : []
        leases.forEach { if let renewed = $1.spec.renewed { times.append(renewed) } }
        nodeLeases.forEach { if let renewed = $1.spec.renewed { times.append(renewed) } }
        return times.max()
    }
}
