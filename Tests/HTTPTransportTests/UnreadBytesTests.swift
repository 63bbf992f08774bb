import Testing

@testable import HTTPTransport

/// Bytes come out as they went in, in blocks.
struct UnreadBytesTests {
    private func add(_ bytes: [UInt8], to unread: inout UnreadBytes) {
        bytes.withUnsafeBytes { unread.append($0) }
    }

    @Test(arguments: [1, 100, 5_000, 16_384, 70_000, 200_000])
    func keepsOrderAndCount(size: Int) {
        var unread = UnreadBytes()
        var expected: [UInt8] = []
        var taken: [UInt8] = []
        for step in 0..<200 {
            let piece = (0..<(step * 7_919 % size + 1)).map { UInt8(truncatingIfNeeded: $0 &+ step) }
            add(piece, to: &unread)
            expected += piece
            if step % 3 == 0, let block = unread.takeFirst() {
                #expect(!block.isEmpty)
                taken += block
            }
            #expect(unread.count == expected.count - taken.count)
        }
        while let block = unread.takeFirst() { taken += block }
        #expect(taken == expected)
        #expect(unread.isEmpty)
    }

    @Test func whatComesInRecordsFillsBlocks() {
        var unread = UnreadBytes()
        for _ in 0..<100 { add([UInt8](repeating: 7, count: 16_384), to: &unread) }
        var sizes: [Int] = []
        while let block = unread.takeFirst() { sizes.append(block.count) }
        #expect(sizes.reduce(0, +) == 1_638_400)
        #expect(sizes.dropLast().allSatisfy { $0 >= UnreadBytes.blockSize })
    }

    @Test func aSmallEventTakesNoBlock() throws {
        var unread = UnreadBytes()
        add([UInt8](repeating: 7, count: 300), to: &unread)
        let first = unread.takeFirst()
        let event = try #require(first)
        #expect(event.count == 300)
        #expect(event.capacity < 4_096)
    }

    @Test func nothingIsLeftAfterRemovingAll() {
        var unread = UnreadBytes()
        add([1, 2, 3], to: &unread)
        unread.removeAll()
        #expect(unread.isEmpty)
        let nothing = unread.takeFirst()
        #expect(nothing == nil)
        add([4], to: &unread)
        let next = unread.takeFirst()
        #expect(next == [4])
    }
}
