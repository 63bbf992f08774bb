package import ClusterState
package import Exposition

/// One area of the guidance: its families, its rules, and how both come from the cluster.
///
/// `collect` is pure: no I/O, no clock, no logger, no throw. Missing data gives no sample, never a zero. The runner alone
/// drops families and skips rules whose sources are not ok.
package protocol Area: Sendable {
    /// Which area it is.
    static var name: AreaName { get }
    /// The families it fills, in the order they are exposed.
    static var families: [any AnyFamily] { get }
    /// The rules that it evaluates.
    static var rules: [Rule] { get }
    /// Sources of its families that do not make the area unknown.
    static var optionalSources: Set<Source> { get }

    /// Whether the area applies to this cluster.
    static func isApplicable(_ context: CollectionContext) -> Bool

    /// The reason, in a sentence for people, why the area is unknown although its sources are ok; a critical finding
    /// still makes it critical. nil where it is known.
    static func undetermined(_ context: CollectionContext) -> String?

    /// Names of rules that are not evaluated now for a reason other than their sources.
    static func suspendedRules(_ context: CollectionContext) -> Set<String>

    /// Adds the samples and raises the findings.
    static func collect(_ context: CollectionContext, into output: inout SignalOutput)
}

extension Area {
    package static var optionalSources: Set<Source> { [] }

    package static func isApplicable(_: CollectionContext) -> Bool { true }

    package static func undetermined(_: CollectionContext) -> String? { nil }

    package static func suspendedRules(_: CollectionContext) -> Set<String> { [] }

    /// The sources whose state decides whether the area is unknown.
    static var requiredSources: Set<Source> {
        var sources: Set<Source> = []
        for family in families {
            for word in family.descriptor.sources { sources.formUnion(SourceNeed(word)?.sources ?? []) }
        }
        return sources.subtracting(optionalSources)
    }
}
