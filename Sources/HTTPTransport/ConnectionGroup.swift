import CCurl

/// What requests must have in common to share a connection.
struct PeerKey: Hashable {
    let scheme: String
    let authority: String
    let proxy: String
    let tls: TLSOptions
    /// Whether each request takes a connection of its own: HTTP/2 is not asked for without TLS, nor for bodies that may
    /// be paused.
    let isHTTP1: Bool

    init(_ pending: PendingTransfer) {
        scheme = pending.target.scheme
        authority = pending.target.authority
        proxy = pending.target.proxy
        tls = pending.request.tls
        isHTTP1 = pending.target.scheme == "http" || pending.request.isPausable
    }
}

/// A connection's local address, which names it while it is open: `CURLINFO_CONN_ID` came with libcurl 8.2.
struct ConnectionKey: Hashable {
    let address: String
    let port: Int
}

/// A set of connections to one peer, separated from all others by its own `CURLSH`. With HTTP/2 it is exactly one.
///
/// libcurl alone would use any connection to the host that has room: a check of one connection could go over another, and
/// after a failed check new requests would still go over the dead one. Closing a group closes its connections.
final class ConnectionGroup {
    /// How many streams go over a connection before its peer has answered. Until then libcurl does not know the peer's
    /// limit, assumes 100, and streams above the limit would wait in nghttp2 for good.
    static let firstFlight = 16
    /// How many streams go over an HTTP/2 connection: one below the 100 most servers allow, which leaves room for the
    /// liveness check.
    static let streamLimit = 99

    /// Names the group in commands.
    let id: UInt64
    /// Who is at the other end.
    let key: PeerKey
    /// The `CURLSH` that holds the connections.
    let share: UnsafeMutableRawPointer
    /// Whether new transfers may use it. It becomes false for good when the connection is full, closed by the peer (GOAWAY),
    /// or does not answer.
    var isAccepting = true
    /// The transfers on it.
    var transfers: [UInt64: CurlTransfer] = [:]
    /// How many of them are long-running.
    var longRunningCount = 0
    /// The check, while a long-running transfer is open.
    var liveness: Task<Void, Never>?
    /// The HTTP/2 connection, or the first one of HTTP/1.1.
    var primary: ConnectionKey?
    /// When it was last used, as a count of releases.
    var lastUse: UInt64 = 0
    private var isMultiplexedIfKnown: Bool?

    /// Creates a group; nil where libcurl has no memory for it.
    init?(id: UInt64, key: PeerKey) {
        guard let share = curl_share_init() else { return nil }
        guard ccurl_share_connections(share) == CURLSHE_OK else {
            curl_share_cleanup(share)
            return nil
        }
        self.id = id
        self.key = key
        self.share = share
        isMultiplexedIfKnown = key.isHTTP1 ? false : nil
    }

    /// Whether a head came by HTTP/2.
    var isMultiplexed: Bool { isMultiplexedIfKnown == true }

    /// Whether one more transfer may begin.
    var hasRoom: Bool {
        guard isAccepting else { return false }
        switch isMultiplexedIfKnown {
        case nil: return transfers.count < Self.firstFlight
        case true?:
            // One at a time: where the peer allows fewer streams, only one transfer finds that out.
            return transfers.count < Self.streamLimit && transfers.values.allSatisfy { $0.connection != nil }
        case false?: return true
        }
    }

    /// Whether it will have room once its first answer or the transfer it has just taken is through, so that a
    /// further group is of no use.
    var isWorthWaitingFor: Bool {
        guard isAccepting, !hasRoom else { return false }
        return isMultiplexedIfKnown == nil || transfers.count < Self.streamLimit
    }

    /// A head has arrived, so the peer's settings have too.
    ///
    /// - Returns: Whether the protocol was not known before.
    func recordProtocol(isMultiplexed: Bool) -> Bool {
        guard isMultiplexedIfKnown == nil else { return false }
        isMultiplexedIfKnown = isMultiplexed
        return true
    }

    /// A connection has closed.
    func removeConnection(_ connection: ConnectionKey) {
        guard connection == primary else { return }
        primary = nil
        if !key.isHTTP1 {
            isMultiplexedIfKnown = nil
        }
    }

    /// Closes the connections. No transfer may be left.
    func close() {
        liveness?.cancel()
        liveness = nil
        curl_share_cleanup(share)
    }
}
