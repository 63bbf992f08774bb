import ClusterState
import HTTPTransport
import KubernetesClient
import KubernetesWire
import Testing

struct ListWatchTests {
    // MARK: Lists

    @Test func asksForTheNextPageWhileOneIsRead() {
        var bench = ListWatchBench()
        #expect(bench.on(.start(after: .zero)) == [.beginList, .requestPage(scope: 0, continueToken: "")])
        #expect(bench.on(.pageArrived) == [.readPage])
        #expect(bench.on(.pageMetadata(meta("7", next: "a"))) == [.requestPage(scope: 0, continueToken: "a")])
        // One ahead, not two: the second waits until the first has been read.
        #expect(bench.on(.pageArrived) == [])
        #expect(bench.on(.pageEnded(items: 1)) == [.readPage])
        #expect(bench.on(.pageMetadata(meta("7", next: "b"))) == [.requestPage(scope: 0, continueToken: "b")])
        #expect(bench.on(.pageEnded(items: 1)) == [])
        #expect(bench.on(.pageArrived) == [.readPage])
        #expect(bench.on(.pageMetadata(meta("7"))) == [])
        let end = bench.on(.pageEnded(items: 1))
        #expect(end.prefix(2) == [.commitList, .succeeded])
        #expect(end.watches.map(\.version) == ["7"])
    }

    @Test func nothingIsCommittedBeforeTheLastPageEnds() {
        var bench = ListWatchBench()
        var seen = bench.on(.start(after: .zero))
        for token in ["a", "b", "c"] {
            seen +=
                bench.on(.pageArrived) + bench.on(.pageMetadata(meta("7", next: token)))
                + bench.on(.pageEnded(items: 1))
        }
        #expect(!seen.contains(.commitList))
        #expect(bench.finishList(version: "7").contains(.commitList))
    }

    // issue 10, point 4: tokens that repeat or never end were followed for ever.
    @Test(arguments: [["a", "a"], ["a", "b", "a"]])
    func aRepeatedContinueTokenFailsTheList(_ tokens: [String]) throws {
        var bench = ListWatchBench()
        var seen = bench.on(.start(after: .zero))
        for token in tokens {
            #expect(!seen.hasFailure)
            seen +=
                bench.on(.pageArrived) + bench.on(.pageMetadata(meta("7", next: token)))
                + bench.on(.pageEnded(items: 1))
        }
        #expect(seen.contains(.failed(.decode, .malformed("the list repeats a continue token"))))
        #expect(seen.contains(.abandonList))
        #expect(try #require(bench.machine.wakeAt) >= .milliseconds(800))
    }

    @Test func aListThatDoesNotEndFailsAfterTenMinutes() {
        var bench = ListWatchBench()
        var seen = bench.on(.start(after: .zero))
        for page in 0..<10 {
            bench.now = .seconds(60) * page
            seen +=
                bench.on(.pageArrived) + bench.on(.pageMetadata(meta("7", next: "\(page)")))
                + bench.on(.pageEnded(items: 1))
        }
        #expect(!seen.hasFailure)
        bench.now = .seconds(600)
        seen += bench.on(.pageArrived) + bench.on(.pageMetadata(meta("7", next: "10")))
        #expect(seen.contains(.failed(.decode, .malformed("the list has not ended after 10 minutes"))))
        #expect(seen.last != .requestPage(scope: 0, continueToken: "10"))
    }

    @Test func aListThatHasNotEndedIsGivenUpWithoutAPage() throws {
        var bench = ListWatchBench()
        _ = bench.on(.start(after: .zero))
        // Waiting for a permit does not count: the clock starts when the first page arrives.
        bench.now = .seconds(900)
        #expect(bench.on(.tick) == [])
        _ = bench.on(.pageArrived)
        let actions = try bench.wake()
        #expect(bench.now == .seconds(1_500))
        #expect(actions.contains(.failed(.decode, .malformed("the list has not ended after 10 minutes"))))
    }

    // etcd3's store looks on until a page has an object: GetList in apiserver/pkg/storage/etcd3/store.go.
    @Test func anEmptyPageWithATokenFailsTheList() {
        var bench = ListWatchBench()
        _ = bench.on(.start(after: .zero))
        _ = bench.on(.pageArrived)
        _ = bench.on(.pageMetadata(meta("7", next: "a")))
        let failure = RequestFailure.malformed("a page of the list is empty and has a continue token")
        #expect(bench.on(.pageEnded(items: 0)) == [.abandonList, .failed(.decode, failure)])
    }

