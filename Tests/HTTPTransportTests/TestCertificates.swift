import Foundation
import Testing

@testable import HTTPTransport

/// Certificates made with the `openssl` program, once for all tests.
final class TestCertificates: Sendable {
    /// A certificate chain and its key, as paths.
    struct Pair: Sendable {
        var chain: String
        var key: String
    }

    /// The authority of the test servers, and one that nobody trusts.
    let authority: String
    let otherAuthority: String
    /// For 127.0.0.1 and localhost; the chain has leaf and authority.
    let server: Pair
    /// For `api.cluster.test` alone.
    let named: Pair
    let expired: Pair
    let client: Pair
    /// A directory laid out as the system's, with ``authority`` in it.
    let systemDirectory: String
    /// A key that asks for a pass phrase.
    let lockedKey: String

    private static let shared = Result { try TestCertificates() }
    /// The certificates; throws what making them threw.
    static func get() throws -> TestCertificates { try shared.get() }

    private init() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "transport-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        let folder = root.path()
        let path = { (name: String) in "\(folder)/\(name)" }
        authority = path("ca.pem")
        otherAuthority = path("other-ca.pem")
        for (name, certificate) in [("ca", authority), ("other-ca", otherAuthority)] {
            try Self.openssl(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "30",
                "-subj",
                "/CN=\(name)",
                "-keyout",
                path("\(name).key"),
                "-out",
                certificate
            )
        }
        let issue = { (name: String, subject: String, days: String) throws -> Pair in
            let pair = Pair(chain: path("\(name).pem"), key: path("\(name).key"))
            try Self.openssl(
                "req",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-subj",
                "/CN=\(name)",
                "-keyout",
                pair.key,
                "-out",
                path("\(name).csr")
            )
            try Data("subjectAltName=\(subject)\n".utf8).write(to: URL(filePath: path("\(name).ext")))
            try Self.openssl(
                "x509",
                "-req",
                "-in",
                path("\(name).csr"),
                "-CA",
                path("ca.pem"),
                "-CAkey",
                path("ca.key"),
                "-CAcreateserial",
                "-days",
                days,
                "-extfile",
                path("\(name).ext"),
                "-out",
                pair.chain
            )
            let chain =
                try Data(contentsOf: URL(filePath: pair.chain)) + Data(contentsOf: URL(filePath: path("ca.pem")))
            try chain.write(to: URL(filePath: pair.chain))
            return pair
        }
        server = try issue("server", "IP:127.0.0.1,DNS:localhost", "30")
        named = try issue("named", "DNS:api.cluster.test", "30")
        expired = try issue("expired", "IP:127.0.0.1", "-1")
        client = try issue("client", "DNS:client", "30")
        lockedKey = path("locked.key")
        try Self.openssl("ec", "-in", client.key, "-aes256", "-passout", "pass:secret", "-out", lockedKey)
        systemDirectory = path("system")
        try FileManager.default.createDirectory(atPath: systemDirectory, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: authority, toPath: "\(systemDirectory)/ca.pem")
        try Self.openssl("rehash", systemDirectory)
    }

    private static func openssl(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(
            process.terminationStatus == 0,
            "openssl \(arguments.joined(separator: " ")): \(String(decoding: text, as: UTF8.self))"
        )
    }
}

extension PEMSource {
    /// The bytes of a file.
    static func memory(of path: String) throws -> PEMSource {
        .memory([UInt8](try Data(contentsOf: URL(filePath: path))))
    }
}
