import CCurl

/// One transfer on the transport's thread: an easy handle and what libcurl calls back into.
final class CurlTransfer {
    /// What was asked for.
    let pending: PendingTransfer
    /// The group it runs on.
    let group: ConnectionGroup
    /// The `CURL`.
    let easy: UnsafeMutableRawPointer
    /// Lists given to libcurl, freed with the handle.
    var lists: [UnsafeMutablePointer<curl_slist>] = []
    /// Where libcurl writes what failed.
    let errorBuffer: UnsafeMutablePointer<CChar>
    /// The connection it goes over, once it stands.
    var connection: ConnectionKey?
    /// Whether it was stopped before anything was sent and belongs on another group.
    var isToMove = false
    /// Why the transfer stopped itself, where it did.
    var stopReason: TransportError?
    /// Whether the worker knows that bytes of the body are to be delivered.
    var isToDeliver = false
    /// Whether the head is there, so that the request is sent in full.
    private(set) var hasHead = false
    private var head = HeadParser()
    private unowned let worker: CurlWorker

    /// Makes the handle and sets all options.
    ///
    /// - Throws: ``TransportError/invalidRequest(_:)`` where libcurl refuses one.
    init(_ pending: PendingTransfer, group: ConnectionGroup, worker: CurlWorker) throws(TransportError) {
        guard let easy = curl_easy_init() else { throw .invalidRequest("out of memory for a transfer") }
        self.pending = pending
        self.group = group
        self.easy = easy
        self.worker = worker
        errorBuffer = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorBuffer.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        do throws(TransportError) {
            try setOptions(worker: worker)
        } catch {
            free()
            throw error
        }
    }

    /// Frees the handle; it must be off the multi handle.
    func free() {
        curl_easy_cleanup(easy)
        for list in lists {
            curl_slist_free_all(list)
        }
        lists = []
        errorBuffer.deallocate()
    }

    /// The error of a transfer that ended with `code`, nil for success.
    func error(_ code: CURLcode) -> TransportError? {
        if let stopReason { return stopReason }
        if code == CURLE_OK { return nil }
        var systemError = 0
        _ = ccurl_get_long(easy, CURLINFO_OS_ERRNO, &systemError)
        return CurlFailure(
            code: code,
            detail: String(cString: errorBuffer),
            systemError: systemError,
            wasConnected: connection != nil,
            target: pending.target,
            tls: pending.request.tls
        )
        .transportError
    }

    // MARK: Called by libcurl

    /// A line of the head; false stops the transfer.
    func receive(headLine: UnsafeRawBufferPointer) -> Bool {
        switch head.take(headLine) {
        case .more:
            return true
        case .tooLarge:
            stopReason = .connectionLost(
                reason: "\(pending.target.authority): response head over \(HeadParser.sizeLimit / 1024) KiB"
            )
            return false
        case .complete:
            hasHead = true
            worker.headArrived(on: group, isHTTP2: head.isHTTP2)
            let chain = worker.certificateChain(of: connection)
            pending.state.receive(
                head: ResponseHead(status: head.status, headers: head.headers, certificateChain: chain)
            )
            return true
        }
    }

    /// Bytes of the body.
    func receive(body: UnsafeRawBufferPointer) -> TransferState.Reception {
        let reception = pending.state.receive(body)
        if reception == .taken { worker.bodyArrived(body.count, for: self) }
        return reception
    }

    /// The connection stands and the request is about to go out; false stops the transfer.
    func connected(over connection: ConnectionKey) -> Bool {
        guard worker.admit(self, over: connection) else {
            isToMove = true
            return false
        }
        self.connection = connection
        pending.state.connected()
        return true
    }

    /// The chain libcurl gathered in this handle, leaf first: empty unless this transfer opened the connection.
    var gatheredChain: [[UInt8]] {
        var certificates: UnsafeMutablePointer<curl_certinfo>?
        guard ccurl_get_certificates(easy, &certificates) == CURLE_OK, let info = certificates?.pointee,
            let fields = info.certinfo
        else { return [] }
        let prefix = "Cert:"
        return (0..<Int(info.num_of_certs))
            .compactMap { index in
                var field = fields[index]
                while let current = field {
                    if let data = current.pointee.data {
                        let text = String(cString: data)
                        if text.hasPrefix(prefix) { return Array(text.utf8.dropFirst(prefix.utf8.count)) }
                    }
                    field = current.pointee.next
                }
                return nil
            }
    }
}
