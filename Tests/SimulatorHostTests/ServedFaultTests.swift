import HTTPTransport
import Testing

@testable import ClusterSimulator

@Suite(.timeLimit(.minutes(10)))
struct ServedFaultTests {
    @Test(arguments: HostedCluster.Carrier.allCases)
    func hangsUntilTheFaultIsCleared(carrier: HostedCluster.Carrier) async throws {
        try await HostedCluster.serving(carrier) { hosted in
            try hosted.cluster.inject(.hang)
            let answer = Task { try await hosted.get("/api/v1/nodes?limit=3") }
            try await hosted.wait { hosted.cluster.inspect { $0.waiting.count } == 1 }
            // Who gives up is given up: the request is not answered later.
            let impatient = Task { try await hosted.get("/api/v1/pods?limit=3") }
            try await hosted.wait { hosted.cluster.inspect { $0.waiting.count } == 2 }
            impatient.cancel()
            await #expect(throws: TransportError.cancelled) { try await impatient.value }
            hosted.cluster.clear(.hang)
            #expect(try await answer.value.head.status == 200)
        }
    }

    @Test(arguments: HostedCluster.Carrier.allCases)
    func anInstanceThatIsDownResetsItsConnections(carrier: HostedCluster.Carrier) async throws {
        try await HostedCluster.serving(carrier) { hosted in
            #expect(try await hosted.get("/readyz", at: hosted.apiServers[1]).head.status == 200)
            let watch = try await hosted.transport.send(hosted.request(hosted.watch, at: hosted.apiServers[1]))
            try hosted.cluster.inject(.apiServerLost("cp-2"))
            await #expect(throws: TransportError.self) { try await watch.body.all() }
            await #expect(throws: TransportError.self) { try await hosted.get("/readyz", at: hosted.apiServers[1]) }
            #expect(try await hosted.get("/readyz", at: hosted.apiServers[0]).head.status == 200)
            #expect(try await hosted.get("/readyz").head.status == 200)
            hosted.cluster.clearAllFaults()
            #expect(try await hosted.get("/readyz", at: hosted.apiServers[1]).head.status == 200)
        }
    }
}
