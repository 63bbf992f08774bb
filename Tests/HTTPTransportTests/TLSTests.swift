import Foundation
import Testing

@testable import HTTPTransport

/// Whom we trust, who we are, and what the peer showed.
@Suite(.timeLimit(.minutes(10)))
struct TLSTests {
    private let certificates: TestCertificates

    init() throws {
        certificates = try TestCertificates.get()
    }

    private func get(
        _ server: TestServer,
        _ tls: TLSOptions,
        path: String = "/hello",
        over transport: CurlTransport = CurlTransport()
    ) async throws(TransportError) -> TransportResponse {
        try await transport.send(TransportRequest(url: server.url(path), tls: tls, proxy: .none))
    }

    private func expectTLSFailure(_ server: TestServer, _ tls: TLSOptions, reason wanted: String) async {
        let error = await #expect(throws: TransportError.self) { try await get(server, tls) }
        guard case .tlsFailed(let host, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(host == "127.0.0.1:\(server.port)")
        #expect(reason.contains(wanted), "\(reason)")
        #expect(!reason.contains("\n"))
    }

    @Test func trustsTheAuthorityByFileAndByValue() async throws {
        let server = try TestServer(.init(certificate: certificates.server))
        for authority in [PEMSource.file(certificates.authority), try .memory(of: certificates.authority)] {
            #expect(try await get(server, TLSOptions(certificateAuthority: authority)).text() == "hello\n")
        }
    }

    @Test func refusesAnotherAuthority() async throws {
        let server = try TestServer(.init(certificate: certificates.server))
        for authority in [PEMSource.file(certificates.otherAuthority), try .memory(of: certificates.otherAuthority)] {
            await expectTLSFailure(server, TLSOptions(certificateAuthority: authority), reason: "certificate")
        }
        await expectTLSFailure(server, TLSOptions(), reason: "certificate")
    }

    @Test func ownAuthoritiesReplaceTheSystems() async throws {
        let server = try TestServer(.init(certificate: certificates.server))
        var options = CurlTransport.Options()
        options.systemCertificateDirectory = certificates.systemDirectory
        // The system trusts the server…
        #expect(try await get(server, TLSOptions(), over: CurlTransport(options)).text() == "hello\n")
        // …which must not help it where authorities are named.
        for authority in [PEMSource.file(certificates.otherAuthority), try .memory(of: certificates.otherAuthority)] {
            let tls = TLSOptions(certificateAuthority: authority)
            let error = await #expect(throws: TransportError.self) {
                try await get(server, tls, over: CurlTransport(options))
            }
            guard case .tlsFailed = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func refusesAnExpiredCertificate() async throws {
        let server = try TestServer(.init(certificate: certificates.expired))
        let tls = TLSOptions(certificateAuthority: .file(certificates.authority))
        await expectTLSFailure(server, tls, reason: "expired")
    }

    @Test func verifiesTheNameApartFromTheAddress() async throws {
        let server = try TestServer(.init(certificate: certificates.named, streamLimit: 100))
        var tls = TLSOptions(certificateAuthority: .file(certificates.authority))
        await expectTLSFailure(server, tls, reason: "127.0.0.1")
        tls.serverName = "api.cluster.test"
        let response = try await get(server, tls, path: "/echo")
        #expect(response.head.header("x-sni") == "api.cluster.test")
        #expect(try await response.text().contains(":authority: 127.0.0.1:\(server.port)\n"))
        tls.serverName = "other.cluster.test"
        await expectTLSFailure(server, tls, reason: "other.cluster.test")
    }

    @Test func showsTheClientCertificate() async throws {
        let server = try TestServer(.init(certificate: certificates.server, clientAuthority: certificates.authority))
        var tls = TLSOptions(certificateAuthority: .file(certificates.authority))
        await expectTLSFailure(server, tls, reason: "certificate required")
        tls.clientCertificate = .file(certificates.client.chain)
        tls.clientKey = .file(certificates.client.key)
        #expect(try await get(server, tls).text() == "hello\n")
        tls.clientCertificate = try .memory(of: certificates.client.chain)
        tls.clientKey = try .memory(of: certificates.client.key)
        #expect(try await get(server, tls).text() == "hello\n")
    }

    @Test func namesFilesThatCannotBeUsed() async throws {
        let server = try TestServer(.init(certificate: certificates.server))
        let missing = certificates.authority + ".missing"
        var tls = TLSOptions(certificateAuthority: .file(missing))
        try await expectInvalid(server, tls, naming: missing)
        tls = TLSOptions(certificateAuthority: .file(certificates.authority))
        tls.clientCertificate = .file(missing)
        tls.clientKey = .file(certificates.client.key)
        try await expectInvalid(server, tls, naming: missing)
        // A key with a pass phrase must not make OpenSSL ask the terminal.
        tls.clientCertificate = .file(certificates.client.chain)
        tls.clientKey = .file(certificates.lockedKey)
        try await expectInvalid(server, tls, naming: certificates.lockedKey)
        tls.clientKey = .memory([])
        try await expectInvalid(server, tls, naming: "is empty")
    }

    private func expectInvalid(_ server: TestServer, _ tls: TLSOptions, naming name: String) async throws {
        let error = await #expect(throws: TransportError.self) { try await get(server, tls) }
        guard case .invalidRequest(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains(name), "\(reason)")
        #expect(reason.contains("127.0.0.1:\(server.port)"), "\(reason)")
    }

    @Test func readsAFileAnewForANewConnection() async throws {
        let server = try TestServer(.init(certificate: certificates.server))
        let file = certificates.systemDirectory + "/rotated-\(server.port)"
        try FileManager.default.copyItem(atPath: certificates.authority, toPath: file)
        let transport = CurlTransport()
        let tls = TLSOptions(certificateAuthority: .file(file))
        // Two transfers at once need two connections, so the second request here connects anew.
        let first = try await get(server, tls, path: "/watch", over: transport)
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.copyItem(atPath: certificates.otherAuthority, toPath: file)
        let error = await #expect(throws: TransportError.self) { try await get(server, tls, over: transport) }
        guard case .tlsFailed = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        withExtendedLifetime(first) {}
    }

    @Test(arguments: [nil, 100], [false, true])
    func handsOutTheChainOfFirstAndReusedConnection(streamLimit: Int?, isSkipped: Bool) async throws {
        let server = try TestServer(.init(certificate: certificates.server, streamLimit: streamLimit))
        let transport = CurlTransport()
        var tls = TLSOptions(certificateAuthority: .file(certificates.authority))
        if isSkipped {
            tls = TLSOptions(isVerificationSkipped: true)
        }
        let chainText = String(decoding: try Data(contentsOf: URL(filePath: certificates.server.chain)), as: UTF8.self)
        for _ in 0..<3 {
            let response = try await get(server, tls, over: transport)
            _ = try await response.bytes()
            let chain = response.head.certificateChain.map { String(decoding: $0, as: UTF8.self) }
            #expect(chain.count == 2)
            #expect(squeezed(chain.joined()) == squeezed(chainText))
        }
        #expect(try await server.counter("connections") == 1)
    }

    @Test func sharesNoConnectionBetweenTLSOptions() async throws {
        let server = try TestServer(.init(certificate: certificates.server, streamLimit: 100))
        let transport = CurlTransport()
        let skipped = try await get(server, TLSOptions(isVerificationSkipped: true), over: transport)
        _ = try await skipped.bytes()
        let error = await #expect(throws: TransportError.self) {
            try await get(server, TLSOptions(certificateAuthority: .file(certificates.otherAuthority)), over: transport)
        }
        guard case .tlsFailed = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    private func squeezed(_ text: String) -> String {
        text.filter { !$0.isWhitespace }
    }
}
