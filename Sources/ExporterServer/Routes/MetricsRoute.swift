import Collection
import Exposition
import HASignals
import HTTPTypes
import Hummingbird
import KubernetesClient

/// Answers scrapes: the cluster families of the last collection, then those of the exporter itself: about the collection,
/// and about the moment of the scrape.
struct MetricsRoute: Sendable {
    let cache: SnapshotCache
    /// Decides whether cluster families are served; nil where nobody else could.
    let election: LeaderElection?
    let requests: RequestCounts
    let clock: ClientClock
    let staleAfter: Duration
    let interval: Duration
    /// Expositions that are being sent.
    let expositions: AddressQuota
    let access: WebAccess?
    let processFacts: @Sendable () -> ProcessFacts
    private let collectionTexts = CollectionTexts()

    func respond(_ request: Request, _ context: ExporterContext) async -> Response {
        let encoding = Negotiation.encoding(acceptEncoding: request.headers[.acceptEncoding])
        guard encoding != .notAcceptable else {
            return .text(.notAcceptable, "served as gzip or identity only; allow one of them in Accept-Encoding\n")
        }
        // Held by the body until it has been written.
        guard let slot = expositions.take(context.clientAddress) else {
            var response = Response.text(.serviceUnavailable, "too many scrapes at once; try again\n")
            response.headers[.retryAfter] = "5"
            // Who asks too much at once gets no further answer on this connection.
            response.headers[.connection] = "close"
            return response
        }
        let (format, contentType) = Negotiation.format(accept: request.headers[.accept])
        // Both are checked here, by the clock: no timer has to fire for the cluster families to go.
        let fresh = cache.fresh(at: clock.uptime(), within: staleAfter, interval: interval)
        let snapshot = servesCluster ? fresh : nil
        let last = cache.latest
        let moment = OwnFamilies.tableOfMoment(
            snapshot: last,
            // Recording rules bridge a gap in the cluster families only while nobody says that it serves them.
            isLeader: snapshot != nil,
            requests: requests.all,
            isNewestConfigurationInForce: access?.isNewestInForce,
            process: processFacts()
        )
        var headers: HTTPFields = [
            .contentType: contentType, .vary: "Accept, Accept-Encoding", .cacheControl: "no-store",
        ]
        if encoding == .gzip {
            headers[.contentEncoding] = "gzip"
            let end = ExpositionWriter([moment], format: format, endOfExposition: true).allBytes()
            let about = last.map { collectionTexts.text(of: $0, isFresh: fresh != nil, format) }
            let body = await gzipBody(snapshot, format, about ?? OpenGzipMember(), end, slot, context)
            return Response(status: .ok, headers: headers, body: body)
        }
        let about = last.map { OwnFamilies.table(of: $0, isFresh: fresh != nil) }
        let end = ExpositionWriter([about, moment].compactMap(\.self), format: format, endOfExposition: true).allBytes()
        let isHead = request.method == .head
        return Response(
            status: .ok,
            headers: headers,
            body: await identityBody(snapshot, format, end, slot, context, needsLength: isHead)
        )
    }

    /// Whether this replica serves the cluster families at this moment.
    private var servesCluster: Bool { election?.role.serves ?? true }

    /// Why an answer with cluster families is broken off: while it was sent, another replica may have begun to lead. A
    /// client takes a broken answer for a failed scrape, and keeps nothing of it.
    private struct NoLongerLeader: Error {}

    private func checkLeadership() throws {
        guard servesCluster else { throw NoLongerLeader() }
    }

    /// The ready bytes, what is said about the collection, and a small end made now.
    private func gzipBody(
        _ snapshot: Snapshot?,
        _ format: ExpositionFormat,
        _ about: OpenGzipMember,
        _ end: [UInt8],
        _ slot: AddressQuota.Slot,
        _ context: ExporterContext
    ) async -> ResponseBody {
        var member = OpenGzipMember()
        if let snapshot {
            member = await cache.rendering(of: snapshot, format, at: clock.uptime()).gzip
        }
        let buffers = member.buffers + [member.end(end, after: about)]
        let length = buffers.reduce(0) { $0 + $1.readableBytes }
        return ResponseBody(contentLength: length) { writer in
            for buffer in buffers {
                if snapshot != nil { try checkLeadership() }
                try await writer.write(buffer)
                try await context.eventLoopTurn()
            }
            try await writer.finish(nil)
            withExtendedLifetime(slot) {}
        }
    }

    /// Slice by slice from the table, so that no whole text stands in memory. Its length is known where the format was
    /// rendered before; else the answer is chunked, but for a HEAD that has nothing else to tell.
    private func identityBody(
        _ snapshot: Snapshot?,
        _ format: ExpositionFormat,
        _ end: [UInt8],
        _ slot: AddressQuota.Slot,
        _ context: ExporterContext,
        needsLength: Bool
    ) async -> ResponseBody {
        let tail = ByteBuffer(bytes: end)
        guard let snapshot else { return ResponseBody(byteBuffer: tail) }
        var rendering = snapshot.renderings[format]
        if rendering == nil, needsLength {
            rendering = await cache.rendering(of: snapshot, format, at: clock.uptime())
        }
        let length = rendering.map { $0.identityBytes + tail.readableBytes }
        return ResponseBody(contentLength: length) { writer in
            var text = ExpositionWriter([snapshot.signals.table], format: format, endOfExposition: false)
            while let slice = text.nextBuffer() {
                try checkLeadership()
                try await writer.write(slice)
                try await context.eventLoopTurn()
            }
            try checkLeadership()
            try await writer.write(tail)
            try await writer.finish(nil)
            withExtendedLifetime(slot) {}
        }
    }
}

extension ExpositionWriter {
    /// The next part of the text, whole lines; nil at the end. Written into the buffer that is sent: copying it there would
    /// take a tenth of the time of a scrape.
    mutating func nextBuffer() -> ByteBuffer? {
        var buffer = ByteBuffer()
        var capacity = 2 * Self.sliceLimit
        while true {
            var missing = 0
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) { memory in
                let written = memory.withMemoryRebound(to: UInt8.self) { write(into: $0) }
                missing = written.missing
                return written.count
            }
            guard buffer.readableBytes == 0, missing > 0 else { return buffer.readableBytes == 0 ? nil : buffer }
            // A line that is longer than a part gets one of its own.
            capacity = missing
        }
    }

    /// The whole text. For small tables only.
    fileprivate func allBytes() -> [UInt8] {
        var writer = self
        var bytes: [UInt8] = []
        while let slice = writer.nextSlice() { bytes += slice }
        return bytes
    }
}
