package import ClusterState

extension Node: WireRow {
    package static var kind: StaticString { "Node" }

    /// unschedulable, taints; allocatable, conditions, addresses, kubeletVersion.
    package static let kept = KeptFields.object(
        spec: [4: .value, 5: .message(.taint)],
        status: [
            2: .message(.quantity), 4: .message(.condition), 5: .message([2: .value]), 7: .message([7: .value]),
        ]
    )

    package init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var object = try WireObject(&reader, &interner)
        self.init(meta: object.meta.row(&interner))
        readLabels(interner)
        while try object.spec.next() {
            switch object.spec.field {
            case 4: isCordoned = try object.spec.bool()
            case 5: taints.append(try Taint(&object.spec, &interner))
            default: try object.spec.skip()
            }
        }
        try readStatus(&object.status, &interner)
    }

    private mutating func readStatus(_ status: inout WireReader, _ interner: inout Interner) throws(WireError) {
        while try status.next() {
            switch status.field {
            case 2:
                let entry = try QuantityEntry(&status, "status.allocatable")
                if entry.isNamed("pods") {
                    allocatablePods = try entry.whole()
                } else {
                    try entry.add(to: &allocatable)
                }
            case 4: readCondition(try WireCondition(&status, "status.conditions", .core))
            case 5:
                var address = try status.message("status.addresses")
                while try address.next() {
                    if address.field == 2 {
                        addresses.append(try address.string(&interner))
                    } else {
                        try address.skip()
                    }
                }
            case 7:
                var info = try status.message("status.nodeInfo")
                while try info.next() {
                    if info.field == 7 { kubeletVersion = try info.string(&interner) } else { try info.skip() }
                }
            default: try status.skip()
            }
        }
    }

    private mutating func readCondition(_ condition: WireCondition) {
        if condition.isNamed("Ready") {
            ready = condition.status
            readySince = condition.since
        } else if condition.isNamed("MemoryPressure") {
            memoryPressure = condition.status
        } else if condition.isNamed("DiskPressure") {
            diskPressure = condition.status
        } else if condition.isNamed("PIDPressure") {
            pidPressure = condition.status
        } else if condition.isNamed("NetworkUnavailable") {
            networkUnavailable = condition.status
        }
    }
}
