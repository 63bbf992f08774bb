// The service group describes its services on each step, for its log. Without a description of their own that would be
// all they hold, by reflection: at the start that takes longer than to begin listening.

extension LiveCluster: CustomStringConvertible {
    /// What the service group's log calls it.
    package var description: String { "live cluster" }
}

extension CollectionLoop: CustomStringConvertible {
    /// What the service group's log calls it.
    package var description: String { "collection loop" }
}

extension Listeners: CustomStringConvertible {
    /// What the service group's log calls it.
    package var description: String { "listeners" }
}
