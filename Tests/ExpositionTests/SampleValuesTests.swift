import Testing

@testable import Exposition

/// Columns keep their values in the narrowest numbers that hold them: nothing may get lost at the edges.
struct SampleValuesTests {
    @Test(
        arguments: [
            ([], 0), ([0, 1, 255], 1), ([0, 256], 4), ([0, 4_294_967_295], 4), ([0, 4_294_967_296], 8),
            ([1, -1], 8), ([1, 0.5], 8), ([1, -0.0], 8), ([1, .nan], 8), ([1, .infinity], 8), ([1e300, 1], 8),
        ] as [([Double], Int)]
    )
    func valuesComeBackAsTheyWere(_ values: [Double], _ bytes: Int) {
        let kept = SampleValues(values)
        #expect(values.indices.map { kept[$0].bitPattern } == values.map(\.bitPattern))
        let width =
            switch kept {
            case .bytes: values.isEmpty ? 0 : 1
            case .words: 4
            case .doubles: 8
            }
        #expect(width == bytes)
    }

    @Test func aColumnThatIsCutKeepsBlocksAndValuesTogether() {
        var builder = SampleColumnBuilder()
        for number in 0..<100 { _ = builder.append(UInt32(number + 1), Double(number) / 4) }
        builder.keepOnly([3, 7, 101])
        let column = builder.column
        #expect(column.blocks == [3, 7])
        #expect(column.blocks.indices.map { column.values[$0] } == [0.5, 1.5])
    }

    @Test func manySmallValuesTakeLittle() {
        var builder = SampleColumnBuilder()
        for number in 0..<10_000 { _ = builder.append(UInt32(number + 1), Double(number % 3)) }
        // Four bytes of block and one of value, and what the allocator rounds up by.
        #expect(builder.column.memory < 5 * 10_000 * 9 / 8 + 256)
    }
}
