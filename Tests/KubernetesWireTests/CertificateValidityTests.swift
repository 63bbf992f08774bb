import ClusterState
import KubernetesWire
import Testing

/// The certificates were made by the openssl command line (`openssl ca -startdate … -enddate …`).
struct CertificateValidityTests {
    /// Of version 3 with extensions, until 2026-12-01T00:00:00Z.
    static let short = """
        -----BEGIN CERTIFICATE-----
        MIIBTTCB9KADAgECAgEBMAoGCCqGSM49BAMCMBAxDjAMBgNVBAMMBXNob3J0MB4X
        DTI1MDEwMTAwMDAwMFoXDTI2MTIwMTAwMDAwMFowEDEOMAwGA1UEAwwFc2hvcnQw
        WTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATHQmxrqq1ZnZgLxR7ZcF5CJD8ggjIk
        8e4hDZQ3c6yC/YEcxSzacEpDI/Q8zGXUYZUI8GFteMdwswdwkboPegVtoz8wPTAP
        BgNVHRMBAf8EBTADAQH/MAsGA1UdDwQEAwICBDAdBgNVHQ4EFgQU96WmaZIFjZaz
        wsjnUAX2/T39vBYwCgYIKoZIzj0EAwIDSAAwRQIhAMi9DXIN120sfkQq+ALGtUFD
        NNEmaWsiB0VL86kv+fjgAiBxtUzwOV31kfUhnGLtLSFQkU8TAJdFkRSaTtSiQMrn
        CQ==
        -----END CERTIFICATE-----
        """

    /// Of version 1, which leaves the version out, made by `openssl ca -enddate 20301231235959Z`.
    static let long = """
        -----BEGIN CERTIFICATE-----
        MIIBBTCBrAIBATAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARsb25nMB4XDTI1MDEw
        MTAwMDAwMFoXDTMwMTIzMTIzNTk1OVowDzENMAsGA1UEAwwEbG9uZzBZMBMGByqG
        SM49AgEGCCqGSM49AwEHA0IABKayHj/Yeurs1Xo+270zpiumlbdenq8lIoXKFybC
        1IDXsLV39F242hO/XF7O+9pyVEgH/PuPivtY1cMb/1Td0iQwCgYIKoZIzj0EAwID
        SAAwRQIhAIia/8w2cDgs2jGksD9nkUiM8oM3xLwNr+WXkf8DMf9uAiAs6wO2fOrV
        ssreW+eelZlahgIMHugD+lpRrUNfqn25ig==
        -----END CERTIFICATE-----
        """

    /// Until 2060-01-01T00:00:00Z, which takes a GeneralizedTime.
    static let far = """
        -----BEGIN CERTIFICATE-----
        MIIBBjCBrAIBATAKBggqhkjOPQQDAjAOMQwwCgYDVQQDDANmYXIwIBcNMjUwMTAx
        MDAwMDAwWhgPMjA2MDAxMDEwMDAwMDBaMA4xDDAKBgNVBAMMA2ZhcjBZMBMGByqG
        SM49AgEGCCqGSM49AwEHA0IABMdCbGuqrVmdmAvFHtlwXkIkPyCCMiTx7iENlDdz
        rIL9gRzFLNpwSkMj9DzMZdRhlQjwYW14x3CzB3CRug96BW0wCgYIKoZIzj0EAwID
        SQAwRgIhAOKKFeL3nC6pCpx6Eae0ple4mCI+ch2b/Y/q2oX7DSkZAiEA5CnHbbp/
        pHWyOMIy2e4kcB2yrzHxfNf5Wo/Z7Bh+ABQ=
        -----END CERTIFICATE-----
        """

    static func latest(_ text: String) -> Timestamp? {
        CertificateValidity.latestNotAfter(pem: text.utf8)
    }

    static func moment(_ text: String) throws -> Timestamp {
        try #require(Timestamp(rfc3339: text))
    }

