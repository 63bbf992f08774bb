/// Makes the objects of the scripted cluster from recorded ones: what is named here is patched, the rest stays.
struct ObjectFactory: Sendable {
    static let nameLabel = "app.kubernetes.io/name"
    static let zoneLabel = "topology.kubernetes.io/zone"

    let templates: RecordedTemplates
    let plan: ClusterPlan
    /// When the objects were created, in seconds since 1970: a day before the start.
    let created: Int64

    init(templates: RecordedTemplates, plan: ClusterPlan) {
        self.templates = templates
        self.plan = plan
        created = plan.startTime - 86_400
    }

    /// The recorded object under a new identity.
    func object(
        _ resource: SimulatedResource,
        like template: String,
        namespace: String = "",
        name: String,
        uid: String
    ) throws(RecordedTemplatesError) -> ProtobufMessage {
        var message = try templates.named(template, resource)
        message.edit(1) { metadata in
            metadata.set(1, name)
            metadata.set(3, namespace)
            metadata.set(5, uid)
            metadata.edit(8) { $0.set(1, created) }
        }
        return message
    }

    func namespace(_ name: String, uid: String) throws(RecordedTemplatesError) -> ProtobufMessage {
        var message = try object(.namespaces, like: "shop", name: name, uid: uid)
        message.edit(1) { $0.setEntry(11, "kubernetes.io/metadata.name", name) }
        return message
    }

    func node(_ node: NodeRecord) throws(RecordedTemplatesError) -> ProtobufMessage {
        let template = node.master == nil ? "worker-" : "cp-"
        var message = try object(.nodes, like: template, name: node.name, uid: node.uid)
        message.edit(1) { metadata in
            metadata.setEntry(11, "kubernetes.io/hostname", node.name)
            metadata.setEntry(11, Self.zoneLabel, plan.zoneName(node.zone))
        }
        message.edit(2) { $0.set(3, "lab://\(node.name)") }
        message.edit(3) { status in
            status.editAll(4) { condition in
                condition.edit(3) { $0.set(1, created) }
                condition.edit(4) { $0.set(1, created) }
            }
            status.editAll(5) { address in
                address.set(2, address.string(1) == "InternalIP" ? node.address : node.name)
            }
        }
        return message
    }

    func service(
        _ workload: WorkloadRecord,
        like template: String,
        clusterIP: String,
        uid: String
    ) throws(RecordedTemplatesError) -> ProtobufMessage {
        var message = try object(
            .services,
            like: template,
            namespace: workload.namespace,
            name: workload.service,
            uid: uid
        )
        message.edit(2) { spec in
            spec.setEntry(2, Self.nameLabel, workload.name)
            spec.set(3, clusterIP)
            spec.set(18, clusterIP)
        }
        return message
    }

    /// An EndpointSlice without endpoints.
    func endpointSlice(
        _ workload: WorkloadRecord,
        serviceUID: String,
        uid: String
    ) throws(RecordedTemplatesError) -> ProtobufMessage {
        var message = try object(
            .endpointSlices,
            like: "web-",
            namespace: workload.namespace,
            name: workload.endpointSlice,
            uid: uid
        )
        message.edit(1) { metadata in
            metadata.set(2, workload.service + "-")
            metadata.setEntry(11, "kubernetes.io/service-name", workload.service)
            metadata.edit(13) { owner in
                owner.set(3, workload.service)
                owner.set(4, serviceUID)
            }
        }
        return message
    }

    func disruptionBudget(_ workload: WorkloadRecord, uid: String) throws(RecordedTemplatesError) -> ProtobufMessage {
        var message = try object(
            .podDisruptionBudgets,
            like: "web",
            namespace: workload.namespace,
            name: workload.name,
            uid: uid
        )
        message.edit(2) { $0.edit(2) { $0.setEntry(1, Self.nameLabel, workload.name) } }
        return message
    }

    func volume(
        _ name: String,
        claim: (namespace: String, name: String, uid: String),
        zone: Int,
        uid: String
    ) throws(RecordedTemplatesError) -> ProtobufMessage {
        var message = try object(.persistentVolumes, like: "pv-c", name: name, uid: uid)
        message.edit(2) { spec in
            spec.edit(4) { reference in
                reference.set(2, claim.namespace)
                reference.set(3, claim.name)
                reference.set(4, claim.uid)
            }
            spec.edit(9) { affinity in
                affinity.edit(1) { selector in
                    selector.edit(1) { term in term.edit(1) { $0.set(3, plan.zoneName(zone)) } }
                }
            }
        }
        return message
    }

    func claim(
        _ name: String,
        workload: WorkloadRecord,
        volume: String,
        uid: String
    ) throws(RecordedTemplatesError) -> ProtobufMessage {
        var message = try object(
            .persistentVolumeClaims,
            like: "data-postgres-0",
            namespace: workload.namespace,
            name: name,
            uid: uid
        )
        message.edit(1) { $0.setEntry(11, Self.nameLabel, workload.name) }
        message.edit(2) { $0.set(3, volume) }
        return message
    }

    func lease(
        like template: String,
        namespace: String,
        name: String,
        holder: String,
        uid: String
    ) throws(RecordedTemplatesError) -> ProtobufMessage {
        var message = try object(.leases, like: template, namespace: namespace, name: name, uid: uid)
        message.edit(2) { spec in
            spec.set(1, holder)
            spec.edit(4) { $0.set(1, plan.startTime) }
        }
        return message
    }
}
