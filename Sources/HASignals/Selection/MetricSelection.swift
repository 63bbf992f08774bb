package import Exposition

/// Which families are collected: `--metric-allowlist` and `--metric-denylist`.
///
/// Regular expressions that must match the whole name, as Prometheus' own do. Evaluated once, when the flags are read:
/// what is kept is the set of names.
package struct MetricSelection: Sendable, Hashable {
    /// The families that are not collected.
    package private(set) var disabled: Set<String> = []

    /// Collects every family.
    package init() {}

    /// Chooses families.
    ///
    /// - Parameters:
    ///   - allowlist: Families that match one of them are collected; all where it is empty.
    ///   - denylist: Of those, families that match one of them are not.
    ///   - families: The families to choose from.
    /// - Throws: ``MetricPatternError`` for a pattern that is no regular expression or matches no family.
    package init(
        allowlist: [String] = [],
        denylist: [String] = [],
        families: [any AnyFamily] = SignalRunner.allFamilies
    ) throws(MetricPatternError) {
        let names = families.map { $0.descriptor.name.description }
        if !allowlist.isEmpty {
            disabled = Set(names).subtracting(try Self.matching(allowlist, names, flag: "--metric-allowlist"))
        }
        disabled.formUnion(try Self.matching(denylist, names, flag: "--metric-denylist"))
    }

    /// Whether the family of that name is collected.
    package func takes(_ name: String) -> Bool {
        !disabled.contains(name)
    }

    private static func matching(
        _ patterns: [String],
        _ names: [String],
        flag: String
    ) throws(MetricPatternError) -> Set<String> {
        var found: Set<String> = []
        for pattern in patterns {
            let regex: Regex<AnyRegexOutput>
            do {
                regex = try Regex(pattern)
            } catch {
                throw MetricPatternError(flag: flag, pattern: pattern, problem: .notRegular)
            }
            let matched = names.filter { (try? regex.wholeMatch(in: $0)) != nil }
            guard !matched.isEmpty else {
                throw MetricPatternError(flag: flag, pattern: pattern, problem: .matchesNothing)
            }
            found.formUnion(matched)
        }
        return found
    }
}

/// A pattern of family names that cannot be used.
package struct MetricPatternError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong with a pattern.
    package enum Problem: Hashable, Sendable {
        case notRegular
        /// Probably a misspelling: it would filter nothing.
        case matchesNothing
    }

    /// The flag that it was given with.
    package var flag: String
    package var pattern: String
    package var problem: Problem

    /// Creates an error.
    package init(flag: String, pattern: String, problem: Problem) {
        self.flag = flag
        self.pattern = pattern
        self.problem = problem
    }

    package var description: String {
        switch problem {
        case .notRegular: "\(flag): '\(pattern)' is not a regular expression"
        case .matchesNothing:
            "\(flag): '\(pattern)' matches the whole name of no family; `kube-ha-exporter metrics` lists them"
        }
    }
}
