import ClusterState
import FoundationEssentials

/// A Lease of coordination.k8s.io/v1 in JSON, as far as an election reads and writes it.
struct LeaseDocument: Codable {
    /// The metadata that a PUT must repeat to keep, and the version that it replaces.
    struct Metadata: Codable, Sendable, Equatable {
        struct Owner: Codable, Sendable, Equatable {
            var apiVersion: String
            var kind: String
            var name: String
            var uid: String
            var controller: Bool?
            var blockOwnerDeletion: Bool?
        }

        var name: String?
        var namespace: String?
        /// Left out of a lease that is created.
        var resourceVersion: String?
        var labels: [String: String]?
        var annotations: [String: String]?
        var ownerReferences: [Owner]?
        var finalizers: [String]?
    }

    private struct Spec: Codable {
        var holderIdentity: String?
        var leaseDurationSeconds: Int32?
        var acquireTime: String?
        var renewTime: String?
        var leaseTransitions: Int32?
    }

    private var apiVersion = "coordination.k8s.io/v1"
    private var kind = "Lease"
    private var metadata: Metadata
    private var spec: Spec?

    /// The document that writes a lease.
    ///
    /// - Parameters:
    ///   - record: What it says.
    ///   - name: Its name.
    ///   - namespace: Its namespace.
    ///   - replaced: The lease that is replaced; nil where it is created.
    init(_ record: ElectionRecord, name: String, namespace: String, replacing replaced: ElectionLease?) {
        metadata = replaced?.metadata ?? Metadata()
        metadata.name = name
        metadata.namespace = namespace
        metadata.resourceVersion = replaced?.resourceVersion
        spec = Spec(
            holderIdentity: record.holder,
            leaseDurationSeconds: Int32(clamping: record.duration.components.seconds),
            acquireTime: record.acquiredAt?.microTime,
            renewTime: record.renewedAt?.microTime,
            leaseTransitions: Int32(clamping: record.transitions)
        )
    }

    /// Reads a lease.
    ///
    /// - Returns: nil where the bytes are no Lease with a resourceVersion.
    static func lease(_ bytes: [UInt8]) -> ElectionLease? {
        guard let document = try? JSONDecoder().decode(LeaseDocument.self, from: Data(bytes)),
            let version = document.metadata.resourceVersion, !version.isEmpty
        else { return nil }
        let spec = document.spec
        var lease = ElectionLease(
            record: ElectionRecord(
                holder: spec?.holderIdentity ?? "",
                duration: .seconds(max(0, spec?.leaseDurationSeconds ?? 0)),
                acquiredAt: spec?.acquireTime.flatMap { Timestamp(rfc3339: $0) },
                renewedAt: spec?.renewTime.flatMap { Timestamp(rfc3339: $0) },
                transitions: Int(max(0, spec?.leaseTransitions ?? 0))
            ),
            resourceVersion: version
        )
        lease.metadata = document.metadata
        return lease
    }

    /// The document as JSON.
    var bytes: [UInt8] {
        get throws { Array(try JSONEncoder().encode(self)) }
    }
}

extension Timestamp {
    /// The moment as metav1.MicroTime reads it: RFC 3339 with exactly six digits of a second.
    fileprivate var microTime: String { rfc3339.dropLast() + "000Z" }
}
