import ClusterState
import Testing

struct TimestampTextTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_795_337_665, "2026-11-22T08:54:25.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"), (1_709_251_199.999, "2024-02-29T23:59:59.999Z"),
            (-0.5, "1969-12-31T23:59:59.500Z"), (-62_167_219_200, "0000-01-01T00:00:00.000Z"),
            (1e300, "9999-12-31T23:59:59.000Z"),
        ] as [(Double, String)]
    )
    func writesMoments(_ seconds: Double, _ text: String) {
        #expect(Timestamp(seconds: seconds).rfc3339 == text)
    }

    @Test func isReadBack() throws {
        for day in stride(from: 0.0, to: 60_000, by: 37) {
            let moment = Timestamp(seconds: day * 86_400 + 12_345)
            #expect(Timestamp(rfc3339: moment.rfc3339) == moment)
        }
    }
}
