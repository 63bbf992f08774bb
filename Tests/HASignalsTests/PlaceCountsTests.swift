import Testing

@testable import HASignals

struct PlaceCountsTests {
    /// Few places are searched, many are looked up: both count each place once.
    @Test(arguments: [1, 2, 32, 33, 34, 100])
    func countsEachPlaceOnce(places: Int) {
        var counts = PlaceCounts()
        for round in 1...3 {
            for place in 0..<places { counts.add(place * 7, count: round) }
        }
        counts.add(0, count: 4)
        #expect(counts.count == places)
        #expect(Set(counts.entries.map(\.place)) == Set((0..<places).map { $0 * 7 }))
        // 1 + 2 + 3 at each place, 4 more at the first.
        #expect(counts.entries.map(\.count).sorted() == Array(repeating: 6, count: places - 1) + [10])
        #expect(counts.most == 10)
        #expect(counts.only == (places == 1 ? 0 : nil))
        var both = counts
        both.add(counts)
        #expect(both.count == places)
        #expect(both.most == 20)
    }
}
