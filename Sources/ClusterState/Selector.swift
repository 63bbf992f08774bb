/// A label selector's requirement on one key.
package struct LabelRequirement: Hashable, Sendable {
    /// What is asked of the key's value.
    package enum Operator: UInt8, Hashable, Sendable {
        case `in`, notIn, exists, doesNotExist
        /// Only in node selectors: the value is a number above or below the given one.
        case greaterThan, lessThan
        /// Written with a word that Kubernetes does not know: matches nothing.
        case unknown
    }

    /// The label's key.
    package var key: StringID
    /// What is asked.
    package var op: Operator
    /// The values of `In`, `NotIn`, `Gt` and `Lt`.
    package var values: LabelValues

    /// Creates a requirement.
    package init(key: StringID, op: Operator, values: [StringID] = []) {
        self.key = key
        self.op = op
        self.values = LabelValues(values)
    }

    /// Whether a label with that value (nil: no such label) meets the requirement. As apimachinery's
    /// `labels.Requirement.Matches`: `NotIn` and `DoesNotExist` hold where the label is missing.
    package func matches(_ value: StringID?, _ interner: Interner) -> Bool {
        switch op {
        case .in: return value.map(values.contains) ?? false
        case .notIn: return !(value.map(values.contains) ?? false)
        case .exists: return value != nil
        case .doesNotExist: return value == nil
        case .greaterThan, .lessThan:
            guard let value, values.count == 1, let left = Int64(interner.string(value)),
                let right = Int64(interner.string(values[0]))
            else { return false }
            return op == .greaterThan ? left > right : left < right
        case .unknown: return false
        }
    }

    func mark(_ marker: inout Marker) {
        marker.mark(key)
        for value in values { marker.mark(value) }
    }
}

/// The values of a requirement. One alone is kept without an array: thousands of selectors ask for one label to have one
/// value.
///
/// Public and inlinable, as ``Table`` is and for its reason.
public struct LabelValues: RandomAccessCollection, Hashable, Sendable {
    /// Each number of values has one form, so that the same values are equal.
    @usableFromInline
    enum Storage: Hashable, Sendable {
        case one(StringID)
        case other([StringID])
    }

    @usableFromInline var storage: Storage

    /// The values in their order.
    package init(_ values: [StringID]) {
        storage = values.count == 1 ? .one(values[0]) : .other(values)
    }

    /// Adds a value at the end.
    package mutating func append(_ value: StringID) {
        switch storage {
        case .one(let first): storage = .other([first, value])
        case .other([]): storage = .one(value)
        case .other(var values):
            // Else there would be two holders, and adding would copy all of them.
            storage = .other([])
            values.append(value)
            storage = .other(values)
        }
    }

    /// 0.
    @inlinable public var startIndex: Int { 0 }

    /// How many there are.
    @inlinable public var endIndex: Int {
        switch storage {
        case .one: 1
        case .other(let values): values.count
        }
    }

    /// The value at a position.
    @inlinable public subscript(position: Int) -> StringID {
        switch storage {
        case .one(let value):
            precondition(position == 0, "index out of range")
            return value
        case .other(let values): return values[position]
        }
    }
}

/// A LabelSelector: every requirement must hold. Without requirements it selects everything; a selector that is
/// missing altogether is nil and selects nothing.
package struct LabelSelector: Hashable, Sendable {
    /// `matchLabels` written as `In` with one value, then `matchExpressions`.
    package var requirements: [LabelRequirement]

    /// Creates a selector.
    package init(requirements: [LabelRequirement] = []) {
        self.requirements = requirements
    }

    /// Whether it selects everything.
    package var isEmpty: Bool { requirements.isEmpty }

    /// Whether it selects an object with those labels.
    package func matches(_ labels: LabelsID, _ interner: Interner) -> Bool {
        for requirement in requirements
        where !requirement.matches(interner.label(requirement.key, in: labels), interner) {
            return false
        }
        return true
    }

    package func mark(_ marker: inout Marker) {
        for requirement in requirements { requirement.mark(&marker) }
    }
}

/// One of the alternatives of a node selector: all its requirements must hold.
package struct NodeSelectorTerm: Hashable, Sendable {
    /// On the node's labels.
    package var expressions: [LabelRequirement]
    /// On the node's fields, of which Kubernetes supports `metadata.name` only.
    package var fields: [LabelRequirement]

    /// Creates a term.
    package init(expressions: [LabelRequirement], fields: [LabelRequirement] = []) {
        self.expressions = expressions
        self.fields = fields
    }

    /// Whether a node meets the term. An empty term matches no node (component-helpers' `isEmptyNodeSelectorTerm`).
    package func matches(labels: LabelsID, name: StringID, _ interner: Interner) -> Bool {
        if expressions.isEmpty && fields.isEmpty { return false }
        for requirement in expressions
        where !requirement.matches(interner.label(requirement.key, in: labels), interner) {
            return false
        }
        for requirement in fields {
            let isName = interner.withBytes(requirement.key) { $0.elementsEqual("metadata.name".utf8) }
            guard isName, requirement.matches(name, interner) else { return false }
        }
        return true
    }
}

