import ClusterState

extension WireReader {
    /// A PodTemplateSpec, interned. The namespace is that of the controller, in which its pods will be.
    mutating func podTemplate(
        namespace: StringID,
        _ interner: inout Interner
    ) throws(WireError) -> TemplateID {
        var reader = try message("spec.template")
        var template = PodTemplate()
        var labels = WordList()
        labels.append(namespace.value)
        do throws(WireError) {
            while try reader.next() {
                switch reader.field {
                case 1:
                    var metadata = try reader.message("metadata")
                    while try metadata.next() {
                        guard metadata.field == 11 else {
                            try metadata.skip()
                            continue
                        }
                        let entry = try metadata.mapEntry("metadata.labels", &interner)
                        labels.append(entry.key.value)
                        labels.append(entry.value.value)
                    }
                case 2:
                    var spec = try reader.message("spec")
                    try template.readSpec(&spec, &interner)
                default: try reader.skip()
                }
            }
        } catch {
            throw error.inside("spec.template")
        }
        template.labels = labels.interned(&interner, as: LabelsID.self)
        return interner.intern(template)
    }
}

extension PodTemplate {
    fileprivate mutating func readSpec(_ spec: inout WireReader, _ interner: inout Interner) throws(WireError) {
        var placement = Placement()
        while try spec.next() {
            if try placement.read(&spec, &interner) { continue }
            switch spec.field {
            case 2: if try !spec.containerHasReadinessProbe() { lacksReadinessProbe = true }
            case 1: if let claim = try spec.claim(podName: nil, &interner) { claims.append(claim) }
            case 33: spread.append(try SpreadConstraint(&spec, &interner))
            default: try spec.skip()
            }
        }
        self.placement = interner.intern(placement)
    }
}

extension WireReader {
    /// Whether the container that the reader came to has a readinessProbe.
    fileprivate mutating func containerHasReadinessProbe() throws(WireError) -> Bool {
        var container = try message("spec.containers")
        var isThere = false
        while try container.next() {
            if container.field == 11 { isThere = true }
            try container.skip()
        }
        return isThere
    }
}

extension SpreadConstraint {
    fileprivate init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError) {
        let path: StaticString = "spec.topologySpreadConstraints"
        var message = try reader.message(path)
        self.init(maxSkew: 0, topologyKey: .empty, isRequired: false, selector: nil)
        while try message.next() {
            switch message.field {
            case 1: maxSkew = try message.int32()
            case 2: topologyKey = try message.string(&interner)
            case 3: isRequired = try message.stringEquals("DoNotSchedule")
            case 4: selector = try message.labelSelector("spec.topologySpreadConstraints.labelSelector", &interner)
            default: try message.skip()
            }
        }
    }
}