    @Test func anEmptyListIsNoFailure() {
        var bench = ListWatchBench()
        _ = bench.on(.start(after: .zero))
        _ = bench.on(.pageArrived)
        _ = bench.on(.pageMetadata(meta("7")))
        #expect(bench.on(.pageEnded(items: 0)).contains(.commitList))
    }

    @Test func aListOfOverTwoMillionObjectsFails() {
        var bench = ListWatchBench()
        var seen = bench.on(.start(after: .zero))
        for page in 0..<4 {
            seen += bench.on(.pageArrived) + bench.on(.pageMetadata(meta("7", next: "\(page)")))
            seen += bench.on(.pageEnded(items: 500_000))
        }
        #expect(!seen.hasFailure)
        _ = bench.on(.pageArrived)
        _ = bench.on(.pageMetadata(meta("7")))
        let end = bench.on(.pageEnded(items: 1))
        #expect(end == [.abandonList, .failed(.decode, .malformed("the list has over 2000000 objects"))])
    }

    @Test func startWaitsItsTurn() throws {
        var bench = ListWatchBench()
        #expect(bench.on(.start(after: .seconds(3))) == [])
        #expect(bench.machine.wakeAt == .seconds(3))
        #expect(try bench.wake().lists)
    }

    @Test func listsAllScopesIntoOneAndWatchesEach() {
        var bench = ListWatchBench(scopes: 2)
        _ = bench.on(.start(after: .zero))
        _ = bench.on(.pageArrived)
        #expect(bench.on(.pageMetadata(meta("5"))) == [.requestPage(scope: 1, continueToken: "")])
        #expect(bench.on(.pageEnded(items: 1)) == [])
        _ = bench.on(.pageArrived)
        #expect(bench.on(.pageMetadata(meta("6"))) == [])
        let end = bench.on(.pageEnded(items: 1))
        #expect(end.filter { $0 == .commitList }.count == 1)
        #expect(end.watches.map(\.scope) == [0, 1])
        #expect(end.watches.map(\.version) == ["5", "6"])
    }

    @Test func aListWithoutVersionIsMalformed() {
        var bench = ListWatchBench()
        _ = bench.on(.start(after: .zero))
        let end = bench.finishList(version: "")
        #expect(end.contains(.abandonList))
        #expect(!end.contains(.commitList))
        #expect(end.hasFailure)
    }

    @Test func anExpiredContinueTokenListsAnewAtOnce() {
        var bench = ListWatchBench()
        _ = bench.on(.start(after: .zero))
        _ = bench.on(.pageArrived)
        _ = bench.on(.pageMetadata(meta("7", next: "a")))
        let actions = bench.on(.listFailed(refused(410)))
        #expect(actions.first == .abandonList)
        #expect(actions.suffix(2) == [.beginList, .requestPage(scope: 0, continueToken: "")])
        // A second time so soon after is a failure like any other.
        #expect(!bench.on(.listFailed(refused(410))).lists)
        #expect((bench.machine.wakeAt ?? .zero) >= .milliseconds(800))
    }

    @Test(arguments: [429, 500, 503] as [Int32])
    func busyServersAreAskedLater(_ code: Int32) throws {
        var bench = ListWatchBench()
        _ = bench.on(.start(after: .zero))
        var waits: [Duration] = []
        for _ in 0..<9 {
            let actions = bench.on(.listFailed(refused(code)))
            #expect(actions.first == .abandonList)
            #expect(actions.contains(.failed(.list, refused(code))))
            let before = bench.now
            #expect(try bench.wake().lists)
            waits.append(bench.now - before)
        }
        #expect(waits[0] >= .milliseconds(800) && waits[0] < .milliseconds(1_600))
        #expect(waits[3] >= .milliseconds(6_400))
        #expect(waits[8] >= .seconds(30) && waits[8] < .seconds(60))
    }

    @Test func honoursRetryAfter() {
        var bench = ListWatchBench()
        _ = bench.on(.start(after: .zero))
        _ = bench.on(.listFailed(refused(429, retryAfter: .seconds(17))))
        #expect(bench.machine.wakeAt == .seconds(17))
    }

    /// An API server that was restored is busy: that the versions have gone back is no reason to ask it sooner.
    @Test func aRestoreWaitsForRetryAfter() throws {
        var bench = ListWatchBench()
        _ = bench.on(.start(after: .zero))
        _ = bench.on(.listFailed(refused(429, retryAfter: .seconds(200))))
        bench.now += .seconds(1)
        #expect(bench.on(.restored) == [])
        #expect(try bench.wake().lists)
        #expect(bench.now >= .seconds(200))
        bench.sync()
        #expect(bench.on(.restored).lists)
    }

