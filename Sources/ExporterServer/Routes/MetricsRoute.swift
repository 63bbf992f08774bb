import Exposition
import HASignals
import HTTPTypes
import Hummingbird

/// Answers scrapes: the cluster families of the last collection, then those of the exporter itself, made now.
struct MetricsRoute: Sendable {
    let cache: SnapshotCache
    let requests: RequestCounts
    let clock: ExporterClock
    let staleAfter: Duration
    let processFacts: @Sendable () -> ProcessFacts

    func respond(_ request: Request) async -> Response {
        let encoding = Negotiation.encoding(acceptEncoding: request.headers[.acceptEncoding])
        guard encoding != .notAcceptable else {
            return .text(.notAcceptable, "served as gzip or identity only; allow one of them in Accept-Encoding\n")
        }
        let (format, contentType) = Negotiation.format(accept: request.headers[.accept])
        // Checked here and nowhere else: no timer has to fire for old truth to go.
        let snapshot = cache.fresh(at: clock.uptime(), within: staleAfter)
        let own = OwnFamilies.table(snapshot: cache.latest, requests: requests.all, process: processFacts())
        let end = ExpositionWriter([own], format: format, endOfExposition: true)
        var headers: HTTPFields = [
            .contentType: contentType, .vary: "Accept, Accept-Encoding", .cacheControl: "no-store",
        ]
        if encoding == .gzip {
            headers[.contentEncoding] = "gzip"
            return Response(status: .ok, headers: headers, body: await gzipBody(snapshot, format, end))
        }
        return Response(status: .ok, headers: headers, body: identityBody(snapshot, format, end))
    }

    /// The ready member, and a small one made now: members one after another are one gzip stream (RFC 1952, 2.2).
    private func gzipBody(
        _ snapshot: Snapshot?, _ format: ExpositionFormat, _ end: ExpositionWriter
    ) async -> ResponseBody {
        var parts: [ByteBuffer] = []
        if let snapshot {
            parts.append(await cache.rendering(of: snapshot, format, at: clock.uptime()).gzip)
        }
        parts.append(ByteBuffer(bytes: GzipStream.gzipped(end)))
        return ResponseBody(contentsOf: parts)
    }

    /// Slice by slice from the table, so that no whole text stands in memory. Its length is known where the format was
    /// rendered before; else the answer is chunked.
    private func identityBody(
        _ snapshot: Snapshot?, _ format: ExpositionFormat, _ end: ExpositionWriter
    ) -> ResponseBody {
        let tail = ByteBuffer(bytes: end.allBytes())
        guard let snapshot else { return ResponseBody(byteBuffer: tail) }
        let length = snapshot.renderings[format].map { $0.identityBytes + tail.readableBytes }
        return ResponseBody(contentLength: length) { writer in
            var text = ExpositionWriter([snapshot.signals.table], format: format, endOfExposition: false)
            while let slice = text.nextSlice() { try await writer.write(ByteBuffer(bytes: slice)) }
            try await writer.write(tail)
            try await writer.finish(nil)
        }
    }
}

extension ExpositionWriter {
    /// The whole text. For small tables only.
    fileprivate func allBytes() -> [UInt8] {
        var writer = self
        var bytes: [UInt8] = []
        while let slice = writer.nextSlice() { bytes += slice }
        return bytes
    }
}
