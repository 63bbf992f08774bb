import ClusterState
import Testing

struct SelectorTests {
    private var interner = Interner()

    private mutating func labels(_ pairs: KeyValuePairs<String, String>) -> LabelsID {
        var words = [interner.intern("shop").value]
        for (key, value) in pairs {
            words.append(interner.intern(key).value)
            words.append(interner.intern(value).value)
        }
        return interner.intern(words, as: LabelsID.self)
    }

    private mutating func requirement(
        _ key: String,
        _ op: LabelRequirement.Operator,
        _ values: String...
    ) -> LabelRequirement {
        LabelRequirement(key: interner.intern(key), op: op, values: values.map { interner.intern($0) })
    }

    @Test(
        arguments: [
            // operator, values, with app=web, with app empty, without app
            (.in, ["web", "api"], true, false, false), (.in, ["api"], false, false, false),
            (.in, [], false, false, false),
            (.in, [""], false, true, false), (.notIn, ["web"], false, true, true), (.notIn, ["api"], true, true, true),
            (.notIn, [""], true, false, true), (.exists, [], true, true, false),
            (.doesNotExist, [], false, false, true),
            (.unknown, ["web"], false, false, false),
        ] as [(LabelRequirement.Operator, [String], Bool, Bool, Bool)]
    )
    mutating func operators(
        op: LabelRequirement.Operator,
        values: [String],
        withValue: Bool,
        withEmpty: Bool,
        without: Bool
    ) {
        let selector = LabelSelector(requirements: [
            LabelRequirement(key: interner.intern("app"), op: op, values: values.map { interner.intern($0) })
        ])
        #expect(selector.matches(labels(["app": "web", "tier": "front"]), interner) == withValue)
        #expect(selector.matches(labels(["app": ""]), interner) == withEmpty)
        #expect(selector.matches(labels(["tier": "front"]), interner) == without)
        #expect(selector.matches(.none, interner) == without)
    }

    @Test mutating func everyRequirementMustHold() {
        let selector = LabelSelector(requirements: [requirement("app", .in, "web"), requirement("tier", .exists)])
        #expect(selector.matches(labels(["app": "web", "tier": "x"]), interner))
        #expect(!selector.matches(labels(["app": "web"]), interner))
        #expect(!selector.matches(labels(["tier": "x"]), interner))
    }

    @Test mutating func anEmptySelectorSelectsEverything() {
        #expect(LabelSelector().isEmpty)
        #expect(LabelSelector().matches(labels(["app": "web"]), interner))
        #expect(LabelSelector().matches(.none, interner))
    }

    @Test(
        arguments: [
            ("5", .greaterThan, "4", true), ("4", .greaterThan, "4", false), ("3", .lessThan, "4", true),
            ("-7", .lessThan, "-6", true), ("ten", .greaterThan, "4", false), ("5", .greaterThan, "four", false),
        ] as [(String, LabelRequirement.Operator, String, Bool)]
    )
    mutating func comparesNumbers(value: String, op: LabelRequirement.Operator, bound: String, expected: Bool) {
        let term = NodeSelectorTerm(expressions: [requirement("cores", op, bound)])
        #expect(term.matches(labels: labels(["cores": value]), name: .empty, interner) == expected)
        #expect(!term.matches(labels: labels([:]), name: .empty, interner))
    }

    @Test mutating func anEmptyTermMatchesNoNode() {
        #expect(!NodeSelectorTerm(expressions: []).matches(labels: labels(["a": "b"]), name: .empty, interner))
    }

    @Test mutating func aTermReadsTheNodesName() {
        let name = interner.intern("worker-1")
        let byName = NodeSelectorTerm(expressions: [], fields: [requirement("metadata.name", .in, "worker-1")])
        #expect(byName.matches(labels: .none, name: name, interner))
        #expect(!byName.matches(labels: .none, name: interner.intern("worker-2"), interner))
        let byOtherField = NodeSelectorTerm(expressions: [], fields: [requirement("spec.x", .in, "worker-1")])
        #expect(!byOtherField.matches(labels: .none, name: name, interner))
        let both = NodeSelectorTerm(
            expressions: [requirement("disk", .exists)],
            fields: [requirement("metadata.name", .in, "worker-1")]
        )
        #expect(!both.matches(labels: .none, name: name, interner))
        #expect(both.matches(labels: labels(["disk": "ssd"]), name: name, interner))
    }

    @Test mutating func aPlacementNeedsSelectorAndOneTerm() {
        let inA = requirement("zone", .in, "a")
        let inB = requirement("zone", .in, "b")
        let ssd = requirement("disk", .in, "ssd")
        let nodeA = labels(["zone": "a", "disk": "ssd"])
        let nodeB = labels(["zone": "b", "disk": "hdd"])
        func admits(_ placement: Placement, _ node: LabelsID) -> Bool {
            placement.admits(labels: node, name: .empty, interner)
        }
        #expect(admits(Placement(), nodeA))
        #expect(admits(Placement(nodeSelector: [inA]), nodeA))
        #expect(!admits(Placement(nodeSelector: [inA]), nodeB))
        let either = Placement(requiredAffinity: [
            NodeSelectorTerm(expressions: [inA]), NodeSelectorTerm(expressions: [inB]),
        ])
        #expect(admits(either, nodeA))
        #expect(admits(either, nodeB))
        let narrowed = Placement(nodeSelector: [ssd], requiredAffinity: either.requiredAffinity)
        #expect(admits(narrowed, nodeA))
        #expect(!admits(narrowed, nodeB))
        // Terms asked for but none given: Kubernetes matches no node then.
        #expect(!admits(Placement(requiredAffinity: []), nodeA))
    }
}
