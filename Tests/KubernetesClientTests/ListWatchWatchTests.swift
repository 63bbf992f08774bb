import HTTPTransport
import KubernetesClient
import KubernetesWire
import Testing

struct ListWatchWatchTests {
    // MARK: Watches

    @Test func watchesForFiveToTenMinutes() {
        var bench = ListWatchBench()
        bench.sync()
        var seconds: Set<Int> = []
        for _ in 0..<40 {
            bench.now += .seconds(300)
            let actions = bench.on(.watchEnded(scope: 0))
            seconds.formUnion(actions.watches.map(\.seconds))
            _ = bench.on(.watchOpened(scope: 0))
        }
        #expect(seconds.allSatisfy { (300...600).contains($0) })
        #expect(seconds.count > 20)
    }

    @Test func aCleanEndGoesOnFromTheLastVersion() {
        var bench = ListWatchBench()
        bench.sync(version: "100")
        #expect(bench.on(.watchProgressed(scope: 0, version: "130")) == [])
        bench.now += .seconds(400)
        #expect(bench.on(.watchEnded(scope: 0)).watches.map(\.version) == ["130"])
    }

    @Test func watchesThatEndAtOnceAreNotRepeatedAtOnce() throws {
        var bench = ListWatchBench()
        bench.sync()
        for _ in 0..<2 {
            let actions = bench.on(.watchEnded(scope: 0))
            #expect(actions.watches.isEmpty)
            #expect(try bench.wake().watches.count == 1)
            _ = bench.on(.watchOpened(scope: 0))
        }
        // The third in a row puts the version in doubt.
        _ = bench.on(.watchEnded(scope: 0))
        #expect(try bench.wake().lists)
    }

    /// FIELD, 6: 500 is retried within a deadline; anything else in the stream means a list. Watches that are opened and end
    /// in an ERROR event would else go on from a version that nothing comes after.
    @Test func errorsInTheStreamListAfterTheThird() throws {
        var bench = ListWatchBench()
        bench.sync()
        for _ in 0..<2 {
            #expect(bench.on(.watchFailed(scope: 0, refused(500))) == [.failed(.watch, refused(500))])
            #expect(try bench.wake().watches.map(\.version) == ["100"])
            _ = bench.on(.watchOpened(scope: 0))
        }
        #expect(bench.on(.watchFailed(scope: 0, refused(500))).hasFailure)
        #expect(try bench.wake().lists)
        // A watch that is refused before it is opened says nothing of the version.
        var closed = ListWatchBench()
        closed.sync()
        for _ in 0..<5 {
            _ = closed.on(.watchFailed(scope: 0, refused(500)))
            #expect(try !closed.wake().lists)
        }
    }

    // issue 10, point 4: a server that sends one bookmark and ends was asked 3,000 times a second.
    @Test func shortWatchesBackOffWhateverTheyBrought() throws {
        var bench = ListWatchBench()
        bench.sync()
        var waits: [Duration] = []
        for round in 0..<8 {
            _ = bench.on(.watchProgressed(scope: 0, version: "\(101 + round)"))
            let before = bench.now
            let actions = bench.on(.watchEnded(scope: 0))
            #expect(actions.watches.isEmpty)
            #expect(actions.hasFailure)
            #expect(try bench.wake().watches.map(\.version) == ["\(101 + round)"])
            waits.append(bench.now - before)
            _ = bench.on(.watchOpened(scope: 0))
        }
        #expect(waits[0] >= .milliseconds(800))
        #expect(waits[7] >= .seconds(30))
    }

    @Test func expiredVersionsListAtOnce() {
        var bench = ListWatchBench()
        bench.sync()
        let actions = bench.on(.watchFailed(scope: 0, refused(410)))
        #expect(actions == [.failed(.watch, refused(410)), .beginList, .requestPage(scope: 0, continueToken: "")])
    }

    @Test func aVersionTheServerNeverHadListsAtOnce() {
        var bench = ListWatchBench()
        bench.sync()
        let status = StatusMessage(code: 504, reason: "Timeout", message: "Too large resource version: 9, current: 3")
        #expect(bench.on(.watchFailed(scope: 0, .refused(status, retryAfter: nil))).lists)
    }

