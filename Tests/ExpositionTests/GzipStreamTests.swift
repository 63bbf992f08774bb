import Testing

@testable import Exposition

struct GzipStreamTests {
    @Test(arguments: [0, 1, 20_000])
    func roundTrips(series: Int) {
        let table = Samples.table(series: series)
        let packed = GzipStream.gzipped(ExpositionWriter([table], format: .openMetrics100, endOfExposition: true))
        #expect(packed.starts(with: [0x1F, 0x8B, 8]))
        #expect(Samples.gunzip(packed) == Array(Samples.slices([table], .openMetrics100).joined()))
    }

    @Test func membersMayBeJoined() {
        let ready = Samples.table(series: 500)
        var sink = Sink(families: Samples.families)
        sink.add(Samples.leader, 1)
        let fresh = sink.finish()
        let joined =
            GzipStream.gzipped(ExpositionWriter([ready], format: .openMetrics100, endOfExposition: false))
            + GzipStream.gzipped(ExpositionWriter([fresh], format: .openMetrics100, endOfExposition: true))
        let whole =
            Samples.text([ready], .openMetrics100, endOfExposition: false) + Samples.text([fresh], .openMetrics100)
        #expect(Samples.gunzip(joined) == Array(whole.utf8))
    }

    @Test func takesSlicesOfAnySize() {
        // Incompressible input, so that zlib fills its output more than once a call.
        var state: UInt64 = 42
        let noise = (0..<300_000)
            .map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56)
            }
        for level in [0, 3, 9] {
            var packed: [UInt8] = []
            var stream = GzipStream(level: level)
            stream.compress([], into: &packed)
            stream.compress(Array(noise[..<1]), into: &packed)
            stream.compress(Array(noise[1...]), into: &packed)
            stream.finish(into: &packed)
            #expect(Samples.gunzip(packed) == noise)
            #expect(Samples.gunzip(packed.dropLast(5)) == nil)
        }
    }
}
