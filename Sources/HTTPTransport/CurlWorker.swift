import CCurl
import Glibc

/// One of the transport's threads: owns its multi handle, easy handles and connections. Nothing else touches them.
///
/// What libcurl calls back into only takes notes; handles are added and removed in ``run()`` between calls to libcurl.
final class CurlWorker {
    private let multi: UnsafeMutableRawPointer
    private let queue: CommandQueue
    private let liveness: Liveness
    /// Overrides libcurl's built-in directory of CAs.
    let systemCertificateDirectory: String?
    private var pools: [PeerKey: Pool] = [:]
    private var lanes: [UInt64: Lane] = [:]
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

    /// How many lanes without transfers are kept for reuse: API servers and etcd members of a large control plane.
    private static let idleLaneLimit = 16
    /// How often a transfer is moved to another lane before it fails.
    private static let moveLimit = 8
    /// How often libcurl is called in one turn while bytes keep coming. A call takes one TLS record of each transfer, and
    /// without it each would cost a look at all sockets and wake a reader for 16 KiB.
    private static let burstLimit = 8
    /// From so many bytes at once on, a TLS record was full or nearly so.
    private static let burstSize = 8 * 1024

    /// A peer's lanes and the requests that wait for room on them.
    private struct Pool {
        var lanes: [Lane] = []
        var waiting: [Ticket] = []
    }

