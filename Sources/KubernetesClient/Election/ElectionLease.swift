package import ClusterState

/// What a Lease says of an election: `LeaderElectionRecord` of client-go, in the fields of coordination.k8s.io/v1
/// LeaseSpec.
package struct ElectionRecord: Sendable, Equatable {
    /// `holderIdentity`; empty where nobody holds the lease.
    package var holder: String
    /// `leaseDurationSeconds`.
    package var duration: Duration
    /// `acquireTime`; nil where the lease has none.
    package var acquiredAt: Timestamp?
    /// `renewTime`; nil where the lease has none.
    package var renewedAt: Timestamp?
    /// `leaseTransitions`: how often the lease went to another holder.
    package var transitions: Int

    /// Creates a record.
    package init(
        holder: String,
        duration: Duration,
        acquiredAt: Timestamp?,
        renewedAt: Timestamp?,
        transitions: Int
    ) {
        self.holder = holder
        self.duration = duration
        self.acquiredAt = acquiredAt
        self.renewedAt = renewedAt
        self.transitions = transitions
    }
}

/// A Lease as it was read or written: the record, and the metadata that the next write sends back.
package struct ElectionLease: Sendable, Equatable {
    /// What it says of the election.
    package var record: ElectionRecord
    /// The version that a write replaces; the API server refuses a write of an older one with 409.
    package var resourceVersion: String
    /// What a PUT would remove where it did not repeat it: labels, annotations, owners, finalizers.
    var metadata = LeaseDocument.Metadata()

    /// Creates a lease of which nothing else is to be kept.
    package init(record: ElectionRecord, resourceVersion: String) {
        self.record = record
        self.resourceVersion = resourceVersion
    }
}
