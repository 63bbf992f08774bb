extension SimulatorState {
    /// Opens a watch. Errors of the version come in the stream, after a 200, as a real server's watch cache does.
    mutating func watchAnswer(
        _ resource: SimulatedResource,
        _ target: ResourcePath,
        _ request: SimulatedRequest,
        _ type: MediaType,
        _ continuation: OpenWatch.Continuation
    ) -> Answer {
        let selection: Selection
        do {
            selection = try self.selection(request, target)
        } catch {
            return failure(.badRequest(error.reason), type)
        }
        let version = request.parameter("resourceVersion")
        guard let start = Int64(version.isEmpty ? "0" : version), start >= 0 else {
            return failure(.badRequest("resourceVersion: invalid value \"\(version)\""), type)
        }
        let sendsInitialEvents = request.isTrue("sendInitialEvents")
        guard !sendsInitialEvents || request.parameter("resourceVersionMatch") == "NotOlderThan" else {
            return failure(.badRequest("sendInitialEvents needs resourceVersionMatch=NotOlderThan"), type)
        }
        // A client that names no time gets 30 to 60 minutes.
        let seconds = Int64(request.parameter("timeoutSeconds")) ?? Int64(1800 + random.below(1800))
        var watch = OpenWatch(
            resource: resource,
            namespace: selection.namespace,
            name: selection.name,
            cursor: start,
            wantsBookmarks: request.isTrue("allowWatchBookmarks"),
            nextBookmark: cluster.now + .seconds(60),
            deadline: cluster.now + .seconds(max(1, seconds)),
            server: server(for: request.endpoint),
            continuation: continuation
        )
        let head = head(200, resource.isCustom ? .json : .protobufWatch)
        if sendsInitialEvents || start == 0 {
            sendState(&watch)
            if sendsInitialEvents, watch.wantsBookmarks {
                continuation.yield(watch.bookmark(watch.cursor, endsInitialEvents: true))
            }
        } else if start < cluster.store.compactedRevision {
            continuation.yield(
                watch.error(.expiredWatch(start, oldest: cluster.store.compactedRevision))
            )
            endings.append(Ending(continuation: continuation, isCut: false))
            return .watch(head, nil)
        }
        watches[nextWatch] = watch
        let id = nextWatch
        nextWatch += 1
        deliver()
        return .watch(head, id)
    }

    /// The API server behind an address: connections to the common one go to those that run in turn.
    private func server(for endpoint: SimulatedEndpoint) -> Int {
        if case .apiServer(let index) = endpoint { return index }
        let running = (0..<cluster.plan.masters).filter { cluster.isAPIServerUp($0) }
        return running.isEmpty ? 0 : running[nextWatch % running.count]
    }

    /// Sends all objects as they are now, several frames to a chunk.
    private func sendState(_ watch: inout OpenWatch) {
        var chunk: [UInt8] = []
        for object in cluster.store.objects(watch.resource) where watch.wants(object) {
            chunk.append(contentsOf: watch.frame("ADDED", raw: object.payload))
            if chunk.count >= 65_536 {
                watch.continuation.yield(chunk)
                chunk = []
            }
        }
        if !chunk.isEmpty { watch.continuation.yield(chunk) }
        watch.cursor = cluster.store.revision
    }
}
