import NIOSSL

/// The certificate that the simulator shows, read from files.
package struct SimulatorCertificate: Sendable {
    let configuration: TLSConfiguration

    /// Reads a certificate and its key.
    ///
    /// - Parameters:
    ///   - chain: A PEM file: the certificate, then those that signed it.
    ///   - key: A PEM file: its key, without pass phrase.
    /// - Throws: ``SimulatorServerError/certificate(file:reason:)`` where they cannot be used together.
    package init(chain: String, key: String) throws(SimulatorServerError) {
        let certificates = try Self.reading(chain) { try NIOSSLCertificate.fromPEMFile(chain) }
        guard !certificates.isEmpty else { throw .certificate(file: chain, reason: "it holds no certificate") }
        let privateKey = try Self.reading(key) { try NIOSSLPrivateKey(file: key, format: .pem) }
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) },
            privateKey: .privateKey(privateKey)
        )
        // What cannot serve says so now, not with the first connection.
        _ = try Self.reading(key) { try NIOSSLContext(configuration: configuration) }
        self.configuration = configuration
    }

    private static func reading<Value>(
        _ file: String,
        _ work: () throws -> Value
    ) throws(SimulatorServerError) -> Value {
        do {
            return try work()
        } catch {
            throw .certificate(file: file, reason: "\(error)")
        }
    }
}
