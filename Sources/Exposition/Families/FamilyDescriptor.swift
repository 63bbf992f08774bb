/// What a metric family is: everything about it that is known before the first sample.
package struct FamilyDescriptor: Sendable {
    /// The full name of its samples, such as `kube_ha_nodes` or `kube_ha_exporter_collections_total`.
    package let name: StaticString
    /// Its type.
    package let type: FamilyType
    /// The names of its labels, in the order in which blocks carry them.
    package let labels: [StaticString]
    /// The sources it is computed from. Opaque here: the runner that drops families knows what they mean.
    package let sources: [String]
    /// What one sample says, in a line of plain text (escaped when written).
    package let help: StaticString

    /// Describes a family; `problems()` says what is wrong with it.
    package init(name: StaticString, type: FamilyType, labels: [StaticString], sources: [String], help: StaticString) {
        self.name = name
        self.type = type
        self.labels = labels
        self.sources = sources
        self.help = help
    }

    /// The suffix that OpenMetrics leaves out of the family's name and keeps in that of its samples.
    var openMetricsSuffix: StaticString {
        switch type {
        case .gauge: ""
        case .counter: "_total"
        case .info: "_info"
        }
    }

    /// The family's name in OpenMetrics: without `_total` or `_info`.
    package var openMetricsName: String {
        let name = name.description
        let suffix = openMetricsSuffix.description
        return name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
    }
}