    // issue 10, point 2: an overrun had everything listed anew, which overran again.
    @Test func anOverrunReopensTheWatchFromItsLastVersion() throws {
        var bench = ListWatchBench()
        bench.sync(version: "100")
        _ = bench.on(.watchProgressed(scope: 0, version: "107"))
        bench.now += .seconds(5)
        let overrun = RequestFailure.transport(.overrun)
        let actions = bench.on(.watchFailed(scope: 0, overrun))
        #expect(actions.first == .failed(.watch, overrun))
        #expect(actions.watches.map(\.version) == ["107"])
        // Without progress it would only be the same again.
        _ = bench.on(.watchOpened(scope: 0))
        bench.now += .seconds(5)
        #expect(bench.on(.watchFailed(scope: 0, overrun)) == [.failed(.watch, overrun)])
        let woken = try bench.wake()
        #expect(!woken.lists)
        #expect(woken.watches.map(\.version) == ["107"])
    }

    @Test func brokenStreamsListAtOnce() {
        let failure = RequestFailure.malformed("cut inside a frame")
        var bench = ListWatchBench()
        bench.sync()
        let actions = bench.on(.watchFailed(scope: 0, failure))
        #expect(actions.first == .failed(.decode, failure))
        #expect(actions.lists)
    }

    @Test func aSilentWatchIsOpenedAnewFromItsVersion() {
        var bench = ListWatchBench()
        bench.sync()
        _ = bench.on(.watchProgressed(scope: 0, version: "101"))
        let actions = bench.on(.watchFailed(scope: 0, .transport(.timedOut(stage: "idle"))))
        #expect(actions.watches.map(\.version) == ["101"])
        #expect(!actions.lists)
    }

    @Test(arguments: [
        RequestFailure.transport(.connectionLost(reason: "reset")), refused(429), refused(500),
        .transport(.timedOut(stage: "head")),
    ])
    func otherFaultsReopenTheWatchAfterAWhile(_ failure: RequestFailure) throws {
        var bench = ListWatchBench()
        bench.sync(version: "55")
        let actions = bench.on(.watchFailed(scope: 0, failure))
        #expect(actions == [.failed(.watch, failure)])
        let due = try #require(bench.machine.wakeAt)
        #expect(due >= .milliseconds(800) && due < .milliseconds(1_600))
        let woken = try bench.wake()
        #expect(!woken.lists)
        #expect(woken.watches.map(\.version) == ["55"])
    }

    @Test func oneScopeFailsAloneButExpiresForAll() {
        var bench = ListWatchBench(scopes: 2)
        _ = bench.on(.start(after: .zero))
        _ = bench.on(.pageArrived)
        _ = bench.on(.pageMetadata(meta("5")))
        _ = bench.on(.pageEnded(items: 1))
        _ = bench.finishList(version: "5")
        _ = bench.on(.watchOpened(scope: 0))
        _ = bench.on(.watchOpened(scope: 1))
        #expect(bench.on(.watchFailed(scope: 1, refused(500))).count == 1)
        #expect(bench.on(.watchProgressed(scope: 0, version: "6")) == [])
        let actions = bench.on(.watchFailed(scope: 0, refused(410)))
        #expect(actions.contains(.closeWatches) == false)
        #expect(actions.lists)
    }

    // MARK: A restored etcd

    @Test func lowerVersionsHaveAllListedAnew() {
        var bench = ListWatchBench()
        bench.sync(version: "5000")
        _ = bench.on(.watchFailed(scope: 0, refused(410)))
        let actions = bench.finishList(version: "300")
        #expect(actions.last == .relistAll)
        // From there on the lower versions are those that count.
        bench.now += .seconds(60)
        _ = bench.on(.watchOpened(scope: 0))
        _ = bench.on(.watchFailed(scope: 0, refused(410)))
        #expect(!bench.finishList(version: "310").contains(.relistAll))
    }

    @Test func versionsSeenInAWatchCountToo() {
        var bench = ListWatchBench()
        bench.sync(version: "100")
        _ = bench.on(.watchProgressed(scope: 0, version: "5000"))
        _ = bench.on(.watchFailed(scope: 0, refused(410)))
        #expect(bench.finishList(version: "300").contains(.relistAll))
    }

    @Test func aWatchThatGoesBackListsAtOnce() {
        var bench = ListWatchBench()
        bench.sync(version: "5000")
        #expect(bench.on(.watchProgressed(scope: 0, version: "300")).lists)
        #expect(bench.finishList(version: "310").contains(.relistAll))
    }

    @Test func whoIsToldOfLowerVersionsTellsNobody() {
        var bench = ListWatchBench()
        bench.sync(version: "5000")
        #expect(bench.on(.restored).lists)
        #expect(!bench.finishList(version: "300").contains(.relistAll))
    }
}
