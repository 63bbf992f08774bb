import CCrypt
package import Collection
import Crypto

/// A bcrypt hash of a password, as `htpasswd -nB` writes it. It is a secret: its description does not show it.
package struct PasswordHash: Hashable, Sendable, CustomStringConvertible {
    /// Costs that are taken. One check at cost 16 takes some 5 s of CPU, and all checks take turns.
    package static let costs = 4...16
    /// What a password is checked against where no such user exists, so that the time taken does not tell it: a hash that
    /// exporter-toolkit uses for the same (web/handler.go).
    static let ofUnknownUser = PasswordHash(text: "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi")

    private let text: String

    private init(text: String) {
        self.text = text
    }

    /// Reads a hash: `$2a$`, `$2b$` or `$2y$`, a cost of two digits, `$`, and 53 characters of bcrypt's alphabet.
    ///
    /// - Throws: What is wrong with it, without the text.
    package init(parsing text: String) throws(ValueProblem) {
        let bytes = Array(text.utf8)
        guard bytes.count == 60, ["$2a$", "$2b$", "$2y$"].contains(String(text.prefix(4))),
            bytes[6] == UInt8(ascii: "$"),
            bytes[4..<6].allSatisfy({ (0x30...0x39).contains($0) }), bytes[7...].allSatisfy(Self.isInAlphabet)
        else {
            throw ValueProblem("must be a bcrypt hash of 60 characters, as `htpasswd -nBC 10 \"\"` writes it")
        }
        guard let cost = Int(text.dropFirst(4).prefix(2)), Self.costs.contains(cost) else {
            throw ValueProblem("must have a cost from \(Self.costs.lowerBound) to \(Self.costs.upperBound)")
        }
        self.text = text
    }

    private static func isInAlphabet(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "/"):
            true
        default: false
        }
    }

    /// Whether it is the hash of the password. Takes some 80 ms of CPU at cost 10, and twice as long for each further one.
    func matches(_ password: String) -> Bool {
        // crypt_r would read the password only up to it.
        guard !password.utf8.contains(0) else { return false }
        let data = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        defer {
            // It holds what was derived from the password.
            data.withMemoryRebound(to: UInt8.self, capacity: MemoryLayout<crypt_data>.size) {
                $0.update(repeating: 0, count: MemoryLayout<crypt_data>.size)
            }
            data.deallocate()
        }
        data.initialize(to: crypt_data())
        // nil and "*0" where the password is longer than libxcrypt takes (512 bytes).
        guard let result = crypt_r(password, text, data) else { return false }
        return Secrets.areEqual(Array(String(cString: result).utf8), Array(text.utf8))
    }

    /// Kind and cost only.
    package var description: String { "bcrypt hash of cost \(text.dropFirst(4).prefix(2))" }
}

/// Comparing secrets without keeping them.
enum Secrets {
    /// Whether the bytes are equal, in a time that does not tell where they differ.
    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}

/// Turns secrets into digests, by a key that is made at the start and never leaves the process.
struct SecretDigester: Sendable {
    /// The digest of a secret.
    typealias Digest = [UInt8]

    private let key = SymmetricKey(size: .bits256)

    /// Returns the digest of the texts; other texts have another one.
    func digest(_ texts: String...) -> Digest {
        var code = HMAC<SHA256>(key: key)
        for text in texts {
            // The length first: ("ab", "c") is not ("a", "bc").
            withUnsafeBytes(of: UInt64(text.utf8.count)) { code.update(data: $0) }
            code.update(data: Array(text.utf8))
        }
        return Array(code.finalize())
    }
}
