import ClusterState
import Testing

struct UIDTests {
    @Test func keepsTheNumberThatAUUIDSpells() {
        let uid = UID("b272aa91-1123-467c-8aff-580bb4afc603")
        #expect(uid == UID(high: 0xb272_aa91_1123_467c, low: 0x8aff_580b_b4af_c603))
    }

    @Test func ofEmptyTextIsNone() {
        #expect(UID("") == .none)
    }

    /// Static pods have a hash without dashes for a UID, and nothing forbids others.
    @Test func tellsUnusualTextsApart() {
        let texts = [
            "a", "b", "aa", "0", "8a4f0e6d3b2c1d0e8a4f0e6d3b2c1d0e", "B272AA91-1123-467C-8AFF-580BB4AFC603",
            "b272aa91-1123-467c-8aff-580bb4afc60", "b272aa91-1123-467c-8aff-580bb4afc6033",
            "b272aa91+1123-467c-8aff-580bb4afc603", "g272aa91-1123-467c-8aff-580bb4afc603",
        ]
        let uids = Set(texts.map { UID($0) })
        #expect(uids.count == texts.count)
        #expect(!uids.contains(.none))
        #expect(!uids.contains(UID("b272aa91-1123-467c-8aff-580bb4afc603")))
    }
}
