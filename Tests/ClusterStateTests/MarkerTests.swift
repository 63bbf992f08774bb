import ClusterState
import KubernetesWire
import Testing

/// Lists of different kinds that have the same words have one id (``SliceInterner``), yet mean different things: each
/// keeps what is inside it through a sweep, whichever is marked first.
struct MarkerTests {
    /// Three words are a label set (namespace, key, value) and a shape (placement, requests, annotation).
    @Test func labelsAndShapesOfTheSameWordsKeepWhatIsInside() throws {
        var state = ClusterState()
        let words = (1...3).map { state.interner.intern("s\($0)").value }
        try #require(words == [1, 2, 3])
        let labels = state.interner.intern(words, as: LabelsID.self)
        // The list before the amounts makes their id 2, as the words of the label set want it.
        let toleration = Toleration(key: state.interner.intern("dedicated"), isExists: true, effect: .any)
        let placement = state.interner.intern(Placement(tolerations: [toleration]))
        let requests = state.interner.intern(Resources(milliCPU: 250, memoryBytes: 1 << 20))
        try #require(placement.value == 1 && requests.value == 2)
        var pod = Pod(uid: UID(high: 1, low: 1))
        pod.labels = labels
        pod.setShape(
            placement: placement,
            requests: requests,
            annotation: StringID(value: words[2]),
            &state.interner
        )
        state.pods.upsert(pod)
        // One id for both: otherwise this tests nothing.
        try #require(state.interner.counts.lists == 2)
        state.sweepIfDue(force: true)
        let row = try #require(state.pods[pod.uid])
        #expect(state.interner.requests(row.requests(state.interner)).milliCPU == 250)
        let kept = state.interner.placement(row.placement(state.interner)).tolerations
        #expect(kept.map { state.interner.string($0.key) } == ["dedicated"])
    }

    /// Six words are an owner (kind, name, UID) and six claims.
    @Test(arguments: [true, false])
    func ownersAndClaimsOfTheSameWordsKeepWhatIsInside(isOwnerFirst: Bool) throws {
        var state = ClusterState()
        let names = (1...6).map { "claim-\($0)" }
        let words = names.map { state.interner.intern($0).value }
        let owner = Owner(
            kind: StringID(value: words[0]),
            name: StringID(value: words[1]),
            uid: UID(
                high: UInt64(words[2]) << 32 | UInt64(words[3]),
                low: UInt64(words[4]) << 32 | UInt64(words[5])
            )
        )
        // Rows are marked in the order in which they were added.
        var owned = Pod(uid: UID(high: 1, low: 1))
        owned.owner = state.interner.intern(owner)
        var claiming = Pod(uid: UID(high: 1, low: 2))
        claiming.claims = state.interner.intern(words, as: StringsID.self)
        try #require(owned.owner.value == claiming.claims.value)
        for pod in isOwnerFirst ? [owned, claiming] : [claiming, owned] { state.pods.upsert(pod) }
        state.sweepIfDue(force: true)
        let claims = try #require(state.pods[claiming.uid]?.claims)
        #expect(state.interner.strings(claims).map { state.interner.string($0) } == names)
        let kept = try #require(state.interner.owner(owned.owner))
        #expect(state.interner.string(kept.kind) == "claim-1" && state.interner.string(kept.name) == "claim-2")
    }
}