    /// The one that a chain is for stands first, whatever follows.
    @Test func firstOfAChainCounts() {
        func first(_ pem: String...) -> Timestamp? {
            CertificateValidity.firstNotAfter(pem: pem.joined(separator: "\n").utf8)
        }
        #expect(first(Self.short, Self.far) == Timestamp(rfc3339: "2026-12-01T00:00:00Z"))
        #expect(first(Self.far, Self.short) == Timestamp(rfc3339: "2060-01-01T00:00:00Z"))
        let broken = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----"
        #expect(first(broken, Self.far) == nil)
        #expect(first("") == nil)
    }

    @Test func readsUTCTimeAndGeneralizedTime() throws {
        #expect(Self.latest(Self.short) == (try Self.moment("2026-12-01T00:00:00Z")))
        #expect(Self.latest(Self.long) == (try Self.moment("2030-12-31T23:59:59Z")))
        #expect(Self.latest(Self.far) == (try Self.moment("2060-01-01T00:00:00Z")))
    }

    /// One good authority in a bundle is enough, so the latest counts, in whatever order they stand.
    @Test func latestOfABundleCounts() throws {
        let wanted = try Self.moment("2030-12-31T23:59:59Z")
        #expect(Self.latest(Self.short + "\n" + Self.long) == wanted)
        #expect(Self.latest(Self.long + "\n" + Self.short) == wanted)
    }

    /// Bundles come with comments, with the line ends of Windows, indented, and with keys that nobody meant to put there.
    @Test func whatStandsBetweenIsPassedOver() throws {
        let wanted = try Self.moment("2030-12-31T23:59:59Z")
        let key = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
        #expect(Self.latest("# our authority\n" + key + Self.long + "\n") == wanted)
        #expect(Self.latest(Self.long.split(separator: "\n").joined(separator: "\r\n")) == wanted)
        #expect(Self.latest(Self.long.split(separator: "\n").map { "  \($0) " }.joined(separator: "\n")) == wanted)
    }

    /// A certificate that cannot be read takes nothing away from the others.
    @Test func unreadableCertificatesArePassedOver() throws {
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        let cut = Self.far.split(separator: "\n").dropLast(3).joined(separator: "\n") + "\n"
        #expect(Self.latest(broken + Self.short) == (try Self.moment("2026-12-01T00:00:00Z")))
        #expect(Self.latest(broken) == nil)
        #expect(Self.latest(cut) == nil)
        #expect(Self.latest(cut + Self.short) == (try Self.moment("2026-12-01T00:00:00Z")))
    }

    @Test(arguments: [
        "", "hello", "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\n====\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nAA=A\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nA\u{0}AA\n-----END CERTIFICATE-----",
    ])
    func otherTextHasNoExpiry(_ text: String) {
        #expect(Self.latest(text) == nil)
    }

    /// Whatever byte is wrong or missing, there is an answer or none, never a crash; and what is cut is never believed.
    @Test func mangledBytesNeverCrash() throws {
        let text = Array(Self.short.utf8)
        var changed = 0
        for position in text.indices {
            for byte: UInt8 in [0, UInt8(ascii: "A"), UInt8(ascii: "/"), 0xff] {
                var mangled = text
                mangled[position] = byte
                if CertificateValidity.latestNotAfter(pem: mangled) != (try Self.moment("2026-12-01T00:00:00Z")) {
                    changed += 1
                }
            }
            #expect(CertificateValidity.latestNotAfter(pem: text.prefix(position)) == nil)
        }
        #expect(changed > 0)
    }

    @Test func nestedBeyondReasonIsNoCertificate() {
        var bytes: [UInt8] = []
        for _ in 0..<60 { bytes = [0x30, UInt8(bytes.count)] + bytes }
        #expect(CertificateValidity.notAfter(der: bytes) == nil)
        #expect(CertificateValidity.notAfter(der: []) == nil)
        #expect(CertificateValidity.notAfter(der: [0x30, 0x84, 0xff, 0xff, 0xff, 0xff]) == nil)
    }
}
