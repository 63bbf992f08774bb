import ClusterState
import TestFixtures
import Testing

struct TableTests {
    private static func row(_ uid: UID, _ generation: Int64) -> Namespace {
        Namespace(meta: ObjectMeta(uid: uid, generation: generation))
    }

    private static func contents(_ table: Table<Namespace>) -> [UID: Int64] {
        var result: [UID: Int64] = [:]
        table.forEach { number, row in
            #expect(table.rowNumber(row.uid) == number)
            #expect(table.row(at: number)?.uid == row.uid)
            #expect(result.updateValue(row.meta.generation, forKey: row.uid) == nil)
        }
        return result
    }

    /// The second set of UIDs all fold to the same slot, so that removals leave holes in long runs of probing.
    @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6], [false, true])
    func agreesWithADictionary(seed: UInt64, collides: Bool) {
        var random = TestRandom(seed: seed)
        let uids = (0..<(collides ? 60 : 1_500))
            .map { number -> UID in
                let word = random.next()
                return collides ? UID(high: word, low: word ^ 0x1234) : UID(high: word, low: UInt64(number))
            }
        var table = Table<Namespace>()
        var model: [UID: Int64] = [:]
        for step in 0..<4_000 {
            let uid = uids[Int.random(in: 0..<uids.count, using: &random)]
            // Phases that grow and phases that shrink.
            if Int.random(in: 0..<10, using: &random) < (step / 1_000 % 2 == 0 ? 7 : 3) {
                table.upsert(Self.row(uid, Int64(step)))
                model[uid] = Int64(step)
            } else {
                #expect(table.remove(uid) == (model.removeValue(forKey: uid) != nil))
            }
            #expect(table.count == model.count)
            #expect(table[uid]?.meta.generation == model[uid])
        }
        #expect(Self.contents(table) == model)
        #expect(table.all.count == model.count)
        for uid in uids { #expect(table[uid]?.meta.generation == model[uid]) }
    }

    /// A list is committed for good, and what is added afterwards is little: no room for twice as many is kept.
    @Test(arguments: [1, 100, 511, 512, 513, 1_300])
    func aCommittedListKeepsNoSpareRoom(count: Int) {
        var table = Table<Namespace>()
        table.beginReplace()
        for number in 0..<count { table.stage(Self.row(UID(high: 1, low: UInt64(number)), 0)) }
        table.commitReplace()
        let stride = MemoryLayout<Namespace>.stride
        // At least 3/8 of the index's slots of 4 bytes are taken, of 64 at least; the allocator rounds up by a row at most.
        let index = max(64, count * 8 / 3) * 4 + (count / 64 + 1) * 16
        #expect(table.heapBytes <= (count + 1 + count / 512) * stride + index)
        table.upsert(Self.row(UID(high: 2, low: 0), 0))
        #expect(table.count == count + 1)
        // A chunk of 512, or an eighth of the last one and at least 16.
        let room = count % 512 == 0 ? 512 : max(16, count % 512 / 8) + 1
        #expect(table.heapBytes <= (count + room + count / 512) * stride + 2 * index)
    }

    @Test func reusesRowNumbers() {
        var table = Table<Namespace>()
        for number in 0..<2_000 { table.upsert(Self.row(UID(high: 1, low: UInt64(number)), 0)) }
        for number in 0..<2_000 { table.remove(UID(high: 1, low: UInt64(number))) }
        for number in 0..<2_000 { table.upsert(Self.row(UID(high: 2, low: UInt64(number)), 0)) }
        #expect(table.count == 2_000)
        #expect(table.capacity == 2_000)
    }

    @Test func showsAListOnlyWhenItHasEnded() {
        var table = Table<Namespace>()
        let stays = UID(high: 1, low: 1)
        let goes = UID(high: 1, low: 2)
        let comes = UID(high: 1, low: 3)
        table.upsert(Self.row(stays, 1))
        table.upsert(Self.row(goes, 1))
        table.beginReplace()
        table.stage(Self.row(stays, 2))
        table.stage(Self.row(comes, 2))
        #expect(Self.contents(table) == [stays: 1, goes: 1])
        table.commitReplace()
        #expect(Self.contents(table) == [stays: 2, comes: 2])
    }

    @Test func keepsItsRowsWhenAListIsGivenUp() {
        var table = Table<Namespace>()
        let uid = UID(high: 1, low: 1)
        table.upsert(Self.row(uid, 1))
        table.beginReplace()
        table.stage(Self.row(UID(high: 1, low: 2), 2))
        table.abandonReplace()
        #expect(Self.contents(table) == [uid: 1])
        // Nothing is staged any more: a commit changes nothing, and staging writes through.
        table.commitReplace()
        #expect(Self.contents(table) == [uid: 1])
        table.stage(Self.row(uid, 3))
        #expect(Self.contents(table) == [uid: 3])
    }

    @Test func aSecondBeginDropsWhatWasStaged() {
        var table = Table<Namespace>()
        table.beginReplace()
        table.stage(Self.row(UID(high: 1, low: 1), 1))
        table.beginReplace()
        table.stage(Self.row(UID(high: 1, low: 2), 1))
        table.commitReplace()
        #expect(Self.contents(table) == [UID(high: 1, low: 2): 1])
    }

    @Test func removesAllRows() {
        var table = Table<Namespace>()
        table.upsert(Self.row(UID(high: 1, low: 1), 1))
        table.removeAll()
        #expect(table.count == 0)
        #expect(table[UID(high: 1, low: 1)] == nil)
        #expect(table.row(at: 0) == nil)
    }
}
