import ClusterState
import KubernetesClient
import Logging
import Testing

@testable import HTTPTransport

/// A client of an API server whose pages are large (issue 10, point 2).
@Suite(.timeLimit(.minutes(10)))
struct LargePageTests {
    /// One page of 300 MB from a server that ignores `limit`: more than may stand unread by far, and a watch beside it.
    @Test func aPageOfAnySizeIsReadInBoundedMemory() async throws {
        let certificates = try TestCertificates.get()
        let server = try TestServer(
            .init(certificate: certificates.server, streamLimit: 100),
            pods: (count: 300, bytes: 1_000_000)
        )
        let transport = CurlTransport()
        let selection = ResourceSelection(sources: [.pods])
        let store = ClusterStore(
            selection: selection,
            staleAfter: .seconds(300),
            clock: .system,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let reader = ClusterReader(
            client: APIClient(
                transport: transport,
                endpoint: ClusterEndpoint(
                    server: server.url(""),
                    tls: TLSOptions(certificateAuthority: .file(certificates.authority)),
                    proxy: .none
                ),
                credentials: FixedCredentials()
            ),
            store: store,
            selection: selection,
            clock: .system,
            seed: 1
        )
        let reading = Task { await reader.run() }
        await store.untilRead([.pods])
        #expect(await store.withState { $0.pods.count } == 300)
        #expect(await store.status(of: .pods).state == .ok)
        #expect(await store.status(of: .pods).errors == [:])
        #expect(await store.status(of: .pods).receivedBytes > 300_000_000)
        // Not nothing: lists are pausable, and of no other body this is noted.
        #expect((1...256 << 10).contains(transport.unreadPeak.bytes))
        reading.cancel()
        await reading.value
    }
}
