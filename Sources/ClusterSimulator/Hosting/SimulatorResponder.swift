import HTTPTypes
import HummingbirdCore
import NIOCore

/// Carries requests of one listener to the simulated cluster and its answers back.
struct SimulatorResponder: Sendable {
    let cluster: SimulatedCluster
    let endpoint: SimulatedEndpoint
    let clients: OpenClients

    /// What the API server takes at most of a request's body: 3 MiB.
    private static let bodyLimit = 3 * 1024 * 1024

    /// Why a response is not brought to its end; the server then closes the stream or connection.
    private enum Ending: Error {
        case nobodyListens
        case cut
    }

    /// Answers one request; `@concurrent` as the writer's own methods are.
    @concurrent
    func respond(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        guard let body = try await Self.read(request.body) else {
            return try await writer.writeResponse(
                HTTPResponse(status: .contentTooLarge, headerFields: [.contentLength: "0"])
            )
        }
        let simulated = SimulatedRequest(
            method: request.method.rawValue,
            target: request.head.path ?? "/",
            headers: request.headers.map { ($0.name.canonicalName, $0.value) },
            body: body,
            endpoint: endpoint
        )
        let client = clients.enter(channel)
        defer { clients.leave(client) }
        let response = try await client.waiting { [cluster] in await cluster.respond(to: simulated) }
        guard let head = response.head else {
            ConnectionAborter.abort(channel)
            throw Ending.nobodyListens
        }
        if request.method == .head { return try await writer.writeResponse(Self.head(head, request)) }
        switch response.body {
        case .bytes(let bytes):
            let body = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
            try await writer.write(response: Self.head(head, request), body: body)
        case .chunks(let chunks):
            var writer = try await writer.writeHead(Self.head(head, request))
            // Each chunk is asked for when the last has gone out: a list is put together as fast as it is read.
            if simulated.isTrue("watch") {
                while let chunk = try await client.waiting(for: { try await Self.next(chunks) }) {
                    try await writer.write(ByteBuffer(bytes: chunk))
                }
            } else {
                // A list never waits. It is not ended early by a server that stops: half of it would look whole.
                while let chunk = try await Self.next(chunks) { try await writer.write(ByteBuffer(bytes: chunk)) }
                if Task.isCancelled { throw Ending.cut }
            }
            try await writer.finish(nil)
        }
    }

    /// The whole body, nil where it is too large: it is read all the same, since a client that still sends would take
    /// an early answer for a broken connection.
    @concurrent
    private static func read(_ body: RequestBody) async throws -> [UInt8]? {
        var bytes: [UInt8] = []
        var count = 0
        for try await part in body {
            count += part.readableBytes
            if count <= bodyLimit { bytes.append(contentsOf: part.readableBytesView) }
        }
        return count <= bodyLimit ? bytes : nil
    }

    /// The next chunk. Iterators of one stream share its place, so a new one each time goes on where the last was.
    private static func next(_ chunks: AsyncThrowingStream<[UInt8], any Error>) async throws -> [UInt8]? {
        var iterator = chunks.makeAsyncIterator()
        do {
            return try await iterator.next()
        } catch is SimulatedConnectionCut {
            throw Ending.cut
        }
    }

    private static func head(_ head: SimulatedHead, _ request: Request) -> HTTPResponse {
        var response = HTTPResponse(status: HTTPResponse.Status(code: head.status))
        for (name, value) in head.headers {
            if let name = HTTPField.Name(name) { response.headerFields.append(HTTPField(name: name, value: value)) }
        }
        // NIO reads no further request on a connection that asked for another protocol, as curl's does with --http2.
        if request.headers[.upgrade] != nil { response.headerFields[.connection] = "close" }
        return response
    }
}
