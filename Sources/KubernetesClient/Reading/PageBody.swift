package import HTTPTransport

/// The body of a page, chunk by chunk. A page that comes too slowly fails, since it holds one of the few permits.
///
/// Only time in which a chunk is waited for counts, so decoding and a transfer that is paused meanwhile do not.
package struct PageBody {
    /// How much waiting the rate is measured over.
    static let ratePeriod = Duration.seconds(30)
    /// What must come within ``ratePeriod``: 1 KiB a second.
    static let leastBytes = 30 << 10
    /// A page that takes longer fails if others wait for permits. API servers end a list after 60 s themselves
    /// (`--request-timeout`; apiserver/pkg/server/filters/timeout.go).
    static let longestHold = Duration.seconds(120)

    private var iterator: ResponseBody.AsyncIterator
    private let permits: Permits?
    private let uptime: @Sendable () -> Duration
    private let beganAt: Duration
    private var waited = Duration.zero
    private var bytes = 0

    /// Begins to read a body that nobody waits for.
    ///
    /// - Parameters:
    ///   - body: The body of the answer.
    ///   - clock: Its uptime measures.
    package init(_ body: ResponseBody, clock: ClientClock) {
        self.init(body, permits: nil, clock: clock)
    }

    /// Begins to read a body.
    ///
    /// - Parameters:
    ///   - body: The body of the answer.
    ///   - permits: Where the page's permit comes from; nil where it has none.
    ///   - clock: Its uptime measures.
    init(_ body: ResponseBody, permits: Permits?, clock: ClientClock) {
        iterator = body.makeAsyncIterator()
        self.permits = permits
        uptime = clock.uptime
        beganAt = clock.uptime()
    }

    /// The next chunk; nil at the end of the page.
    ///
    /// - Throws: ``RequestFailure`` where the page breaks off or comes too slowly.
    package mutating func next() async throws(RequestFailure) -> [UInt8]? {
        let askedAt = uptime()
        let chunk: [UInt8]?
        do throws(TransportError) { chunk = try await iterator.next() } catch { throw .transport(error) }
        guard let chunk else { return nil }
        let now = uptime()
        waited += now - askedAt
        bytes += chunk.count
        if waited >= Self.ratePeriod {
            guard bytes >= Self.leastBytes else { throw .slow("a page came at less than 1 KiB a second for 30 s") }
            waited = .zero
            bytes = 0
        }
        if now - beganAt >= Self.longestHold, permits?.isContended == true {
            throw .slow("a page took longer than 2 minutes while other lists waited")
        }
        return chunk
    }
}
