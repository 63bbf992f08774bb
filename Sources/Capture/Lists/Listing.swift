import ClusterState
import HTTPTransport
import KubernetesClient
import KubernetesWire

/// Reads one list to its end, page by page, into a spool.
struct Listing {
    private let list: CapturedList
    private let spool: ListSpool
    private let start: Int
    private var bytes = 0

    /// Begins a list at the end of a spool.
    init(_ list: CapturedList, _ spool: ListSpool) {
        self.list = list
        self.spool = spool
        start = spool.objects
    }

    /// How far it has come.
    func captured(_ state: SourceState?, reason: String? = nil) -> CapturedSource {
        var captured = CapturedSource(list.resource.source, state, reason: reason)
        captured.objects = spool.objects - start
        captured.bytes = bytes
        return captured
    }

    /// Reads all scopes.
    ///
    /// - Returns: The metadata of the last page.
    mutating func run(_ run: CaptureRun) async throws(ListFault) -> ListMeta {
        var metadata = ListMeta()
        for scope in list.scopes { metadata = try await read(scope, run) }
        return metadata
    }

    private mutating func read(_ scope: String?, _ run: CaptureRun) async throws(ListFault) -> ListMeta {
        let scopeStart = spool.mark
        var token = ""
        var bounds = ListBounds()
        while true {
            let pageStart = spool.mark
            do throws(ListFault) {
                let metadata = try await page(scope, token, run, &bounds)
                if !metadata.continueToken.isEmpty,
                    let failure = bounds.follow(metadata.continueToken, at: run.capture.clock.uptime())
                {
                    throw .failed(failure)
                }
                run.retryPolicy.succeeded()
                run.capture.progress(captured(nil))
                if metadata.continueToken.isEmpty { return metadata }
                token = metadata.continueToken
            } catch {
                guard case .failed(let failure) = error else { throw error }
                try rewind(to: pageStart)
                switch try await run.handle(failure, captured(nil)) {
                case .again, .freshCredentials: break
                case .restart:
                    try rewind(to: scopeStart)
                    token = ""
                    bounds = ListBounds()
                case .giveUp: throw .failed(failure)
                }
            }
        }
    }

    private func rewind(to mark: ListSpool.Mark) throws(ListFault) {
        do throws(CaptureError) { try spool.rewind(to: mark) } catch { throw .ended(error) }
    }

    private mutating func page(
        _ scope: String?,
        _ token: String,
        _ run: CaptureRun,
        _ bounds: inout ListBounds
    ) async throws(ListFault) -> ListMeta {
        let request = ResourceRequest.page(list.resource, namespace: scope, continueToken: token)
        var page = PageReader(list)
        let response: TransportResponse
        do throws(RequestFailure) {
            response = try await run.capture.client.get(
                request.target,
                accept: list.resource.mediaType,
                limits: ResourceRequest.listLimits,
                isPausable: true
            )
        } catch {
            throw .failed(error)
        }
        let clock = run.capture.clock
        bounds.pageArrived(at: clock.uptime())
        var body = PageBody(response.body, clock: clock)
        while let chunk = try await Self.next(&body) {
            bytes += chunk.count
            do throws(RequestFailure) { try page.push(chunk, &run.intake) } catch { throw .failed(error) }
            try write(&page)
            if let failure = bounds.overdue(at: clock.uptime()) { throw .failed(failure) }
        }
        let metadata: ListMeta
        do throws(RequestFailure) { metadata = try page.finish(&run.intake) } catch { throw .failed(error) }
        try write(&page)
        if let failure = bounds.pageEnded(items: page.items, hasNext: !metadata.continueToken.isEmpty) {
            throw .failed(failure)
        }
        return metadata
    }

    private func write(_ page: inout PageReader) throws(ListFault) {
        do throws(CaptureError) {
            try spool.append(page.frames, objects: page.objects)
        } catch {
            throw .ended(error)
        }
        page.clearFrames()
    }

    private static func next(_ body: inout PageBody) async throws(ListFault) -> [UInt8]? {
        do throws(RequestFailure) { return try await body.next() } catch { throw .failed(error) }
    }
}
