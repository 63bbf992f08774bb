import ClusterState
import KubernetesWire

/// Copies the fields of a protobuf message that are to be kept.
///
/// It goes by what is kept, not by what is secret: environment variables, arguments, commands, probe headers,
/// managedFields, `last-applied-configuration`, pull secrets, ConfigMaps in volumes, attributes of CSI volumes, parameters
/// of storage classes, status messages, match conditions, and whatever a later version of Kubernetes adds, go because
/// nothing here reads them. What is kept may be named after something confidential all the same: names of objects,
/// namespaces, zones, hosts and addresses are what findings are about.
struct ProtobufRedaction {
    var labels = LabelKeys()

    /// Copies a message.
    ///
    /// - Parameters:
    ///   - bytes: The message.
    ///   - fields: What is kept of it.
    /// - Returns: The message without the rest.
    /// - Throws: ``WireError`` where the bytes are malformed.
    mutating func redacted(_ bytes: ArraySlice<UInt8>, _ fields: KeptFields) throws(WireError) -> [UInt8] {
        var output: [UInt8] = []
        var reader = FieldReader(bytes)
        while let field = try reader.next() {
            guard let kept = fields[field.number] else { continue }
            switch kept {
            case .value: output += field.bytes
            case .presence:
                if field.isMessage { output.appendField(field.number, []) } else { output += field.bytes }
            case .message(let inner):
                output.appendField(field.number, try redacted(try field.message(), inner))
            case .messageWith(let required, let inner):
                let copy = try redacted(try field.message(), inner)
                if try Self.hasContent(required, copy) { output.appendField(field.number, copy) }
            case .labels:
                if labels.keeps(try Self.key(of: try field.message())) { output += field.bytes }
            case .annotations:
                let entry = try field.message()
                guard let known = KnownAnnotation(key: try Self.key(of: entry)) else { continue }
                // Of an action its name alone is read, which is in the key.
                output.appendField(
                    field.number,
                    try redacted(entry, known == .albAction ? [1: .value] : [1: .value, 2: .value])
                )
            case .labelKey:
                labels.note(String(decoding: try field.message(), as: UTF8.self))
                output += field.bytes
            case .certificates:
                output.appendField(field.number, PEMCertificates.only(try field.message()))
            }
        }
        return output
    }

    /// The key of a map's entry.
    private static func key(of entry: ArraySlice<UInt8>) throws(WireError) -> String {
        var reader = FieldReader(entry)
        var key = ""
        while let field = try reader.next() {
            if field.number == 1 { key = String(decoding: try field.message(), as: UTF8.self) }
        }
        return key
    }

    /// Whether a field is there and holds anything.
    private static func hasContent(_ number: UInt32, _ bytes: [UInt8]) throws(WireError) -> Bool {
        var reader = FieldReader(bytes[...])
        while let field = try reader.next() {
            if field.number == number, try !field.message().isEmpty { return true }
        }
        return false
    }
}

/// What is kept of a bundle of certificates: those that can be read, and nothing beside them.
enum PEMCertificates {
    private static let begin = "-----BEGIN CERTIFICATE-----"
    private static let end = "-----END CERTIFICATE-----"

    /// The certificates of a text.
    static func only(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        var block: [UInt8]?
        for line in text.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            let word = String(decoding: line, as: UTF8.self).trimmingPrefix { $0 == " " }
            if word.hasPrefix(begin) { block = [] }
            block?.append(contentsOf: line)
            block?.append(UInt8(ascii: "\n"))
            guard word.hasPrefix(end), let whole = block else { continue }
            if CertificateValidity.latestNotAfter(pem: whole) != nil { output += whole }
            block = nil
        }
        return output
    }
}
