import CCurl
import Glibc

/// One of the transport's threads: owns its multi handle, easy handles and connections. Nothing else touches them.
///
/// Callbacks of libcurl only record what happened; handles are added and removed in ``run()`` between calls to libcurl.
final class CurlWorker {
    private let multi: UnsafeMutableRawPointer
    private let queue: CommandQueue
    private let liveness: Liveness
    /// Overrides libcurl's built-in directory of CAs.
    let systemCertificateDirectory: String?
    private var pools: [PeerKey: Pool] = [:]
    private var groups: [UInt64: ConnectionGroup] = [:]
    private var transfers: [UInt64: CurlTransfer] = [:]
    private var transferIDs: [UnsafeMutableRawPointer: UInt64] = [:]
    private var connections: [ConnectionKey: Connection] = [:]
    private var releaseCount: UInt64 = 0
    private var hasNewRoom = false
    /// Whether anything has arrived in this turn.
    private var hasMoved = false
    /// Whether so much arrived in the last call to libcurl that more is likely to be there already.
    private var isBurst = false
    private var toDeliver: [CurlTransfer] = []

    /// How many groups without transfers are kept for reuse: API servers and etcd members of a large control plane.
    private static let idleGroupLimit = 16
    /// How often a transfer is moved to another group before it fails.
    private static let moveLimit = 8
    /// How often libcurl is called in one turn while bytes keep coming. A call takes one TLS record of each transfer, and
    /// without it each would cost a look at all sockets and wake a reader for 16 KiB.
    private static let burstLimit = 8
    /// From so many bytes at once on, a TLS record was full or nearly so.
    private static let burstSize = 8 * 1024

    /// A peer's groups and the requests that wait for room on them.
    private struct Pool {
        var groups: [ConnectionGroup] = []
        var waiting: [PendingTransfer] = []
    }

    /// An open connection.
    private struct Connection {
        let group: UInt64
        var chain: [[UInt8]]
    }

    /// Creates the multi handle; nil where libcurl cannot.
    init?(queue: CommandQueue, liveness: Liveness, systemCertificateDirectory: String?) {
        guard let multi = curl_multi_init() else { return nil }
        self.multi = multi
        self.queue = queue
        self.liveness = liveness
        self.systemCertificateDirectory = systemCertificateDirectory
        _ = ccurl_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    }

    /// Runs until the queue says stop, then frees everything.
    func run() {
        queue.open(WakeHandle(multi: multi))
        while let commands = queue.take() {
            for command in commands {
                perform(command)
            }
            hasMoved = false
            var calls = 0
            repeat {
                isBurst = false
                var running: Int32 = 0
                curl_multi_perform(multi, &running)
                calls += 1
            } while isBurst && calls < Self.burstLimit
            deliver()
            collectFinished()
            if hasNewRoom {
                hasNewRoom = false
                for key in pools.filter({ !$0.value.waiting.isEmpty }).keys {
                    startWaiting(key)
                }
            }
            // Timers of libcurl and commands shorten the wait. Before 8.1 libcurl can leave bytes of one HTTP/2 stream
            // that another one has read in a buffer which no poll looks at (`cf_h2_data_pending` of 7.88 asks the wrong
            // way round), until anything else arrives: after whatever has moved there is one more turn soon.
            curl_multi_poll(multi, nil, 0, hasMoved ? 1 : 60_000, nil)
        }
        queue.close()
        for transfer in transfers.values {
            transfer.pending.state.finish(.cancelled)
            release(transfer)
        }
        for pending in pools.values.flatMap(\.waiting) {
            pending.state.finish(.cancelled)
        }
        pools = [:]
        for group in groups.values {
            group.close()
        }
        groups = [:]
        curl_multi_cleanup(multi)
    }

    // MARK: Commands

    private func perform(_ command: Command) {
        switch command {
        case .start(let pending):
            start(pending)
        case .cancel(let id):
            if let transfer = transfers[id] {
                release(transfer)
                sendReset(endOf: transfer)
            }
        case .resume(let id):
            if let transfer = transfers[id] {
                resume(transfer)
            }
        case .nudge(let id):
            if let transfer = transfers[id], transfer.hasHead, transfer.group.isMultiplexed {
                liveness.nudge(
                    group: transfer.group.id,
                    like: transfer.pending.request,
                    target: transfer.pending.target
                )
            }
        case .retire(let id):
            if let group = groups[id] {
                retire(group)
            }
        }
    }

