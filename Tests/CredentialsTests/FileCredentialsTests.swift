import HTTPTransport
import TestClocks
import Testing

@testable import KubernetesClient

struct FileCredentialsTests {
    private let world = World()
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    private func file(_ name: String) -> CredentialFile {
        CredentialFile(path: "\(folder.path)/\(name)", origin: "test")
    }

    @Test func readsATokenAnewEachMinute() async throws {
        try folder.write("token", "one\n")
        let source = try FileCredentials(files: .init(token: file("token")), environment: world.environment())
        try folder.write("token", "  two \n")
        world.clock.advance(by: .seconds(59))
        #expect(try await source.authorization().bearerToken == "one")
        world.clock.advance(by: .seconds(1))
        #expect(try await source.authorization().bearerToken == "two")
        try folder.write("token", "three")
        #expect(try await source.authorization().bearerToken == "two")
        // A 401: at once.
        await source.invalidate()
        #expect(try await source.authorization().bearerToken == "three")
        #expect(world.warnings == [])
    }

    @Test func keepsTheOldTokenAndSaysSoOnce() async throws {
        try folder.write("token", "one")
        let source = try FileCredentials(files: .init(token: file("token")), environment: world.environment())
        folder.delete("token")
        for _ in 0..<3 {
            world.clock.advance(by: .seconds(60))
            #expect(try await source.authorization().bearerToken == "one")
        }
        let missing = "test: \(folder.path)/token cannot be read: no such file; the token read before is still used"
        #expect(world.warnings == [missing])
        // Half written: worth a line of its own.
        try folder.write("token", "")
        world.clock.advance(by: .seconds(60))
        #expect(try await source.authorization().bearerToken == "one")
        #expect(world.warnings.last == "test: \(folder.path)/token is empty; the token read before is still used")
        // Well again, then gone again: told again.
        try folder.write("token", "two")
        world.clock.advance(by: .seconds(60))
        #expect(try await source.authorization().bearerToken == "two")
        folder.delete("token")
        world.clock.advance(by: .seconds(60))
        #expect(try await source.authorization().bearerToken == "two")
        #expect(world.warnings.count == 3 && world.warnings.last == missing)
    }

    @Test func aTokenStandsInForItsFile() async throws {
        let source = try FileCredentials(
            Authorization(bearerToken: "beside"),
            files: .init(token: file("token")),
            environment: world.environment()
        )
        #expect(try await source.authorization().bearerToken == "beside")
        #expect(
            world.warnings
                == ["test: \(folder.path)/token cannot be read: no such file; the token beside it is used"]
        )
        try folder.write("token", "from the file".replacing(" ", with: "-"))
        world.clock.advance(by: .seconds(60))
        #expect(try await source.authorization().bearerToken == "from-the-file")
    }

    @Test func readsCertificateAndKeyTogether() async throws {
        try folder.write("tls.crt", FakePEM.certificate("one"))
        try folder.write("tls.key", FakePEM.key("one"))
        let source = try FileCredentials(
            files: .init(certificate: file("tls.crt"), key: file("tls.key")),
            environment: world.environment()
        )
        let first = Authorization(
            clientCertificate: .memory(Array(FakePEM.certificate("one").utf8)),
            clientKey: .memory(Array(FakePEM.key("one").utf8))
        )
        #expect(try await source.authorization() == first)
        // The certificate is new, the key is just being replaced: neither is taken.
        try folder.write("tls.crt", FakePEM.certificate("two"))
        try folder.write("tls.key", "")
        world.clock.advance(by: .seconds(60))
        #expect(try await source.authorization() == first)
        #expect(
            world.warnings
                == ["test: \(folder.path)/tls.key is empty; the client certificate read before is still used"]
        )
        try folder.write("tls.key", FakePEM.key("two"))
        world.clock.advance(by: .seconds(60))
        let second = try await source.authorization()
        #expect(second.clientCertificate == .memory(Array(FakePEM.certificate("two").utf8)))
        #expect(second.clientKey == .memory(Array(FakePEM.key("two").utf8)))
        // Other TLS options mean another connection.
        #expect(second.applied(to: TLSOptions()) != first.applied(to: TLSOptions()))
    }

    @Test func refusesWhatIsNoToken() throws {
        for (text, problem) in [
            ("a b", "has a blank, line break or character that a bearer token cannot have"),
            ("ä", "has a blank, line break or character that a bearer token cannot have"), (" \n", "is empty"),
        ] {
            try folder.write("token", text)
            do {
                _ = try FileCredentials(files: .init(token: file("token")), environment: world.environment())
                Issue.record("was taken")
            } catch {
                #expect("\(error)" == "test: \(folder.path)/token \(problem)")
            }
        }
    }
}