    /// An open connection.
    private struct Connection {
        let lane: UInt64
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
            transfer.ticket.state.finish(.cancelled)
            release(transfer)
        }
        for ticket in pools.values.flatMap(\.waiting) {
            ticket.state.finish(.cancelled)
        }
        pools = [:]
        for lane in lanes.values {
            lane.close()
        }
        lanes = [:]
        curl_multi_cleanup(multi)
    }

    // MARK: Commands

    private func perform(_ command: Command) {
        switch command {
        case .start(let ticket):
            start(ticket)
        case .cancel(let id):
            if let transfer = transfers[id] {
                release(transfer)
                tellPeer(endOf: transfer)
            }
        case .resume(let id):
            if let transfer = transfers[id] {
                resume(transfer)
            }
        case .nudge(let id):
            if let transfer = transfers[id], transfer.hasHead, transfer.lane.isMultiplexed {
                liveness.nudge(lane: transfer.lane.id, like: transfer.ticket.request, target: transfer.ticket.target)
            }
        case .retire(let id):
            if let lane = lanes[id] {
                retire(lane)
            }
        }
    }

    private func start(_ ticket: Ticket) {
        guard !ticket.state.hasEnded else { return }
        if let id = ticket.lane {
            guard let lane = lanes[id] else { return ticket.state.finish(.cancelled) }
            return begin(ticket, on: lane)
        }
        let key = PeerKey(ticket)
        pools[key, default: Pool()].waiting.append(ticket)
        startWaiting(key)
    }

    /// Begins what waits, as far as there is room.
    private func startWaiting(_ key: PeerKey) {
        while let pool = pools[key], let ticket = pool.waiting.first {
            let lane = ticket.state.hasEnded ? nil : pool.lanes.first { $0.hasRoom }
            if lane == nil, !ticket.state.hasEnded, pool.lanes.contains(where: \.isWorthWaitingFor) {
                return
            }
            pools[key]?.waiting.removeFirst()
            if ticket.state.hasEnded { continue }
            guard let lane = lane ?? makeLane(key) else {
                ticket.state.finish(.connectionFailed(host: key.authority, reason: "out of memory for a connection"))
                continue
            }
            begin(ticket, on: lane)
        }
        if let pool = pools[key], pool.lanes.isEmpty, pool.waiting.isEmpty {
            pools[key] = nil
        }
    }

    private func begin(_ ticket: Ticket, on lane: Lane) {
        do throws(TransportError) {
            let transfer = try CurlTransfer(ticket, lane: lane, worker: self)
            let code = curl_multi_add_handle(multi, transfer.easy)
            guard code == CURLM_OK else {
                transfer.free()
                throw .connectionFailed(host: lane.key.authority, reason: String(cString: curl_multi_strerror(code)))
            }
            transfers[ticket.id] = transfer
            transferIDs[transfer.easy] = ticket.id
            lane.transfers[ticket.id] = transfer
            if ticket.request.isLongRunning {
                lane.longRunningCount += 1
                if lane.liveness == nil {
                    lane.liveness = liveness.watch(lane: lane.id, like: ticket.request, target: ticket.target)
                }
            }
        } catch {
            ticket.state.finish(error)
            closeIfUnused(lane)
        }
    }

    /// Goes on with a paused transfer. libcurl first hands over what it holds, within this call, which may pause it again.
    private func resume(_ transfer: CurlTransfer) {
        let code = curl_easy_pause(transfer.easy, CURLPAUSE_CONT)
        // libcurl does not end a transfer for an error of this call, although bytes are lost.
        if code != CURLE_OK {
            transfer.ticket.state.finish(transfer.error(code))
            release(transfer)
        }
    }

    /// Hands over what came in during one turn, in one piece for each transfer.
    private func deliver() {
        for transfer in toDeliver {
            transfer.isToDeliver = false
            transfer.ticket.state.deliver()
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
            if transfer.mustMove {
                move(transfer)
            } else {
                transfer.ticket.state.finish(transfer.error(code))
                release(transfer)
                if code == CURLE_WRITE_ERROR {
                    tellPeer(endOf: transfer)
                }
            }
        }
    }

    /// Begins anew on another lane. Nothing was sent yet, so the caller does not notice.
    private func move(_ transfer: CurlTransfer) {
        var ticket = transfer.ticket
        release(transfer)
        ticket.moves += 1
        guard ticket.moves <= Self.moveLimit else {
            return ticket.state.finish(
                .connectionFailed(host: ticket.target.authority, reason: "no connection takes a further stream")
            )
        }
        start(ticket)
    }

    /// Takes the transfer off the multi handle and frees it.
    private func release(_ transfer: CurlTransfer) {
        let lane = transfer.lane
        curl_multi_remove_handle(multi, transfer.easy)
        transferIDs[transfer.easy] = nil
        transfers[transfer.ticket.id] = nil
        lane.transfers[transfer.ticket.id] = nil
        transfer.free()
        if transfer.ticket.request.isLongRunning {
            lane.longRunningCount -= 1
            if lane.longRunningCount == 0 {
                lane.liveness?.cancel()
                lane.liveness = nil
            }
        }
        releaseCount += 1
        lane.lastUse = releaseCount
        hasNewRoom = true
        closeIfUnused(lane)
    }

    /// Sees to it that the peer learns of a stream cut short, and stops sending.
    ///
    /// libcurl 7.88 leaves the RST_STREAM in a buffer of its HTTP/2 connection until the next transfer there sends or
    /// receives. Another stream can be made to send what is buffered; where there is none, the connection is closed.
    private func tellPeer(endOf transfer: CurlTransfer) {
        let lane = transfer.lane
        guard lane.isMultiplexed, transfer.connection != nil else { return }
        if lane.transfers.isEmpty {
            stopAccepting(lane)
            close(lane)
        } else if let other = lane.transfers.values.first(where: {
            $0.hasHead && $0.connection == transfer.connection
        }) {
            // Pausing what it sends, which is nothing any more, and going on flushes the connection's buffer.
            curl_easy_pause(other.easy, CURLPAUSE_SEND)
            curl_easy_pause(other.easy, CURLPAUSE_CONT)
        }
    }

    /// The peer does not answer: all its streams end, and the next request connects afresh.
    private func retire(_ lane: Lane) {
        stopAccepting(lane)
        for transfer in Array(lane.transfers.values) {
            transfer.ticket.state.finish(.timedOut(stage: "liveness"))
            release(transfer)
        }
        closeIfUnused(lane)
    }

    // MARK: Lanes

    private func makeLane(_ key: PeerKey) -> Lane? {
        guard let lane = Lane(id: queue.makeID(), key: key) else { return nil }
        lanes[lane.id] = lane
        pools[key, default: Pool()].lanes.append(lane)
        return lane
    }

    private func stopAccepting(_ lane: Lane) {
        lane.isAccepting = false
        pools[lane.key]?.lanes.removeAll { $0 === lane }
        hasNewRoom = true
    }

    /// Closes a lane nobody will use again, and the longest idle one above the limit.
    private func closeIfUnused(_ lane: Lane) {
        guard lane.transfers.isEmpty else { return }
        if !lane.isAccepting {
            return close(lane)
        }
        let idle = lanes.values.filter { $0.transfers.isEmpty && $0.isAccepting }
        if idle.count > Self.idleLaneLimit, let oldest = idle.min(by: { $0.lastUse < $1.lastUse }) {
            stopAccepting(oldest)
            close(oldest)
        }
    }

    private func close(_ lane: Lane) {
        guard lanes.removeValue(forKey: lane.id) != nil else { return }
        lane.close()
        if let pool = pools[lane.key], pool.lanes.isEmpty, pool.waiting.isEmpty {
            pools[lane.key] = nil
        }
    }

    // MARK: Called back by libcurl, through the transfers: notes only

    /// Whether a transfer may go over this connection; where not, its lane takes no more and it is to move.
    func admit(_ transfer: CurlTransfer, over key: ConnectionKey) -> Bool {
        let lane = transfer.lane
        var connection = connections[key] ?? Connection(lane: lane.id, chain: [])
        if connection.chain.isEmpty {
            connection.chain = transfer.gatheredChain
        }
        connections[key] = connection
        if lane.primary == nil {
            lane.primary = key
        }
        let isCheck = transfer.ticket.lane != nil
        if lane.isMultiplexed, lane.primary != key {
            // libcurl opened a second connection: the first has no room or was told to go away. A check may use it:
            // it then shows that the peer works, if not this connection.
            stopAccepting(lane)
            return isCheck
        }
        if transfer.ticket.target.isTLS, connection.chain.isEmpty, transfer.ticket.moves == 0, !isCheck {
            // The transfer that opened the connection was cancelled before the chain could be taken from it.
            stopAccepting(lane)
            return false
        }
        hasNewRoom = true
        return true
    }

    /// A head arrived, and with it the peer's settings.
    func headArrived(on lane: Lane, isHTTP2: Bool) {
        hasMoved = true
        if lane.learn(isMultiplexed: isHTTP2) {
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
        lanes[connection.lane]?.forget(key)
    }
}