    private func start(_ pending: PendingTransfer) {
        guard !pending.state.hasEnded else { return }
        if let id = pending.group {
            guard let group = groups[id] else { return pending.state.finish(.cancelled) }
            return begin(pending, on: group)
        }
        let key = PeerKey(pending)
        pools[key, default: Pool()].waiting.append(pending)
        startWaiting(key)
    }

    /// Begins what waits, as far as there is room.
    private func startWaiting(_ key: PeerKey) {
        while let pool = pools[key], let pending = pool.waiting.first {
            let group = pending.state.hasEnded ? nil : pool.groups.first { $0.hasRoom }
            if group == nil, !pending.state.hasEnded, pool.groups.contains(where: \.isWorthWaitingFor) {
                return
            }
            pools[key]?.waiting.removeFirst()
            if pending.state.hasEnded { continue }
            guard let group = group ?? makeGroup(key) else {
                pending.state.finish(.connectionFailed(host: key.authority, reason: "out of memory for a connection"))
                continue
            }
            begin(pending, on: group)
        }
        if let pool = pools[key], pool.groups.isEmpty, pool.waiting.isEmpty {
            pools[key] = nil
        }
    }

    private func begin(_ pending: PendingTransfer, on group: ConnectionGroup) {
        do throws(TransportError) {
            let transfer = try CurlTransfer(pending, group: group, worker: self)
            let code = curl_multi_add_handle(multi, transfer.easy)
            guard code == CURLM_OK else {
                transfer.free()
                throw .connectionFailed(host: group.key.authority, reason: String(cString: curl_multi_strerror(code)))
            }
            transfers[pending.id] = transfer
            transferIDs[transfer.easy] = pending.id
            group.transfers[pending.id] = transfer
            if pending.request.isLongRunning {
                group.longRunningCount += 1
                if group.liveness == nil {
                    group.liveness = liveness.watch(group: group.id, like: pending.request, target: pending.target)
                }
            }
        } catch {
            pending.state.finish(error)
            closeIfUnused(group)
        }
    }

    /// Goes on with a paused transfer. libcurl first hands over what it holds, within this call, which may pause it again.
    private func resume(_ transfer: CurlTransfer) {
        let code = curl_easy_pause(transfer.easy, CURLPAUSE_CONT)
        // libcurl does not end a transfer for an error of this call, although bytes are lost.
        if code != CURLE_OK {
            transfer.pending.state.finish(transfer.error(code))
            release(transfer)
        }
    }

    /// Hands over what came in during one turn, in one piece for each transfer.
    private func deliver() {
        for transfer in toDeliver {
            transfer.isToDeliver = false
            transfer.pending.state.deliver()
        }
        toDeliver.removeAll(keepingCapacity: true)
    }

    // MARK: Ends

