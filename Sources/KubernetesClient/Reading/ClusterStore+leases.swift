import ClusterState
import KubernetesWire

extension ClusterStore {
    /// Uptime at which the leases held were last known to be those of the cluster; nil before the first list, and where
    /// there are none to be known of.
    var leasesKnownAt: Duration? {
        state.leases.count > 0 ? tracks[.leases]?.knownAt : nil
    }

    /// The token that asks for the page after this one, empty for the last, and how many leases the page has.
    ///
    /// - Throws: ``RequestFailure`` for bytes that are no list.
    func outline(_ page: [UInt8]) throws(RequestFailure) -> (continueToken: String, items: Int) {
        var token = ""
        var items = 0
        try read(page) { element in
            switch element {
            case .metadata(let meta): token = meta.continueToken
            case .item: items += 1
            }
        }
        return (token, items)
    }

    /// Compares leases as they were listed with those that are held. If they are the same, they are known to be those of
    /// the cluster as of the list; so they are where a watch has brought something since.
    ///
    /// - Parameters:
    ///   - pages: Whole answers, of all parts of the source.
    ///   - listedAt: Uptime when the first of them was asked for.
    /// - Returns: Whether the leases held are known to be those of the cluster.
    /// - Throws: ``RequestFailure`` for bytes that are no list of leases.
    func confirmLeases(_ pages: [[UInt8]], listedAt: Duration) throws(RequestFailure) -> Bool {
        guard case .protobuf(let reader)? = APIResource.of(.leases)?.reader else { return true }
        var listed = ClusterState()
        for page in pages {
            state.sources[.leases, default: SourceStatus()].receivedBytes += page.count
            try read(page) { element throws(WireError) in
                if case .item(let bytes, let offset) = element { try reader.upsert(&listed, bytes, offset) }
            }
        }
        guard let track = tracks[.leases], let knownAt = track.knownAt else { return true }
        if knownAt > listedAt { return true }
        guard Self.renewals(in: listed) == Self.renewals(in: state) else { return false }
        tracks[.leases]?.lastProgressAt = track.lastProgressAt.map { max($0, listedAt) }
        succeeded(.leases)
        return true
    }

    /// Who holds each lease, and since when.
    private struct Renewal: Hashable {
        var holder: String
        var renewed: Timestamp?
    }

    private static func renewals(in state: ClusterState) -> [UID: Renewal] {
        var renewals: [UID: Renewal] = [:]
        state.leases.forEach { _, lease in
            renewals[lease.uid] = Renewal(
                holder: state.interner.string(lease.spec.holder),
                renewed: lease.spec.renewed
            )
        }
        return renewals
    }

    private func read(
        _ page: [UInt8],
        _ body: (ListParser.Element) throws(WireError) -> Void
    ) throws(RequestFailure) {
        var parser = ListParser()
        do throws(WireError) {
            try parser.push(page, body)
            try parser.finish()
        } catch {
            throw .malformed("\(error)")
        }
        guard parser.kind == "LeaseList" else { throw .malformed("a \(parser.kind) is not a list of leases") }
    }
}
