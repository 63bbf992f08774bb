import Glibc
import Synchronization
import TestClocks
import Testing

@testable import HTTPTransport

/// What the reader gets in which order, without sockets.
@Suite(.timeLimit(.minutes(10)))
struct TransferStateTests {
    private final class Counter: Sendable {
        let value = Mutex(0)
    }

    private let abandoned = Counter()
    private let timer = LimitTimer(clock: TransportClock(ManualClock()))

    private func makeState(unreadLimit: Int = 10) -> TransferState {
        TransferState(id: 1, limits: TimeLimits(), timer: timer, unreadLimit: unreadLimit) {
            [abandoned] in
            abandoned.value.withLock { $0 += 1 }
        }
    }

    private func receive(_ text: String, by state: TransferState) -> Bool {
        Array(text.utf8).withUnsafeBytes { state.receive($0) == .taken }
    }

    @Test func unreadBytesComeBeforeTheError() async throws {
        let state = makeState()
        #expect(receive("abc", by: state))
        #expect(receive("def", by: state))
        state.finish(.connectionLost(reason: "cut"))
        #expect(try await state.nextChunk() == Array("abcdef".utf8))
        await #expect(throws: TransportError.connectionLost(reason: "cut")) { try await state.nextChunk() }
        #expect(abandoned.value.withLock { $0 } == 0)
    }

    @Test func aWaitingReaderGetsInOnePieceWhatCameInMeanwhile() async throws {
        let state = makeState()
        async let chunk = state.nextChunk()
        while !state.isRead { await Task.yield() }
        // A waiting reader takes more than may stand unread.
        #expect(receive("0123456789", by: state))
        #expect(receive("abc", by: state))
        state.deliver()
        #expect(try await chunk == Array("0123456789abc".utf8))
    }

    @Test func bytesNotYetDeliveredComeBeforeTheEnd() async throws {
        let state = makeState()
        async let chunk = state.nextChunk()
        while !state.isRead { await Task.yield() }
        #expect(receive("abc", by: state))
        state.finish(.timedOut(stage: "idle"))
        #expect(try await chunk == Array("abc".utf8))
        await #expect(throws: TransportError.timedOut(stage: "idle")) { try await state.nextChunk() }
    }

    @Test func theBoundCountsWhatIsUnread() async throws {
        let state = makeState()
        #expect(receive("0123456789", by: state))
        #expect(try await state.nextChunk()?.count == 10)
        #expect(receive("0123456789", by: state))
        #expect(!receive("x", by: state))
        await #expect(throws: TransportError.overrun) { try await state.nextChunk() }
    }

    @Test func aPausableBodyIsPausedAndGoesOnWhenHalfIsRead() async throws {
        let (clock, peak, resumed) = (ManualClock(), UnreadPeak(), Counter())
        let limits = TimeLimits(connect: nil, head: nil, idle: .seconds(30))
        let state = TransferState(
            id: 1,
            limits: limits,
            timer: LimitTimer(clock: TransportClock(clock)),
            unreadLimit: 10,
            pausing: TransferState.Pausing(limit: 2 * UnreadBytes.blockSize, peak: peak) {
                resumed.value.withLock { $0 += 1 }
            }
        ) {}
        let block = [UInt8](repeating: 1, count: UnreadBytes.blockSize)
        func receive() -> TransferState.Reception { block.withUnsafeBytes { state.receive($0) } }
        #expect(receive() == .taken)
        #expect(receive() == .taken)
        #expect(receive() == .paused)
        // Quiet that is of our own making is no fault of the peer.
        clock.advance(by: .seconds(100))
        state.expire(at: .seconds(100))
        #expect(!state.hasEnded)
        #expect(resumed.value.withLock { $0 } == 0)
        var read = try await state.nextChunk()?.count ?? 0
        #expect(read >= block.count)
        #expect(resumed.value.withLock { $0 } == 1)
        #expect(receive() == .taken)
        while read < 3 * block.count { read += try #require(try await state.nextChunk()).count }
        #expect(read == 3 * block.count)
        // It was not paused again: nothing to go on with.
        #expect(resumed.value.withLock { $0 } == 1)
        clock.advance(by: .seconds(29))
        state.expire(at: .seconds(129))
        #expect(!state.hasEnded)
        state.expire(at: .seconds(130))
        await #expect(throws: TransportError.timedOut(stage: "idle")) { try await state.nextChunk() }
        #expect(peak.bytes == 2 * block.count)
    }

    /// The bound holds whether or not somebody waits: one call to libcurl may bring megabytes.
    @Test func aWaitingReaderOfAPausableBodyGetsNoMore() async throws {
        let state = TransferState(
            id: 1,
            limits: TimeLimits(),
            timer: timer,
            unreadLimit: 10,
            pausing: TransferState.Pausing(limit: 10, peak: UnreadPeak()) {}
        ) {}
        async let chunk = state.nextChunk()
        while !state.isRead { await Task.yield() }
        #expect(receive("0123456789", by: state))
        #expect(!receive("x", by: state))
        state.deliver()
        #expect(try await chunk == Array("0123456789".utf8))
    }

    @Test func aCancelledReaderSeesNoEndOfBody() async throws {
        let state = makeState()
        #expect(receive("abc", by: state))
        state.finish(nil)
        state.abandon(.cancelled)
        await #expect(throws: TransportError.cancelled) { try await state.nextChunk() }
        #expect(abandoned.value.withLock { $0 } == 0)
    }

    @Test func abandoningTellsOnce() async throws {
        let state = makeState()
        state.abandon(.cancelled)
        state.abandon(.timedOut(stage: "total"))
        state.finish(nil)
        #expect(abandoned.value.withLock { $0 } == 1)
        #expect(!receive("abc", by: state))
        await #expect(throws: TransportError.cancelled) { try await state.awaitHead() }
    }

    @Test func aTransportMakesTheProcessIgnoreSIGPIPE() {
        _ = CurlTransport()
        var action = sigaction()
        sigaction(SIGPIPE, nil, &action)
        let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
        #expect(handler == unsafeBitCast(SIG_IGN, to: Int.self))
    }
}
