import Foundation
import Testing

/// Certificates for loopback addresses, made once by the script that the scale tests use.
struct HostCertificates: Sendable {
    /// The CA, and one server's chain and key, as paths.
    let authority: String
    let chain: String
    let key: String

    private static let shared = Result { try HostCertificates() }
    /// The certificates; throws what making them threw.
    static func get() throws -> HostCertificates { try shared.get() }

    private init() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "simulator-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let script = tests.appending(path: "scale/lib.sh").path
        let outcome = try Command.runBlocking(["bash", "-c", ". \"$0\" && make_certificates \"$1\"", script, folder])
        try #require(outcome.status == 0, "\(outcome.errors)")
        authority = "\(folder)/ca.pem"
        chain = "\(folder)/server.pem"
        key = "\(folder)/server.key"
    }
}