/// Where a pod may run, as far as it says so itself: node selector, required node affinity, tolerations.
package struct Placement: Hashable, Sendable {
    /// `nodeSelector`, each key with the one value it must have.
    package var nodeSelector: [LabelRequirement]
    /// `requiredDuringSchedulingIgnoredDuringExecution`: one of the terms must match; nil where there is none.
    package var requiredAffinity: [NodeSelectorTerm]?
    /// The taints that it matches.
    package var tolerations: [Toleration]

    /// Creates a placement; without arguments, that of a pod that may run on any node without taints.
    package init(
        nodeSelector: [LabelRequirement] = [],
        requiredAffinity: [NodeSelectorTerm]? = nil,
        tolerations: [Toleration] = []
    ) {
        self.nodeSelector = nodeSelector
        self.requiredAffinity = requiredAffinity
        self.tolerations = tolerations
    }

    /// Whether node selector and required affinity admit the node; taints are another matter.
    package func admits(labels: LabelsID, name: StringID, _ interner: Interner) -> Bool {
        for requirement in nodeSelector
        where !requirement.matches(interner.label(requirement.key, in: labels), interner) {
            return false
        }
        guard let requiredAffinity else { return true }
        return requiredAffinity.contains { $0.matches(labels: labels, name: name, interner) }
    }

    /// Whether the pod tolerates every taint that keeps pods off a node (NoSchedule, NoExecute).
    package func tolerates(_ taints: [Taint]) -> Bool {
        taints.allSatisfy { taint in
            taint.effect == .preferNoSchedule || tolerations.contains { $0.tolerates(taint) }
        }
    }

    func mark(_ marker: inout Marker) {
        for requirement in nodeSelector { requirement.mark(&marker) }
        for term in requiredAffinity ?? [] {
            for requirement in term.expressions + term.fields { requirement.mark(&marker) }
        }
        for toleration in tolerations {
            marker.mark(toleration.key)
            marker.mark(toleration.value)
        }
    }
}

/// The effect of a taint, and the effects that a toleration matches.
package enum TaintEffect: UInt8, Hashable, Sendable {
    /// In a toleration: every effect.
    case any
    case noSchedule, preferNoSchedule, noExecute
    /// Written with a word that Kubernetes does not know.
    case unknown
}

/// A taint of a node.
package struct Taint: Hashable, Sendable {
    package var key: StringID
    package var value: StringID
    package var effect: TaintEffect

    /// Creates a taint.
    package init(key: StringID, value: StringID, effect: TaintEffect) {
        self.key = key
        self.value = value
        self.effect = effect
    }
}

extension Taint {
    /// Whether it keeps pods off the node that do not tolerate it: NoSchedule or NoExecute.
    package var keepsPodsOff: Bool { effect == .noSchedule || effect == .noExecute }
}

/// A toleration of a pod.
package struct Toleration: Hashable, Sendable {
    /// The taint's key; empty with `Exists` matches every key.
    package var key: StringID
    package var value: StringID
    /// `Exists`: the value does not matter.
    package var isExists: Bool
    package var effect: TaintEffect

    /// Creates a toleration.
    package init(key: StringID, value: StringID = .empty, isExists: Bool, effect: TaintEffect) {
        self.key = key
        self.value = value
        self.isExists = isExists
        self.effect = effect
    }

    /// As `ToleratesTaint` in k8s.io/api/core/v1.
    package func tolerates(_ taint: Taint) -> Bool {
        if effect != .any && effect != taint.effect { return false }
        if !key.isEmpty && key != taint.key { return false }
        return isExists || (!key.isEmpty && value == taint.value)
    }
}

/// One topologySpreadConstraint.
package struct SpreadConstraint: Hashable, Sendable {
    package var maxSkew: Int32
    package var topologyKey: StringID
    /// `whenUnsatisfiable: DoNotSchedule`.
    package var isRequired: Bool
    /// nil selects nothing.
    package var selector: LabelSelector?

    /// Creates a constraint.
    package init(maxSkew: Int32, topologyKey: StringID, isRequired: Bool, selector: LabelSelector?) {
        self.maxSkew = maxSkew
        self.topologyKey = topologyKey
        self.isRequired = isRequired
        self.selector = selector
    }
}

/// What a controller's pods are made of, as far as availability depends on it.
package struct PodTemplate: Hashable, Sendable {
    package var labels: LabelsID
    package var placement: PlacementID
    package var spread: [SpreadConstraint]
    /// Names of the claims that its volumes name, which all its pods share.
    package var claims: [StringID]
    /// Whether a container other than an init container has no readinessProbe: it counts as ready once it runs.
    package var lacksReadinessProbe = false

    /// Creates a template.
    package init(
        labels: LabelsID = .none,
        placement: PlacementID = .none,
        spread: [SpreadConstraint] = [],
        claims: [StringID] = []
    ) {
        self.labels = labels
        self.placement = placement
        self.spread = spread
        self.claims = claims
    }

    func mark(_ marker: inout Marker) {
        marker.mark(labels)
        marker.mark(placement)
        marker.mark(claims)
        for constraint in spread {
            marker.mark(constraint.topologyKey)
            constraint.selector?.mark(&marker)
        }
    }
}
