import NIOCore
import NIOHTTP1

/// Keeps one connection within its limits: a time for each phase, one request at a time, and HTTP/1.0 in its own form.
///
/// Stands between NIO's HTTP codec and Hummingbird's. An answer counts as done when the system has taken its last byte,
/// so that a reader that does not read has one answer under way, not all those it asked for.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// What came while an answer was under way, in its order.
    private enum Held {
        case part(HTTPServerRequestPart)
        case error(any Error)
        case inputClosed
    }

    private let limits: ConnectionLimits
    private var deadline: Scheduled<Void>?
    private var held = CircularBuffer<Held>(initialCapacity: 0)
    private var isReadHeld = false
    /// From a request head on until the answer has been written.
    private var isAnswering = false
    /// From a request head to its end.
    private var isReceiving = false
    /// Whether another request may follow on this connection.
    private var isKeptAlive = true
    /// Whether our side is closed, and only the client's end is awaited.
    private var isOutputClosed = false
    /// Whether the request is of HTTP/1.0 or older.
    private var isOld = false

    init(_ limits: ConnectionLimits) {
        self.limits = limits
    }

    /// Whether a whole request has been passed on whose answer is not written.
    private var isHolding: Bool { !held.isEmpty || (isAnswering && !isReceiving) }

    func handlerAdded(context: ChannelHandlerContext) {
        close(context, after: limits.head)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        held.removeAll()
        context.fireChannelInactive()
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if isHolding {
            hold(.part(part), context)
        } else {
            pass(part, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError, isHolding {
            hold(.error(error), context)
        } else {
            context.fireErrorCaught(error)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event, !held.isEmpty {
            hold(.inputClosed, context)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// Nothing is read while a request is answered: later ones stay in the socket.
    func read(context: ChannelHandlerContext) {
        if isHolding {
            isReadHeld = true
        } else {
            context.read()
        }
    }

    private func hold(_ event: Held, _ context: ChannelHandlerContext) {
        guard !isOutputClosed else { return }
        // A client that closes its side makes NIO read on to the end of what it sent.
        guard held.count < limits.heldParts else { return context.close(promise: nil) }
        held.append(event)
    }

    private func pass(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        guard !isOutputClosed else { return }
        switch part {
        case .head(let head):
            isAnswering = true
            isReceiving = true
            isOld = head.version.major < 1 || head.version == .http1_0
            isKeptAlive = !isOld && head.isKeepAlive
            close(context, after: limits.answer)
        case .body: break
        case .end: isReceiving = false
        }
        context.fireChannelRead(wrapInboundOut(part))
    }

    /// Passes on what was held, up to the end of one request.
    private func passHeld(_ context: ChannelHandlerContext) {
        while !(isAnswering && !isReceiving), let next = held.popFirst() {
            switch next {
            case .part(let part): pass(part, context)
            case .error(let error): context.fireErrorCaught(error)
            case .inputClosed: context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
            }
        }
        context.fireChannelReadComplete()
        if isReadHeld, !isHolding {
            isReadHeld = false
            context.read()
        }
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            // Who is answered before all of the request came need not send the rest.
            if isReceiving || !head.isKeepAlive { isKeptAlive = false }
            if !isKeptAlive { head.headers.replaceOrAdd(name: "connection", value: "close") }
            // Without chunks, which HTTP/1.0 does not know: the end of the connection ends the answer.
            if isOld { head.version = .http1_0 }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            let written = promise ?? context.eventLoop.makePromise()
            written.futureResult.assumeIsolated().whenSuccess { self.endAnswer(context) }
            context.write(data, promise: written)
        }
    }

    private func endAnswer(_ context: ChannelHandlerContext) {
        guard context.channel.isActive, !isOutputClosed else { return }
        isAnswering = false
        guard isKeptAlive else {
            // Our side only: what the client still sends would else reset the connection under the answer.
            isOutputClosed = true
            held.removeAll()
            close(context, after: limits.head)
            context.close(mode: .output, promise: nil)
            if isReadHeld {
                isReadHeld = false
                context.read()
            }
            return
        }
        close(context, after: limits.idle)
        passHeld(context)
    }

    // MARK: Time

    /// Closes the connection after the time, unless this is called again before.
    private func close(_ context: ChannelHandlerContext, after time: TimeAmount) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
    }
}
