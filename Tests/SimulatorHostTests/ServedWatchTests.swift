import ClusterSimulator
import HTTPTransport
import ServiceLifecycle
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ServedWatchTests {
    @Test(arguments: HostedCluster.Carrier.allCases)
    func bringsEventsAsTheyHappen(carrier: HostedCluster.Carrier) async throws {
        try await HostedCluster.serving(carrier) { hosted in
            let target = hosted.watch
            let expected = Task { [cluster = hosted.cluster] in try await cluster.body(target) }
            let response = try await hosted.transport.send(hosted.request(target))
            #expect(response.head.status == 200)
            #expect(response.head.header("content-type") == "application/vnd.kubernetes.protobuf;stream=watch")
            try await hosted.wait { hosted.cluster.openWatchCount == 2 }
            var body = response.body.makeAsyncIterator()
            var received: [UInt8] = []
            for _ in 0..<3 {
                // Nothing ends the watch: the event must come by itself.
                hosted.cluster.churn(1)
                received += try #require(try await body.next())
            }
            try hosted.cluster.inject(.watchesExpired(nil))
            while let chunk = try await body.next() { received += chunk }
            #expect(try await received == expected.value)
            #expect(hosted.cluster.openWatchCount == 0)
        }
    }

    @Test(arguments: HostedCluster.Carrier.allCases)
    func endsWhenTheClientGoes(carrier: HostedCluster.Carrier) async throws {
        try await HostedCluster.serving(carrier) { hosted in
            var response: TransportResponse? = try await hosted.transport.send(hosted.request(hosted.watch))
            try await hosted.wait { hosted.cluster.openWatchCount == 1 }
            withExtendedLifetime(response) {}
            response = nil
            try await hosted.wait { hosted.cluster.openWatchCount == 0 }
            // The others go on.
            #expect(try await hosted.get("/readyz").head.status == 200)
        }
    }

    /// 100 streams a connection: some of these need a second one.
    @Test(arguments: HostedCluster.Carrier.allCases)
    func holds150WatchesOpen(carrier: HostedCluster.Carrier) async throws {
        try await HostedCluster.serving(carrier) { hosted in
            let request = hosted.request(hosted.watch)
            let responses = try await withThrowingTaskGroup(of: TransportResponse.self) { group in
                for _ in 0..<150 { group.addTask { try await hosted.transport.send(request) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(hosted.cluster.openWatchCount == 150)
            hosted.cluster.churn(1)
            try hosted.cluster.inject(.watchesExpired(nil))
            let bodies = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for response in responses { group.addTask { try await response.body.all() } }
                return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
            }
            // All got the same: an event, then that they are expired.
            #expect(bodies.count == 1)
            #expect(bodies.first.map { $0.count > 4800 } == true)
        }
    }

    @Test(arguments: HostedCluster.Carrier.allCases)
    func aCutBreaksTheTransferInTheMiddleOfAFrame(carrier: HostedCluster.Carrier) async throws {
        try await HostedCluster.serving(carrier) { hosted in
            let response = try await hosted.transport.send(hosted.request(hosted.watch))
            let other = try await hosted.transport.send(
                hosted.request("/api/v1/nodes?watch=1&resourceVersion=\(hosted.cluster.resourceVersion)")
            )
            try hosted.cluster.inject(.watchesCut(.pods))
            var received: [UInt8] = []
            let error = await #expect(throws: TransportError.self) {
                for try await chunk in response.body { received += chunk }
            }
            guard case .connectionLost? = error else {
                Issue.record("not a broken transfer: \(String(describing: error))")
                return
            }
            let announced = received.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            #expect(received.count > 4)
            #expect(received.count < 4 + announced)
            // The other watch lives, over HTTP/2 on the same connection.
            try hosted.cluster.inject(.watchesExpired(nil))
            #expect(try await !other.body.all().isEmpty)
        }
    }

    @Test(arguments: HostedCluster.Carrier.allCases)
    func stoppingEndsWatches(carrier: HostedCluster.Carrier) async throws {
        try await HostedCluster.serving(carrier) { hosted in
            let response = try await hosted.transport.send(hosted.request(hosted.watch))
            await hosted.group.triggerGracefulShutdown()
            do {
                #expect(try await response.body.all().isEmpty)
            } catch TransportError.connectionLost where carrier == .secure {
                // Over HTTP/2 the connection may close before the end of the stream has gone out, on a busy machine: a
                // watch that ends so is opened again by any client, as one that a real API server ends by its own end.
            }
            #expect(hosted.cluster.openWatchCount == 0)
        }
    }
}
