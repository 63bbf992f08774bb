import KubernetesWire
import TestFixtures
import Testing

/// Inputs that libFuzzer found, and the seeds that it began with: none may trap.
struct FuzzCorpusTests {
    @Test func everyInputIsHandled() throws {
        let inputs = try Fixture.inputs()
        #expect(inputs.count > WireFuzzTarget.readers.count)
        for input in inputs {
            try input.bytes.withRawBytes { bytes throws(WireError) in WireFuzzTarget.run(bytes) }
        }
    }

    /// The same for recordings with bytes changed at random; `Tests/fuzz` changes them by their structure.
    @Test(arguments: [UInt64(61), 62, 63, 64])
    func changedRecordingsAreHandled(seed: UInt64) throws {
        var random = TestRandom(seed: seed)
        let seeds = try Fixture.inputs().filter { $0.name.hasPrefix("seed-") }
        #expect(!seeds.isEmpty)
        for (_, original) in seeds {
            for _ in 0..<60 {
                var input = original
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    let position = Int.random(in: 0..<input.count, using: &random)
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: input[position] = UInt8.random(in: 0...255, using: &random)
                    case 1: input[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                    case 2: input.remove(at: position)
                    default: input.insert(UInt8.random(in: 0...255, using: &random), at: position)
                    }
                }
                try input.withRawBytes { bytes throws(WireError) in WireFuzzTarget.run(bytes) }
            }
        }
    }
}
