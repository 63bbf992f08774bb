import CCurl
import Glibc

/// A ``Transport`` over libcurl's multi interface.
///
/// Two threads of its own run the transfers; what callers do is appended to a queue that wakes one of them. Requests with
/// the same peer, TLS options and proxy share an HTTP/2 connection (see ``ConnectionGroup``), but for those whose body may be
/// paused, which go over HTTP/1.1 on the second thread: libcurl visits every transfer of a multi handle whenever bytes of
/// one arrive, and dozens of quiet watches took more time than the pages of lists beside them. A body that is still read
/// keeps the transport alive; when transport and bodies are gone, the threads end.
package final class CurlTransport: Transport {
    /// Limits and checks of a transport.
    package struct Options: Sendable {
        /// What time limits and the liveness check run on.
        package var clock: any Clock<Duration> = ContinuousClock()
        /// How often `GET /version` goes over a connection that has a long-running request open.
        package var livenessInterval: Duration = .seconds(30)
        /// How long its answer may take.
        package var livenessTimeout: Duration = .seconds(15)
        /// How long a body over TLS may be quiet before its peer is nudged with `GET /version`: see ``Liveness``.
        package var nudgeInterval: Duration = .milliseconds(100)
        /// How many bytes of a body may are unread.
        package var unreadLimit: Int = 8 * 1024 * 1024
        /// How many bytes of a pausable body are unread when it is paused. It goes on when half of them are read.
        package var pauseLimit: Int = 256 * 1024
        /// The proxies of requests that leave the choice to the environment.
        package var proxies: ProxyEnvironment = .process
        /// Where the system's CAs lie as hashed files, where libcurl's built-in directory is not the one; nil for that.
        package var systemCertificateDirectory: String?

        /// Creates options with the defaults DESIGN.md gives.
        package init() {}
    }

    private let queue = CommandQueue()
    /// Of the thread that runs pausable transfers.
    private let pausableQueue = CommandQueue()
    private let timer: LimitTimer
    private let options: Options
    /// Over all pausable bodies that have ended.
    let unreadPeak = UnreadPeak()

    /// Starts the transport and its threads.
    package init(_ options: Options = Options()) {
        self.options = options
        timer = LimitTimer(clock: TransportClock(options.clock))
        Self.startThread(queue, timer, options)
        Self.startThread(pausableQueue, timer, options)
    }

    private static func startThread(_ queue: CommandQueue, _ timer: LimitTimer, _ options: Options) {
        if let failure = CurlLibrary.failure {
            queue.close(failure: failure)
            return
        }
        let start = ThreadStart(
            queue: queue,
            liveness: Liveness(
                interval: options.livenessInterval,
                timeout: options.livenessTimeout,
                timer: timer,
                queue: queue
            ),
            systemCertificateDirectory: options.systemCertificateDirectory
        )
        let context = Unmanaged.passRetained(start).toOpaque()
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, { ThreadStart.run($0) }, context)
        if code == 0 {
            pthread_detach(thread)
        } else {
            Unmanaged<ThreadStart>.fromOpaque(context).release()
            queue.close(failure: "no thread for the transport: \(String(cString: strerror(code)))")
        }
    }

    deinit {
        queue.requestStop()
        pausableQueue.requestStop()
    }

    package func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        let target = try RequestTarget(request, proxies: options.proxies)
        // The timer knows transfers of both threads by their numbers: one queue makes them all.
        let id = queue.makeID()
        let queue = request.isPausable ? pausableQueue : queue
        let state = TransferState(
            id: id,
            limits: request.limits,
            timer: timer,
            unreadLimit: options.unreadLimit,
            pausing: request.isPausable
                ? TransferState.Pausing(limit: options.pauseLimit, peak: unreadPeak) { queue.append(.resume(id)) }
                : nil,
            // A long-running body is quiet as a rule, and its end waits for the next check.
            nudge: request.isLongRunning || request.isPausable || !target.isTLS ? nil : options.nudgeInterval,
            onNudge: { queue.append(.nudge(id)) },
            onAbandon: { queue.append(.cancel(id)) }
        )
        let reader = BodyReader(state: state, transport: self)
        queue.append(.start(PendingTransfer(id: id, request: request, target: target, state: state)))
        timer.add(state)
        let head = try await state.awaitHead()
        return TransportResponse(
            head: head,
            body: ResponseBody {
                { () async throws(TransportError) in try await reader.next() }
            }
        )
    }

    /// Ends all transfers and returns once threads, handles and connections are freed. Later requests are cancelled.
    package func shutdown() async {
        queue.requestStop()
        pausableQueue.requestStop()
        await queue.waitUntilClosed()
        await pausableQueue.waitUntilClosed()
    }
}

/// The reader of a response; when it is released, the transfer is cancelled.
private final class BodyReader: Sendable {
    private let state: TransferState
    private let transport: CurlTransport

    init(state: TransferState, transport: CurlTransport) {
        self.state = state
        self.transport = transport
    }

    deinit {
        state.abandon(.cancelled)
    }

    func next() async throws(TransportError) -> [UInt8]? {
        try await state.nextChunk()
    }
}

/// What a thread is given.
private final class ThreadStart: Sendable {
    let queue: CommandQueue
    let liveness: Liveness
    let systemCertificateDirectory: String?

    init(queue: CommandQueue, liveness: Liveness, systemCertificateDirectory: String?) {
        self.queue = queue
        self.liveness = liveness
        self.systemCertificateDirectory = systemCertificateDirectory
    }

    static func run(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let context else { return nil }
        let start = Unmanaged<ThreadStart>.fromOpaque(context).takeRetainedValue()
        // Signals are for the threads that wait for them, never for this one or the resolvers it starts.
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, nil)
        let worker = CurlWorker(
            queue: start.queue,
            liveness: start.liveness,
            systemCertificateDirectory: start.systemCertificateDirectory
        )
        if let worker {
            worker.run()
        } else {
            start.queue.close(failure: "libcurl could not make a multi handle: out of memory or file descriptors")
        }
        start.queue.announceClosed()
        return nil
    }
}
