import ClusterSimulator
import Logging
import Recordings
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ListeningTests {
    private let loopback = (1...3).map { SimulatorAddress(host: "127.0.0.\($0)", port: 0) }

    @Test func reservesOnePortOnAllAddresses() throws {
        let reservation = try PortReservation(loopback)
        let ports = Set(reservation.addresses.map(\.port))
        #expect(ports.count == 1)
        #expect(reservation.addresses.map(\.host) == ["127.0.0.1", "127.0.0.2", "127.0.0.3"])
        let other = try PortReservation(loopback)
        #expect(ports.isDisjoint(with: other.addresses.map(\.port)))
    }

    @Test func saysWhatIsInTheWay() async throws {
        try await HostedCluster.serving(.plain) { hosted in
            let error = try #require(
                #expect(throws: SimulatorServerError.self) { try PortReservation([hosted.front]) }
            )
            #expect(error.description.hasPrefix("cannot listen on \(hosted.front): the address is in use"))
            let server = SimulatorServer(
                cluster: hosted.cluster,
                listeners: [SimulatorServer.Listener(.loadBalancer, at: hosted.front)],
                logger: Logger(label: "simulator") { _ in SwiftLogNoOpLogHandler() }
            )
            await #expect(throws: error) { try await server.run() }
        }
        #expect(throws: SimulatorServerError.self) {
            try PortReservation([SimulatorAddress(host: "192.0.2.1", port: 0)])
        }
    }

    @Test func certificatesThatCannotServeAreRefused() throws {
        let certificates = try HostCertificates.get()
        for (chain, key) in [
            ("/nowhere.pem", certificates.key), (certificates.chain, certificates.chain),
            (certificates.key, certificates.key),
        ] {
            let error = #expect(throws: SimulatorServerError.self) { try SimulatorCertificate(chain: chain, key: key) }
            #expect(error?.description.hasPrefix("cannot use /") == true)
        }
    }

    @Test(arguments: [
        ("127.0.0.1:6443", SimulatorAddress(host: "127.0.0.1", port: 6443)),
        ("[::1]:0", SimulatorAddress(host: "::1", port: 0)),
        ("localhost:65535", SimulatorAddress(host: "localhost", port: 65_535)),
        ("::1:80", nil), ("127.0.0.1", nil), (":80", nil), ("a:65536", nil), ("a:+1", nil), ("a:", nil),
    ])
    func readsAddresses(text: String, address: SimulatorAddress?) {
        #expect(SimulatorAddress(parsing: text) == address)
        #expect(address == nil || address?.description == text)
    }

    @Test func addressesFollowOneAnother() {
        let first = SimulatorAddress(host: "127.0.0.252", port: 7)
        #expect(first.following(3)?.map(\.description) == ["127.0.0.252:7", "127.0.0.253:7", "127.0.0.254:7"])
        #expect(first.following(4) == nil)
        #expect(SimulatorAddress(host: "::1", port: 7).following(2) == nil)
    }
}
