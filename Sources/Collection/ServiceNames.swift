// The service group logs its services on each step by their description. Without one of their own, reflection would
// write out all that they hold: at the start that takes longer than to begin listening.

extension LiveCluster: CustomStringConvertible {
    /// The name in the service group's log.
    package var description: String { "live cluster" }
}

extension CollectionLoop: CustomStringConvertible {
    /// The name in the service group's log.
    package var description: String { "collection loop" }
}
