/// How large a configuration file may be. Files come from the operator, yet a wrong path (a log, a disk image) or a
/// hostile alias must end in an error, not in memory running out.
package struct ConfigurationLimits: Sendable, Hashable {
    /// The size of the text, in bytes.
    package var bytes: Int
    /// How deep sequences and mappings may nest, aliases counted where they are used.
    package var depth: Int
    /// How many scalars, sequences and mappings the tree may have, aliases counted as often as they are used.
    package var nodes: Int

    /// Creates limits; by default 4 MiB, 64 levels and 200,000 nodes, many times what real files need.
    package init(bytes: Int = 4 << 20, depth: Int = 64, nodes: Int = 200_000) {
        self.bytes = bytes
        self.depth = depth
        self.nodes = nodes
    }
}
