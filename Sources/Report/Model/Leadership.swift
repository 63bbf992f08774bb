/// Who serves the cluster's metrics, where several replicas elect one.
package struct Leadership: Sendable, Hashable {
    /// What this replica does. The raw value is its name in JSON.
    package enum Role: String, Sendable, Hashable {
        case leads
        /// It serves without the lease, since the API server takes no writes.
        case leadsWithoutWrites = "leads_without_writes"
        case waits
    }

    package var role: Role
    /// Who held the lease when it was last read or written; nil where nobody did or nothing was read yet.
    package var holder: String?

    /// Creates a leadership.
    package init(role: Role, holder: String?) {
        self.role = role
        self.holder = holder
    }

    /// It in a sentence for people.
    package var sentence: String {
        switch role {
        case .leads: "This replica leads: it serves the cluster's metrics."
        case .leadsWithoutWrites:
            "This replica serves the cluster's metrics without the leader lease: the API server takes no writes."
        case .waits:
            "This replica waits: it serves only metrics about itself; "
                + (holder.map { "\($0) holds the lease." } ?? "no replica is known to hold the lease.")
        }
    }
}
