import ClusterState

extension WireReader {
    /// A meta/v1 LabelSelector.
    mutating func labelSelector(
        _ path: StaticString,
        _ interner: inout Interner
    ) throws(WireError) -> LabelSelector {
        var message = try message(path)
        var selector = LabelSelector()
        while try message.next() {
            switch message.field {
            case 1: selector.requirements.append(try message.equality(path, &interner))
            case 2:
                selector.requirements.append(
                    try message.requirement(path, &interner) { word in
                        LabelRequirement.Operator(labelWord: word)
                    }
                )
            default: try message.skip()
            }
        }
        return selector
    }

    /// An entry of a map of labels that are asked for, as `selector` and `nodeSelector` have them.
    mutating func equality(
        _ path: StaticString,
        _ interner: inout Interner
    ) throws(WireError) -> LabelRequirement {
        let entry = try mapEntry(path, &interner)
        var requirement = LabelRequirement(key: entry.key, op: .in)
        requirement.values.append(entry.value)
        return requirement
    }

    /// A core/v1 NodeSelector: its terms, of which one must match.
    mutating func nodeSelector(
        _ path: StaticString,
        _ interner: inout Interner
    ) throws(WireError) -> [NodeSelectorTerm] {
        var message = try message(path)
        var terms: [NodeSelectorTerm] = []
        while try message.next() {
            if message.field == 1 {
                terms.append(try message.nodeSelectorTerm(path, &interner))
            } else {
                try message.skip()
            }
        }
        return terms
    }

    private mutating func nodeSelectorTerm(
        _ path: StaticString,
        _ interner: inout Interner
    ) throws(WireError) -> NodeSelectorTerm {
        var message = try message(path)
        var term = NodeSelectorTerm(expressions: [])
        while try message.next() {
            switch message.field {
            case 1:
                term.expressions.append(
                    try message.requirement(path, &interner) { LabelRequirement.Operator(nodeWord: $0) }
                )
            case 2:
                term.fields.append(
                    try message.requirement(path, &interner) { LabelRequirement.Operator(nodeWord: $0) }
                )
            default: try message.skip()
            }
        }
        return term
    }

    /// A LabelSelectorRequirement or NodeSelectorRequirement, which have the same fields.
    private mutating func requirement(
        _ path: StaticString,
        _ interner: inout Interner,
        _ op: (UnsafeBufferPointer<UInt8>) -> LabelRequirement.Operator
    ) throws(WireError) -> LabelRequirement {
        var message = try message(path)
        var requirement = LabelRequirement(key: .empty, op: .unknown)
        while try message.next() {
            switch message.field {
            case 1: requirement.key = try message.string(&interner)
            case 2: requirement.op = op(try message.text())
            case 3: requirement.values.append(try message.string(&interner))
            default: try message.skip()
            }
        }
        return requirement
    }
}

extension LabelRequirement.Operator {
    /// The operator of a label selector by its word.
    fileprivate init(labelWord word: UnsafeBufferPointer<UInt8>) {
        if StaticString("In").equals(word) {
            self = .in
        } else if StaticString("NotIn").equals(word) {
            self = .notIn
        } else if StaticString("Exists").equals(word) {
            self = .exists
        } else if StaticString("DoesNotExist").equals(word) {
            self = .doesNotExist
        } else {
            self = .unknown
        }
    }

    /// The operator of a node selector by its word: there are two more.
    fileprivate init(nodeWord word: UnsafeBufferPointer<UInt8>) {
        if StaticString("Gt").equals(word) {
            self = .greaterThan
        } else if StaticString("Lt").equals(word) {
            self = .lessThan
        } else {
            self.init(labelWord: word)
        }
    }
}
