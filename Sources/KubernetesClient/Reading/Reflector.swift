import ClusterState
import HTTPTransport
import KubernetesWire

/// Keeps one resource up to date: performs the actions that ``ListWatch`` returns, and passes it their results.
struct Reflector: Sendable {
    /// Objects above which lists take turns, since each is staged beside what it replaces.
    static let largeList = 10_000

    let resource: APIResource
    /// The namespaces to list, nil for all at once.
    let scopes: [String?]
    let client: APIClient
    let store: ClusterStore
    let clock: ClientClock
    /// List pages in flight, over all reflectors.
    let pagePermits: Permits
    /// Held by the large list whose turn it is.
    let turn: Permits
    let seed: UInt64
    /// Lists all resources again but this one.
    let relistAll: @Sendable (Source) -> Void
    let messages: AsyncStream<Message>
    let feed: AsyncStream<Message>.Continuation

    /// A message to the reflector. Lists and watches are numbered: messages of an ended one are ignored.
    enum Message: Sendable {
        case input(ListWatch.Input)
        /// An alarm for that time.
        case tick(Duration)
        case page(list: Int, ArrivedPage)
        case list(Int, ListWatch.Input)
        case watch(Int, scope: Int, ListWatch.Input)
    }

    /// An answer whose body is still to be read, and what it holds until then.
    struct ArrivedPage: Sendable {
        let response: TransportResponse
        let permit: Permit
        let turn: Permit?
    }

    /// Runs until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            var work = ReflectorWork(self)
            for await message in messages {
                if let input = work.accept(message) {
                    for action in work.machine.on(input, at: clock.uptime()) {
                        await work.perform(action, in: &group)
                    }
                }
                work.arm(in: &group)
            }
            group.cancelAll()
        }
    }

    // MARK: What runs beside

    /// Asks for a page, when it is its turn.
    func fetch(_ target: String, list: Int, isLarge: Bool) async {
        let turn = isLarge ? await self.turn.acquire() : nil
        if isLarge, turn == nil { return }
        guard let permit = await pagePermits.acquire() else { return }
        do throws(RequestFailure) {
            let response = try await client.get(
                target,
                accept: resource.mediaType,
                limits: ResourceRequest.listLimits,
                isPausable: true
            )
            feed.yield(.page(list: list, ArrivedPage(response: response, permit: permit, turn: turn)))
        } catch {
            feed.yield(.list(list, .listFailed(error)))
        }
    }

    /// Reads a page that has arrived, if its list is still under way.
    func read(_ page: ArrivedPage, list: Int, generation: Int) async {
        guard let number = await store.openPage(resource.source, generation: generation) else { return }
        var body = PageBody(page.response.body, permits: pagePermits, clock: clock)
        var items = 0
        do throws(RequestFailure) {
            while let chunk = try await body.next() {
                let read = try await store.readPage(number, chunk)
                items += read.items
                // A page need not end either.
                guard items <= ListBounds.objects else { throw ListBounds.tooManyObjects }
                if let metadata = read.metadata { feed.yield(.list(list, .pageMetadata(metadata))) }
            }
            if let metadata = try await store.finishPage(number) {
                items = metadata.itemCount ?? 0
                feed.yield(.list(list, .pageMetadata(metadata)))
            }
            feed.yield(.list(list, .pageEnded(items: items)))
        } catch {
            feed.yield(.list(list, .listFailed(error)))
        }
    }

    /// Opens a watch and reads it to its end.
    func watch(_ request: ResourceRequest, number watch: Int, scope: Int, generation: Int) async {
        do throws(RequestFailure) {
            let response = try await client.get(
                request.target,
                accept: resource.mediaType,
                limits: ResourceRequest.watchLimits,
                isLongRunning: true
            )
            guard let number = await store.openWatch(resource.source, scope: scope, generation: generation) else {
                return
            }
            feed.yield(.watch(watch, scope: scope, .watchOpened(scope: scope)))
            var body = response.body.makeAsyncIterator()
            do throws(RequestFailure) {
                while let chunk = try await next(&body) {
                    if let version = try await store.readWatch(number, chunk) {
                        feed.yield(.watch(watch, scope: scope, .watchProgressed(scope: scope, version: version)))
                    }
                }
            } catch  where error.kind == .unreachable || error.kind == .silent || error.kind == .overrun {
                // Cut inside an event: that is worse than cut between two. One that we gave up may be so.
                if error.kind == .unreachable {
                    try await store.finishWatch(number)
                } else {
                    await store.dropWatch(number)
                }
                throw error
            }
            try await store.finishWatch(number)
            feed.yield(.watch(watch, scope: scope, .watchEnded(scope: scope)))
        } catch {
            feed.yield(.watch(watch, scope: scope, .watchFailed(scope: scope, await client.withoutToken(error))))
        }
    }

    private func next(_ body: inout ResponseBody.AsyncIterator) async throws(RequestFailure) -> [UInt8]? {
        do throws(TransportError) { return try await body.next() } catch { throw .transport(error) }
    }
}
