/// Collects what is still in use before a sweep. Every row marks the ids it holds; lists, placements and templates mark
/// what is inside them.
package struct Marker {
    private let interner: Interner
    private(set) var strings: MarkSet
    private(set) var lists: MarkSet
    // Lists of different kinds that have the same words have one id, and each kind marks something else inside: what is
    // inside is marked once for each kind.
    private var labels: MarkSet
    private var stringLists: MarkSet
    private var owners: MarkSet
    private var shapes: MarkSet
    private(set) var placements: MarkSet
    private(set) var templates: MarkSet

    /// Creates a marker with nothing marked.
    package init(_ interner: Interner) {
        self.interner = interner
        let counts = interner.capacities
        strings = MarkSet(capacity: counts.strings)
        lists = MarkSet(capacity: counts.lists)
        labels = lists
        stringLists = lists
        owners = lists
        shapes = lists
        placements = MarkSet(capacity: counts.placements)
        templates = MarkSet(capacity: counts.templates)
    }

    /// Marks a string.
    package mutating func mark(_ id: StringID) {
        strings.insert(id.value)
    }

    /// Marks strings.
    package mutating func mark(_ ids: [StringID]) {
        for id in ids { mark(id) }
    }

    /// Marks a label set with its strings.
    package mutating func mark(_ id: LabelsID) {
        guard labels.insert(id.value) else { return }
        lists.insert(id.value)
        for position in 0..<interner.count(id) { strings.insert(interner.word(id, position)) }
    }

    /// Marks a list of strings with the strings.
    package mutating func mark(_ id: StringsID) {
        guard stringLists.insert(id.value) else { return }
        lists.insert(id.value)
        for position in 0..<interner.count(id) { strings.insert(interner.word(id, position)) }
    }

    /// Marks an owner with its kind and name.
    package mutating func mark(_ id: OwnerID) {
        guard owners.insert(id.value), let owner = interner.owner(id) else { return }
        lists.insert(id.value)
        mark(owner.kind)
        mark(owner.name)
    }

    /// Marks what pods of a template have in common.
    package mutating func mark(_ id: PodTemplateFactsID) {
        guard id != .none, shapes.insert(id.value) else { return }
        lists.insert(id.value)
        mark(PlacementID(value: interner.word(id, 0)))
        mark(RequestsID(value: interner.word(id, 1)))
        mark(StringID(value: interner.word(id, 2)))
    }

    /// Marks amounts.
    package mutating func mark(_ id: RequestsID) {
        lists.insert(id.value)
    }

    /// Marks a placement with its strings.
    package mutating func mark(_ id: PlacementID) {
        guard placements.insert(id.value) else { return }
        interner.placement(id).mark(&self)
    }

    /// Marks a template with what it holds.
    package mutating func mark(_ id: TemplateID) {
        guard templates.insert(id.value) else { return }
        interner.template(id).mark(&self)
    }
}

extension Interner {
    /// The sizes of arrays indexed by each kind of id.
    var capacities: (strings: Int, lists: Int, placements: Int, templates: Int) {
        (stringCapacity, listCapacity, placementCapacity, templateCapacity)
    }
}