    /// One resource whose versions fall at each list must not have all others listed each time.
    @Test func versionsThatKeepFallingListTheOthersOnceInAWhile() {
        var bench = ListWatchBench()
        bench.sync(version: "900")
        var asked = 0
        for round in 0..<20 {
            bench.now += .seconds(4)
            _ = bench.on(.watchFailed(scope: 0, refused(410)))
            if !bench.machine.isListing, let due = bench.machine.wakeAt {
                bench.now = due
                _ = bench.on(.tick)
            }
            if bench.finishList(version: "\(800 - round)").contains(.relistAll) { asked += 1 }
            _ = bench.on(.watchOpened(scope: 0))
        }
        #expect(asked >= 2 && .seconds(30 * (asked - 1)) <= bench.now)
    }

    @Test func malformedListsAreRepeatedAfterAWhile() throws {
        var bench = ListWatchBench()
        _ = bench.on(.start(after: .zero))
        let actions = bench.on(.listFailed(.malformed("bytes")))
        #expect(actions == [.abandonList, .failed(.decode, .malformed("bytes"))])
        #expect(try bench.wake().lists)
    }

    @Test func listsAnewWithinTheHour() throws {
        var bench = ListWatchBench()
        bench.sync()
        let due = try #require(bench.machine.wakeAt)
        #expect(due > .seconds(3_200) && due <= .seconds(3_600))
        let actions = try bench.wake()
        #expect(actions == [.closeWatches, .beginList, .requestPage(scope: 0, continueToken: "")])
    }

    @Test func pollsFromBeginningToBeginning() throws {
        var bench = ListWatchBench(mode: .poll(every: .seconds(60)))
        _ = bench.on(.start(after: .zero))
        bench.now = .seconds(5)
        let end = bench.finishList(version: "1")
        #expect(end == [.commitList, .succeeded])
        #expect(bench.machine.wakeAt == .seconds(60))
        #expect(try bench.wake().lists)
        bench.now = .seconds(200)
        _ = bench.finishList(version: "2")
        #expect(bench.machine.wakeAt == .seconds(200))
    }

    // MARK: Refusals

    @Test func unauthorizedReadsCredentialsOnceThenBacksOff() throws {
        var bench = ListWatchBench()
        _ = bench.on(.start(after: .zero))
        let first = bench.on(.listFailed(refused(401)))
        #expect(first.contains(.invalidateCredentials))
        #expect(first.lists)
        #expect(!first.hasFailure)
        let second = bench.on(.listFailed(refused(401)))
        #expect(second == [.abandonList, .failed(.list, refused(401))])
        #expect(try bench.wake().lists)
        // After a success the next refusal is a first one again.
        _ = bench.finishList(version: "9")
        _ = bench.on(.watchOpened(scope: 0))
        let third = bench.on(.watchFailed(scope: 0, refused(401)))
        #expect(third.first == .invalidateCredentials)
        #expect(third.watches.map(\.version) == ["9"])
    }

    @Test func credentialsThatCannotBeReadAreNotReadAtOnceAgain() {
        var bench = ListWatchBench()
        _ = bench.on(.start(after: .zero))
        let failure = RequestFailure.credentials(CredentialError("token: no such file"))
        let actions = bench.on(.listFailed(failure))
        #expect(!actions.lists)
        #expect(actions.contains(.failed(.list, failure)))
    }

    @Test func forbiddenIsTriedAgainAfterFiveMinutes() throws {
        var bench = ListWatchBench()
        bench.sync()
        let actions = bench.on(.watchFailed(scope: 0, refused(403)))
        #expect(actions == [.failed(.watch, refused(403))])
        #expect(bench.machine.wakeAt == .seconds(300))
        #expect(try bench.wake().lists)
    }

    @Test func notFoundIsAbsentAndForgotten() {
        var bench = ListWatchBench()
        _ = bench.on(.start(after: .zero))
        let actions = bench.on(.listFailed(refused(404, reason: "NotFound")))
        #expect(actions == [.abandonList, .clear, .absent(reason: "404 NotFound: x")])
        #expect(bench.machine.wakeAt == .seconds(300))
    }

    /// A proxy's page is no answer of Kubernetes: what is known is kept, and the list is tried again.
    @Test func aPageThatIsNotThereIsAFailure() throws {
        var bench = ListWatchBench()
        bench.sync()
        let actions = bench.on(.watchFailed(scope: 0, refused(404)))
        #expect(actions == [.failed(.watch, refused(404))])
        #expect(try #require(bench.machine.wakeAt) < .seconds(5))
    }

