import ClusterSimulator
import Foundation
import Testing

/// Run in a release build with `SIMULATOR_MEASURE=1`; says what it measured.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["SIMULATOR_MEASURE"] != nil))
struct ThroughputMeasurement {
    @Test func listsGoOutAt200MegabytesASecond() async throws {
        let clock = ContinuousClock()
        var cluster: SimulatedCluster?
        let building = try clock.measure {
            cluster = try SimulatedCluster(
                plan: ClusterPlan(nodes: 400, pods: 20_000, zones: 3),
                templates: Recorded.templates()
            )
        }
        let simulated = try #require(cluster)
        var bytes = 0
        var rounds: [Double] = []
        for _ in 0..<5 {
            bytes = 0
            let start = clock.now
            var token = ""
            repeat {
                let response = await simulated.open(
                    "/api/v1/pods?limit=500" + (token.isEmpty ? "" : "&continue=\(token)")
                )
                token = ""
                guard case .chunks(let chunks) = response.body else { break }
                for try await chunk in chunks {
                    if bytes == 0 || token.isEmpty { token = Self.token(chunk) ?? token }
                    bytes += chunk.count
                }
            } while !token.isEmpty
            let (seconds, attoseconds) = (clock.now - start).components
            rounds.append(Double(bytes) / 1e6 / (Double(seconds) + Double(attoseconds) / 1e18))
        }
        let median = rounds.sorted()[2]
        let tick = clock.measure {
            simulated.setChurn(perSecond: 50)
            simulated.advance(by: .seconds(60))
        }
        print("built 400 nodes, 20,000 pods in \(building); \(bytes) bytes a round, median \(Int(median)) MB/s")
        print("60 s with 50 changes a second in \(tick)")
        #expect(bytes > 90_000_000)
        #expect(median >= 200)
    }

    /// The list token, which stands near the beginning of the first chunk.
    private static func token(_ chunk: [UInt8]) -> String? {
        guard chunk.starts(with: Array("k8s\0".utf8)) else { return nil }
        guard let start = chunk.prefix(256).firstRange(of: Array("eyJ2".utf8)) else { return nil }
        let alphabet = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        return String(decoding: chunk[start.lowerBound...].prefix { alphabet.contains($0) }, as: UTF8.self)
    }
}
