/// The type of a metric family, as its `# TYPE` line names it.
package enum FamilyType: Sendable {
    /// A value that may go up and down.
    case gauge
    /// A value that only grows while its source lives; its name ends in `_total`.
    case counter
    /// Static properties in labels, with the value 1; its name ends in `_info`.
    case info
}
