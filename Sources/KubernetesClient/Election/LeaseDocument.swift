import ClusterState
import FoundationEssentials

/// A Lease of coordination.k8s.io/v1 in JSON, as far as an election reads and writes it.
struct LeaseDocument: Codable {
    /// The part of the metadata that a write must repeat to keep.
    struct Kept: Codable, Sendable, Equatable {
        struct Owner: Codable, Sendable, Equatable {
            var apiVersion: String
            var kind: String
            var name: String
            var uid: String
            var controller: Bool?
            var blockOwnerDeletion: Bool?
        }

        var labels: [String: String]?
        var annotations: [String: String]?
        var ownerReferences: [Owner]?
        var finalizers: [String]?
    }

    private struct Metadata: Codable {
        var name: String
        var namespace: String
        /// Left out of a lease that is created.
        var resourceVersion: String?
    }

    private struct Spec: Codable {
        var holderIdentity: String?
        var leaseDurationSeconds: Int32?
        var acquireTime: String?
        var renewTime: String?
        var leaseTransitions: Int32?
    }

    private enum Key: String, CodingKey {
        case apiVersion, kind, metadata, spec
    }

    private var metadata: Metadata
    private var kept: Kept
    private var spec: Spec?

    /// The document that writes a lease.
    ///
    /// - Parameters:
    ///   - record: What it says.
    ///   - name: Its name.
    ///   - namespace: Its namespace.
    ///   - replaced: The lease that is replaced; nil where it is created.
    init(_ record: ElectionRecord, name: String, namespace: String, replacing replaced: ElectionLease?) {
        metadata = Metadata(name: name, namespace: namespace, resourceVersion: replaced?.resourceVersion)
        kept = replaced?.kept ?? Kept()
        spec = Spec(
            holderIdentity: record.holder,
            leaseDurationSeconds: Int32(clamping: record.duration.components.seconds),
            acquireTime: record.acquiredAt?.microTime,
            renewTime: record.renewedAt?.microTime,
            leaseTransitions: Int32(clamping: record.transitions)
        )
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        metadata = try container.decode(Metadata.self, forKey: .metadata)
        kept = try container.decode(Kept.self, forKey: .metadata)
        spec = try container.decodeIfPresent(Spec.self, forKey: .spec)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode("coordination.k8s.io/v1", forKey: .apiVersion)
        try container.encode("Lease", forKey: .kind)
        // Both write into the one object `metadata`.
        try metadata.encode(to: container.superEncoder(forKey: .metadata))
        try kept.encode(to: container.superEncoder(forKey: .metadata))
        try container.encodeIfPresent(spec, forKey: .spec)
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
        lease.kept = document.kept
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
