package import HTTPTypes

/// What `--web.config.file` says: exporter-toolkit's file (docs/web-configuration.md, version 0.17).
package struct WebConfiguration: Sendable {
    /// Certificate, key and what is asked of clients; nil serves plain HTTP.
    package var tls: TLSSettings?
    /// Added to every answer.
    package var headers: [HTTPField] = []
    /// Whether HTTP/2 was asked for by name. It is not served: a scraper gains nothing from it.
    package var asksForHTTP2 = false
    /// Who may enter by name and password; empty asks nobody for one.
    package var users: [String: PasswordHash] = [:]
    /// How often requests are answered; nil for any number.
    package var rateLimit: RateLimit?

    /// A token bucket: `burst` requests at once, and one more each `interval`.
    package struct RateLimit: Hashable, Sendable {
        /// The time in which one request becomes allowed.
        package var interval: Duration
        /// The most requests that are allowed at once; at least 1.
        package var burst: Int

        /// Creates a limit.
        package init(interval: Duration, burst: Int) {
            self.interval = interval
            self.burst = burst
        }
    }

    /// What TLS is served with. Certificates and keys are the text of PEM files.
    package struct TLSSettings: Sendable {
        /// Which clients may connect.
        package enum ClientCertificates: Sendable, Equatable {
            /// Any; no certificate is asked for.
            case notAsked
            /// Any without a certificate, and those whose certificate the authorities have signed.
            case verifiedIfGiven(authorities: [UInt8])
            /// Those whose certificate the authorities have signed.
            case required(authorities: [UInt8])
        }

        /// Our chain, leaf first.
        package var chain: [UInt8]
        /// Its key.
        package var key: [UInt8]
        /// Which clients may connect.
        package var clients = ClientCertificates.notAsked
        /// Names of which a client's certificate must have one; nil takes any.
        package var allowedNames: [String]?
        /// The oldest version that is spoken.
        package var minimumVersion = Version.tls12
        /// The newest version that is spoken.
        package var maximumVersion = Version.tls13

        /// A version of TLS, as the file writes it.
        package enum Version: String, CaseIterable, Comparable, Sendable {
            case tls10 = "TLS10"
            case tls11 = "TLS11"
            case tls12 = "TLS12"
            case tls13 = "TLS13"

            package static func < (left: Version, right: Version) -> Bool { left.rawValue < right.rawValue }
        }

        /// Creates settings that ask no client for a certificate.
        package init(chain: [UInt8], key: [UInt8]) {
            self.chain = chain
            self.key = key
        }
    }

    /// Creates the configuration of an empty file: plain HTTP, open to everybody.
    package init() {}
}
