/// Checks that a text looks like what it should be, so that a wrong file is named here and not by a TLS library.
enum PEMText {
    /// What is wrong with the bytes as certificates; nil where they hold at least one.
    static func problem(certificates bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.contains("-----BEGIN CERTIFICATE-----") || text.contains("-----BEGIN TRUSTED CERTIFICATE-----") {
            return nil
        }
        return "holds no PEM certificate (no “-----BEGIN CERTIFICATE-----” in it)"
    }

    /// What is wrong with the bytes as a private key; nil where they hold one that needs no pass phrase.
    static func problem(key bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.contains("-----BEGIN "), text.contains("PRIVATE KEY-----") else {
            return "holds no PEM private key (no “-----BEGIN PRIVATE KEY-----” in it)"
        }
        guard !text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----"), !text.contains("Proc-Type: 4,ENCRYPTED") else {
            return "holds a private key with a pass phrase; give one without"
        }
        return nil
    }
}
