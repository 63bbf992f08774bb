package import ClusterState
import FoundationEssentials
import SwiftASN1

/// Until when certificates are good. Of a certificate only this is read: the way from Certificate over TBSCertificate
/// to validity (RFC 5280, 4.1), node by node, without a look at names, keys and extensions.
package enum CertificateValidity {
    /// The latest notAfter of the certificates in PEM text; nil where none of them can be read.
    ///
    /// What stands between the certificates, and a certificate that cannot be read, are passed over: one good authority
    /// in a bundle is enough for a connection to be trusted.
    package static func latestNotAfter(pem text: some Sequence<UInt8>) -> Timestamp? {
        certificates(pem: text).compactMap { $0.flatMap(notAfter(der:)) }.max()
    }

    /// The notAfter of the first certificate in PEM text, which is the one that a chain is for; nil where there is none
    /// or it cannot be read.
    package static func firstNotAfter(pem text: some Sequence<UInt8>) -> Timestamp? {
        certificates(pem: text).first?.flatMap(notAfter(der:))
    }

    /// The certificates in PEM text as DER, nil for one that is not base64.
    private static func certificates(pem text: some Sequence<UInt8>) -> [[UInt8]?] {
        var found: [[UInt8]?] = []
        var body: [UInt8]?
        for line in Array(text).split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            switch trimmed(line) {
            case "-----BEGIN CERTIFICATE-----": body = []
            case "-----END CERTIFICATE-----":
                if let body { found.append(Data(base64Encoded: Data(body)).map { [UInt8]($0) }) }
                body = nil
            default: body?.append(contentsOf: line.filter { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") })
            }
        }
        return found
    }

    /// The notAfter of a certificate in DER; nil where the bytes are no certificate.
    package static func notAfter(der bytes: [UInt8]) -> Timestamp? {
        guard let certificate = try? DER.parse(bytes), let signed = children(certificate)?.first,
            var fields = children(signed)
        else { return nil }
        // `version` is explicitly tagged and left out by certificates of version 1.
        if fields.first?.identifier == ASN1Identifier(tagWithNumber: 0, tagClass: .contextSpecific) {
            fields.removeFirst()
        }
        // serialNumber, signature, issuer, validity
        guard fields.count > 3, let validity = children(fields[3]), validity.count == 2 else { return nil }
        return time(validity[1])
    }

    private static func children(_ node: ASN1Node) -> [ASN1Node]? {
        guard node.identifier == .sequence, case .constructed(let nodes) = node.content else { return nil }
        return Array(nodes)
    }

    /// A Time, which is UTCTime until 2049 and GeneralizedTime after.
    private static func time(_ node: ASN1Node) -> Timestamp? {
        if let time = try? UTCTime(derEncoded: node, withIdentifier: .utcTime) {
            return Timestamp(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
        }
        if let time = try? GeneralizedTime(derEncoded: node, withIdentifier: .generalizedTime) {
            return Timestamp(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
        }
        return nil
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> String {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let end = line.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? line.startIndex
        return String(decoding: line[line.startIndex..<end].drop(while: isBlank), as: UTF8.self)
    }
}
