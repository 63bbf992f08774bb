package import ClusterState
internal import ConfigurationFiles
package import HTTPTransport
internal import KubernetesWire

extension PEMSource {
    /// As much as is read of a certificate chain's file.
    private static let limit = 1 << 20

    /// The notAfter of the chain's first certificate; nil where it cannot be read. A file is read again each time.
    package var certificateExpiry: Timestamp? {
        switch self {
        case .memory(let bytes): CertificateValidity.firstNotAfter(pem: bytes)
        case .file(let path):
            (try? FileBytes.read(path, limit: Self.limit)).flatMap(CertificateValidity.firstNotAfter(pem:))
        }
    }
}