    private func collectFinished() {
        var finished: [(id: UInt64, code: CURLcode)] = []
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            if message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle, let id = transferIDs[easy] {
                finished.append((id, ccurl_message_result(message)))
            }
        }
        hasMoved = hasMoved || !finished.isEmpty
        for (id, code) in finished {
            guard let transfer = transfers[id] else { continue }
            if transfer.isToMove {
                move(transfer)
            } else {
                transfer.pending.state.finish(transfer.error(code))
                release(transfer)
                if code == CURLE_WRITE_ERROR {
                    sendReset(endOf: transfer)
                }
            }
        }
    }

    /// Starts the transfer again in another group. Nothing was sent yet, so the caller sees no error.
    private func move(_ transfer: CurlTransfer) {
        var pending = transfer.pending
        release(transfer)
        pending.moves += 1
        guard pending.moves <= Self.moveLimit else {
            return pending.state.finish(
                .connectionFailed(host: pending.target.authority, reason: "no connection takes a further stream")
            )
        }
        start(pending)
    }

    /// Takes the transfer off the multi handle and frees it.
    private func release(_ transfer: CurlTransfer) {
        let group = transfer.group
        curl_multi_remove_handle(multi, transfer.easy)
        transferIDs[transfer.easy] = nil
        transfers[transfer.pending.id] = nil
        group.transfers[transfer.pending.id] = nil
        transfer.free()
        if transfer.pending.request.isLongRunning {
            group.longRunningCount -= 1
            if group.longRunningCount == 0 {
                group.liveness?.cancel()
                group.liveness = nil
            }
        }
        releaseCount += 1
        group.lastUse = releaseCount
        hasNewRoom = true
        closeIfUnused(group)
    }

    /// Makes sure that the peer is told of a stream that was cancelled, and stops sending.
    ///
    /// libcurl 7.88 leaves the RST_STREAM in a buffer of its HTTP/2 connection until the next transfer there sends or
    /// receives. Another stream can be made to send what is buffered; where there is none, the connection is closed.
    private func sendReset(endOf transfer: CurlTransfer) {
        let group = transfer.group
        guard group.isMultiplexed, transfer.connection != nil else { return }
        if group.transfers.isEmpty {
            stopAccepting(group)
            close(group)
        } else if let other = group.transfers.values.first(where: {
            $0.hasHead && $0.connection == transfer.connection
        }) {
            // Pausing what it sends, which is nothing any more, and going on flushes the connection's buffer.
            curl_easy_pause(other.easy, CURLPAUSE_SEND)
            curl_easy_pause(other.easy, CURLPAUSE_CONT)
        }
    }

    /// The peer does not answer: all its streams end, and the next request connects afresh.
    private func retire(_ group: ConnectionGroup) {
        stopAccepting(group)
        for transfer in Array(group.transfers.values) {
            transfer.pending.state.finish(.timedOut(stage: "liveness"))
            release(transfer)
        }
        closeIfUnused(group)
    }

    // MARK: Connection groups

    private func makeGroup(_ key: PeerKey) -> ConnectionGroup? {
        guard let group = ConnectionGroup(id: queue.makeID(), key: key) else { return nil }
        groups[group.id] = group
        pools[key, default: Pool()].groups.append(group)
        return group
    }

    private func stopAccepting(_ group: ConnectionGroup) {
        group.isAccepting = false
        pools[group.key]?.groups.removeAll { $0 === group }
        hasNewRoom = true
    }

    /// Closes a group nobody will use again, and the longest idle one above the limit.
    private func closeIfUnused(_ group: ConnectionGroup) {
        guard group.transfers.isEmpty else { return }
        if !group.isAccepting {
            return close(group)
        }
        let idle = groups.values.filter { $0.transfers.isEmpty && $0.isAccepting }
        if idle.count > Self.idleGroupLimit, let oldest = idle.min(by: { $0.lastUse < $1.lastUse }) {
            stopAccepting(oldest)
            close(oldest)
        }
    }

    private func close(_ group: ConnectionGroup) {
        guard groups.removeValue(forKey: group.id) != nil else { return }
        group.close()
        if let pool = pools[group.key], pool.groups.isEmpty, pool.waiting.isEmpty {
            pools[group.key] = nil
        }
    }

    // MARK: Called back by libcurl, through the transfers: they only record

    /// Whether a transfer may go over this connection; where not, its group takes no more and it is to move.
    func admit(_ transfer: CurlTransfer, over key: ConnectionKey) -> Bool {
        let group = transfer.group
        var connection = connections[key] ?? Connection(group: group.id, chain: [])
        if connection.chain.isEmpty {
            connection.chain = transfer.gatheredChain
        }
        connections[key] = connection
        if group.primary == nil {
            group.primary = key
        }
        let isCheck = transfer.pending.group != nil
        if group.isMultiplexed, group.primary != key {
            // libcurl opened a second connection: the first has no room or was told to go away. A check may use it:
            // it then shows that the peer works, if not this connection.
            stopAccepting(group)
            return isCheck
        }
        if transfer.pending.target.isTLS, connection.chain.isEmpty, transfer.pending.moves == 0, !isCheck {
            // The transfer that opened the connection was cancelled before the chain could be taken from it.
            stopAccepting(group)
            return false
        }
        hasNewRoom = true
        return true
    }

    /// A head arrived, and with it the peer's settings.
    func headArrived(on group: ConnectionGroup, isHTTP2: Bool) {
        hasMoved = true
        if group.recordProtocol(isMultiplexed: isHTTP2) {
            hasNewRoom = true
        }
    }

    /// So many bytes of a body arrived.
    func bodyArrived(_ count: Int, for transfer: CurlTransfer) {
        hasMoved = true
        if count >= Self.burstSize { isBurst = true }
        if !transfer.isToDeliver {
            transfer.isToDeliver = true
            toDeliver.append(transfer)
        }
    }

    /// The chain the peer of a connection presented, leaf first.
    func certificateChain(of connection: ConnectionKey?) -> [[UInt8]] {
        connection.flatMap { connections[$0]?.chain } ?? []
    }

    /// A socket is about to be closed.
    func willClose(_ socket: Int32) {
        guard let key = ConnectionKey(socket: socket), let connection = connections.removeValue(forKey: key) else {
            return
        }
        groups[connection.group]?.removeConnection(key)
    }
}
