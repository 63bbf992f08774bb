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
        Array(text.utf8).withUnsafeBytes { state.receive($0) }
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
