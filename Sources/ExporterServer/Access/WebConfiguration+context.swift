package import Collection
package import NIOSSL

extension WebConfiguration.TLSSettings {
    /// What connections are set up with: HTTP/1.1 only.
    ///
    /// - Throws: ``ValueProblem`` where a certificate or key cannot be read, or the key is not that of the certificate.
    package func context() throws(ValueProblem) -> NIOSSLContext {
        let certificates = try Self.read("cert") { try NIOSSLCertificate.fromPEMBytes(chain) }
        guard !certificates.isEmpty else { throw ValueProblem("cert has no certificate in PEM format") }
        let privateKey = try Self.read("key") { try NIOSSLPrivateKey(bytes: key, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) },
            privateKey: .privateKey(privateKey)
        )
        configuration.minimumTLSVersion = minimumVersion.forNIO
        configuration.maximumTLSVersion = maximumVersion.forNIO
        configuration.applicationProtocols = ["http/1.1"]
        switch clients {
        case .notAsked: configuration.certificateVerification = .none
        case .verifiedIfGiven(let authorities):
            configuration.certificateVerification = .optionalVerification
            configuration.trustRoots = .certificates(try Self.authorities(authorities))
        case .required(let authorities):
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates(try Self.authorities(authorities))
        }
        return try Self.read("cert and key: the key may be that of another certificate") {
            try NIOSSLContext(configuration: configuration)
        }
    }

    private static func authorities(_ bytes: [UInt8]) throws(ValueProblem) -> [NIOSSLCertificate] {
        let certificates = try read("client_ca") { try NIOSSLCertificate.fromPEMBytes(bytes) }
        guard !certificates.isEmpty else { throw ValueProblem("client_ca has no certificate in PEM format") }
        return certificates
    }

    /// Names what cannot be read. What BoringSSL says of it are numbers and names of its source files.
    private static func read<Value>(_ name: String, _ body: () throws -> Value) throws(ValueProblem) -> Value {
        do {
            return try body()
        } catch {
            throw ValueProblem("\(name) cannot be used as PEM (an encrypted key cannot be read)")
        }
    }
}

extension WebConfiguration.TLSSettings.Version {
    fileprivate var forNIO: TLSVersion {
        switch self {
        case .tls10: .tlsv1
        case .tls11: .tlsv11
        case .tls12: .tlsv12
        case .tls13: .tlsv13
        }
    }
}
