import KubernetesWire
import TestFixtures
import Testing

@testable import ClusterState

struct InternerTests {
    @Test func givesEqualTextsOneID() {
        var interner = Interner()
        let first = interner.intern("zone-a")
        #expect(interner.intern("zone-b") != first)
        #expect(interner.intern("zone-a") == first)
        #expect(interner.find("zone-a") == first)
        #expect(interner.find("zone-c") == nil)
        #expect(interner.string(first) == "zone-a")
    }

    @Test func givesTheEmptyTextZero() {
        var interner = Interner()
        #expect(interner.intern("") == .empty)
        #expect(interner.string(.empty) == "")
        #expect(interner.find("") == .empty)
        #expect(interner.counts.strings == 0)
    }

    @Test func repairsWhatIsNotUTF8() {
        var interner = Interner()
        let id = [UInt8](arrayLiteral: 0x61, 0xff, 0x62).withUnsafeBufferPointer { interner.intern(utf8: $0) }
        #expect(interner.string(id) == "a\u{fffd}b")
        let valid = Array("höhe".utf8).withUnsafeBufferPointer { interner.intern(utf8: $0) }
        #expect(valid == interner.intern("höhe"))
    }

    @Test func keepsOwnersWithTheirUID() {
        var interner = Interner()
        let owner = Owner(
            kind: interner.intern("ReplicaSet"),
            name: interner.intern("web-1"),
            uid: UID("b272aa91-1123-467c-8aff-580bb4afc603")
        )
        let id = interner.intern(owner)
        #expect(interner.owner(id) == owner)
        #expect(interner.ownerName(id) == owner.name)
        #expect(interner.owner(.none) == nil)
        #expect(interner.ownerName(.none) == nil)
    }

    @Test(arguments: [(0, 0), (100, 1), (Int64.max, Int64.max), (-1, 1 << 40)])
    func keepsAmounts(milliCPU: Int64, memoryBytes: Int64) {
        var interner = Interner()
        let amounts = Resources(milliCPU: milliCPU, memoryBytes: memoryBytes)
        let id = interner.intern(amounts)
        #expect(interner.requests(id) == amounts)
    }

    @Test func tellsLabelsOfDifferentNamespacesApart() {
        var interner = Interner()
        let key = interner.intern("app")
        let value = interner.intern("web")
        let sets = ["shop", "data"]
            .map {
                interner.intern([interner.intern($0).value, key.value, value.value], as: LabelsID.self)
            }
        #expect(sets[0] != sets[1])
        #expect(interner.string(interner.namespace(sets[1])) == "data")
        #expect(interner.label(.app, in: sets[0]) == value)
        #expect(interner.label(.tier, in: sets[0]) == nil)
        #expect(interner.labels(sets[0]).map(\.key) == [key])
        #expect(interner.labels(.none).isEmpty)
    }

    /// Objects come and go; after each sweep everything that is left reads as before and nothing else is held.
    @Test(arguments: [UInt64(11), 12, 13])
    func sweepFreesWhatNoRowHolds(seed: UInt64) {
        var random = TestRandom(seed: seed)
        var state = ClusterState()
        var live: [Int] = []
        var next = 0
        for _ in 0..<30 {
            for _ in 0..<Int.random(in: 10..<120, using: &random) {
                state.pods.upsert(Self.pod(next, &state.interner))
                live.append(next)
                next += 1
            }
            live.shuffle(using: &random)
            for gone in live.suffix(live.count / 2) { state.pods.remove(Self.uid(gone)) }
            live.removeLast(live.count / 2)
            state.sweepIfDue(force: true)
            for number in live {
                let pod = state.pods[Self.uid(number)]
                #expect(pod.map { Self.text($0, state.interner) } == Self.expectedText(number))
            }
        }
        var fresh = ClusterState()
        for number in live { fresh.pods.upsert(Self.pod(number, &fresh.interner)) }
        #expect(state.interner.counts == fresh.interner.counts)
        for number in live { state.pods.remove(Self.uid(number)) }
        state.sweepIfDue(force: true)
        #expect(state.interner.counts == (0, 0, 0, 0))
    }

    @Test func sweepKeepsWhatAStagedListHolds() {
        var state = ClusterState()
        state.pods.beginReplace()
        state.pods.stage(Self.pod(1, &state.interner))
        state.sweepIfDue(force: true)
        state.pods.commitReplace()
        #expect(state.pods[Self.uid(1)].map { Self.text($0, state.interner) } == Self.expectedText(1))
    }