    /// Pods, Deployments, budgets and EndpointSlices are in every cluster: whoever says that they are not there is wrong.
    @Test func whatEveryClusterServesIsNeverAbsent() throws {
        let gone = refused(404, reason: "NotFound")
        var bench = ListWatchBench(isAlwaysServed: true)
        bench.sync()
        #expect(bench.on(.discovered(false)) == [])
        #expect(bench.on(.watchFailed(scope: 0, gone)) == [.failed(.watch, gone)])
        #expect(try #require(bench.machine.wakeAt) < .seconds(5))
        let served = APIResource.all.filter(\.isAlwaysServed).map(\.groupVersion)
        #expect(Set(served) == ["v1", "apps/v1", "policy/v1", "discovery.k8s.io/v1"])
    }

    @Test func discoveryTakesAwayAndGivesBack() {
        var bench = ListWatchBench()
        bench.sync()
        let gone = bench.on(.discovered(false))
        #expect(gone.prefix(2) == [.closeWatches, .clear])
        #expect(bench.machine.wakeAt == nil)
        #expect(bench.on(.tick) == [])
        #expect(bench.on(.discovered(false)) == [])
        #expect(bench.on(.discovered(true)).lists)
        #expect(bench.on(.discovered(true)) == [])
    }

    // MARK: What comes too late

    @Test func whatBelongsToNothingIsPassedOver() {
        var bench = ListWatchBench()
        for input in [
            ListWatch.Input.pageArrived, .pageMetadata(meta("1")), .pageEnded(items: 1), .listFailed(refused(500)),
            .watchOpened(scope: 0), .watchProgressed(scope: 0, version: "3"), .watchEnded(scope: 0),
            .watchFailed(scope: 0, refused(410)), .watchEnded(scope: 7), .tick,
        ] {
            #expect(bench.on(input) == [])
        }
        #expect(bench.machine.wakeAt == nil)
    }

    /// Whatever comes in whatever order, the machine always has something under way or an alarm set, and stages are
    /// begun and ended in pairs.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func neverStandsStill(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var machine = ListWatch(mode: .watch, scopes: 3, random: SeededRandom(seed: seed))
        var now = Duration.zero
        var isStaging = false
        var open: Set<Int> = []
        func check(_ actions: [ListWatch.Action]) {
            for action in actions {
                switch action {
                case .beginList:
                    #expect(!isStaging)
                    #expect(open.isEmpty)
                    isStaging = true
                case .commitList, .abandonList:
                    #expect(isStaging)
                    isStaging = false
                case .openWatch(let scope, let version, _):
                    #expect(!isStaging)
                    #expect(!version.isEmpty)
                    open.insert(scope)
                case .closeWatches: open = []
                default: break
                }
            }
        }
        check(machine.on(.start(after: .zero), at: now))
        for _ in 0..<5_000 {
            let scope = Int.random(in: 0..<3, using: &random)
            let failures: [RequestFailure] = [
                refused(410), refused(429), refused(401), refused(403), refused(404),
                refused(404, reason: "NotFound"), .malformed("x"),
                .transport(.overrun), .transport(.timedOut(stage: "idle")), .transport(.connectionLost(reason: "x")),
            ]
            let failure = failures[Int.random(in: 0..<failures.count, using: &random)]
            let version = String(Int.random(in: 1...9_999, using: &random))
            let inputs: [ListWatch.Input] = [
                .tick, .pageArrived, .pageMetadata(meta(version, next: Bool.random(using: &random) ? "t" : "")),
                .pageEnded(items: 1), .pageArrived, .pageMetadata(meta(version)), .pageEnded(items: 1),
                .listFailed(failure),
                .watchOpened(scope: scope), .watchProgressed(scope: scope, version: version),
                .watchEnded(scope: scope), .watchFailed(scope: scope, failure), .restored,
            ]
            let input = inputs[Int.random(in: 0..<inputs.count, using: &random)]
            switch input {
            case .watchEnded(let scope), .watchFailed(let scope, _): open.remove(scope)
            case .watchProgressed: break
            default: break
            }
            now += .milliseconds(Int.random(in: 0...40_000, using: &random))
            check(machine.on(input, at: now))
            #expect(machine.isListing == isStaging)
            #expect(machine.isListing || !open.isEmpty || machine.wakeAt != nil)
        }
    }
}