    @Test func sweepsOnlyWhenAQuarterIsNew() {
        var state = ClusterState()
        for number in 0..<4_096 { _ = state.interner.intern("s\(number)") }
        #expect(!state.interner.isSweepDue)
        state.sweepIfDue()
        #expect(state.interner.counts.strings == 4_096)
        _ = state.interner.intern("one more")
        #expect(state.interner.isSweepDue)
        state.sweepIfDue()
        #expect(state.interner.counts.strings == 0)
    }

    /// One object may have its annotation changed again and again, each time to another large value.
    @Test func sweepsWhenFewLargeStringsAreNew() {
        var state = ClusterState()
        let large = String(repeating: "x", count: 256 << 10)
        for number in 0..<100 {
            _ = state.interner.intern("\(large)\(number)")
            state.sweepIfDue()
            #expect(state.interner.heapBytes < 8 << 20)
        }
    }

    // MARK: Pods by number

    private static func uid(_ number: Int) -> UID { UID(high: 7, low: UInt64(number)) }

    private static func pod(_ number: Int, _ interner: inout Interner) -> Pod {
        var pod = Pod(uid: uid(number))
        let namespace = interner.intern("ns-\(number % 5)")
        pod.owner = interner.intern(
            Owner(
                kind: interner.intern("ReplicaSet"),
                name: interner.intern("web-\(number / 3)"),
                uid: UID(high: 9, low: UInt64(number / 3))
            )
        )
        pod.labels = interner.intern(
            [namespace.value, interner.intern("app").value, interner.intern("web-\(number / 2)").value],
            as: LabelsID.self
        )
        pod.node = interner.intern("worker-\(number % 11)")
        pod.claims = interner.intern([interner.intern("data-\(number)").value], as: StringsID.self)
        let requests = interner.intern(Resources(milliCPU: Int64(number % 7), memoryBytes: 0))
        let placement = interner.intern(
            Placement(
                tolerations: [Toleration(key: interner.intern("dedicated-\(number % 4)"), isExists: true, effect: .any)]
            )
        )
        pod.setShape(
            placement: placement,
            requests: requests,
            annotation: interner.intern("rule-\(number % 3)"),
            &interner
        )
        var name = "web-\(number / 3)-\(number)\(number % 2 == 0 ? "" : "-a-longer-name")"
        name.withUTF8 { pod.setName($0, &interner) }
        return pod
    }

    private static func text(_ pod: Pod, _ interner: Interner) -> [String] {
        [
            pod.name(interner), interner.string(pod.namespace(interner)),
            interner.label(.app, in: pod.labels).map(interner.string) ?? "none", interner.string(pod.node),
            interner.owner(pod.owner).map { interner.string($0.kind) + interner.string($0.name) } ?? "none",
            interner.strings(pod.claims).map(interner.string).joined(),
            "\(interner.requests(pod.requests(interner)).milliCPU)",
            interner.placement(pod.placement(interner)).tolerations.map { interner.string($0.key) }.joined(),
        ]
    }

    private static func expectedText(_ number: Int) -> [String] {
        [
            "web-\(number / 3)-\(number)\(number % 2 == 0 ? "" : "-a-longer-name")", "ns-\(number % 5)",
            "web-\(number / 2)", "worker-\(number % 11)", "ReplicaSetweb-\(number / 3)", "data-\(number)",
            "\(number % 7)", "dedicated-\(number % 4)",
        ]
    }

    /// A tenant who knows the program's source writes texts of which each falls into the slot of all before it: with the
    /// hash that there was, a multiplication by a constant, these 4,000 had one hash.
    @Test func nobodyCanForeseeTheHash() {
        let constant: UInt64 = 0x9e37_79b9_7f4a_7c15
        let start = 0xcbf2_9ce4_8422_2325 ^ UInt64(16)
        var interner = SliceInterner<UInt64>()
        for number in UInt64(0)..<4_000 {
            let product = (start ^ number) &* constant
            _ = [number, (product ^ product >> 32) ^ 42].withUnsafeBufferPointer { interner.intern($0) }
        }
        #expect(interner.count == 4_000)
        // 4,000 in 8,192 slots: a run of 100 is already less likely than 1 in 10^9; there it was one of 4,000.
        #expect(interner.longestRun < 400)
    }
}
