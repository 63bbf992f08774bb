import ClusterSimulator
import ClusterState
import FoundationEssentials
import KubernetesWire
import TestFixtures
import Testing

@testable import Capture

/// The parts of the redaction by themselves.
struct RedactionPartsTests {
    /// No resource is taken as it is because nobody said what to keep of it.
    @Test func everyResourceHasATable() {
        for resource in APIResource.all {
            let isKept = resource.kept != nil || KeptMember.of(resource.source) != nil
            #expect(isKept, "\(resource.source)")
        }
    }

    @Test func keepsLabelsThatASelectorNames() throws {
        var redaction = ProtobufRedaction()
        var service = ProtobufMessage()
        service.edit(2) { $0.setEntry(2, "wanted", "1") }
        _ = try redaction.redacted(service.encoded[...], Service.kept)
        redaction.labels.isComplete = true
        var pod = ProtobufMessage()
        pod.edit(1) { metadata in
            metadata.setEntry(11, "wanted", "1")
            metadata.setEntry(11, "unwanted", "2")
            metadata.setEntry(11, "topology.kubernetes.io/zone", "a")
            metadata.setEntry(11, "node-role.kubernetes.io/control-plane", "")
        }
        let kept = try ProtobufMessage(parsing: redaction.redacted(pod.encoded[...], Pod.kept))
        #expect(
            kept.message(1)?.entries(11).map(\.key)
                == ["wanted", "topology.kubernetes.io/zone", "node-role.kubernetes.io/control-plane"]
        )
    }

    /// Of volumes claims are kept, and those that make one; of all others not even the name.
    @Test func keepsClaimsOfVolumes() throws {
        var pod = ProtobufMessage()
        var volumes: [ProtobufMessage] = []
        for (name, source) in [("data", 10), ("scratch", 29), ("token", 6), ("settings", 19)] {
            var volume = ProtobufMessage()
            volume.set(1, name)
            volume.edit(2) { $0.edit(source) { $0.set(1, "claim") } }
            volumes.append(volume)
        }
        pod.edit(2) { $0.replaceAll(1, with: volumes) }
        var redaction = ProtobufRedaction()
        let kept = try ProtobufMessage(parsing: redaction.redacted(pod.encoded[...], Pod.kept))
        #expect(kept.message(2)?.messages(1).map { $0.string(1) } == ["data", "scratch"])
        #expect(kept.message(2)?.messages(1)[0].string(2, 10, 1) == "claim")
        #expect(kept.message(2)?.messages(1)[1].string(2, 29) == "")
    }

    @Test func refusesBrokenBytes() {
        var redaction = ProtobufRedaction()
        // A length beyond the end, a field number of 0, a group, a text where a message belongs.
        for bytes: [UInt8] in [[0x0a, 5, 1], [0x02, 0], [0x0b], [0x0a, 1, 0x80], [0x08, 1]] {
            #expect(throws: WireError.self) { try redaction.redacted(bytes[...], Pod.kept) }
        }
    }

    /// Until the end of 2030.
    private static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBBTCBrAIBATAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARsb25nMB4XDTI1MDEw
        MTAwMDAwMFoXDTMwMTIzMTIzNTk1OVowDzENMAsGA1UEAwwEbG9uZzBZMBMGByqG
        SM49AgEGCCqGSM49AwEHA0IABKayHj/Yeurs1Xo+270zpiumlbdenq8lIoXKFybC
        1IDXsLV39F242hO/XF7O+9pyVEgH/PuPivtY1cMb/1Td0iQwCgYIKoZIzj0EAwID
        SAAwRQIhAIia/8w2cDgs2jGksD9nkUiM8oM3xLwNr+WXkf8DMf9uAiAs6wO2fOrV
        ssreW+eelZlahgIMHugD+lpRrUNfqn25ig==
        -----END CERTIFICATE-----

        """

    @Test func keepsCertificatesAlone() throws {
        let dirty =
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\nnoise\n\(Self.certificate)more\n"
            + "-----BEGIN CERTIFICATE-----\nnoise\n-----END CERTIFICATE-----\n"
        let kept = PEMCertificates.only(Array(dirty.utf8)[...])
        #expect(String(decoding: kept, as: UTF8.self) == Self.certificate)
        #expect(CertificateValidity.latestNotAfter(pem: kept) == Timestamp(rfc3339: "2030-12-31T23:59:59Z"))
    }

    @Test(
        arguments: [
            (#"{"a":1}"#, #"{}"#),
            (#" { "metadata" : { "name" : "x\"y" , "b":[1,{"c":"}"}] } } "#, #"{"metadata":{"name":"x\"y"}}"#),
            (#"{"spec":{"gatewayClassName":{"nested":"x"}}}"#, #"{"spec":{}}"#),
            (
                #"{"status":{"addresses":[{"value":"1","x":2},{"value":"3"}]}}"#,
                #"{"status":{"addresses":[{"value":"1"},{"value":"3"}]}}"#
            ),
        ]
    )
    func keepsMembersOfJSON(_ text: String, _ wanted: String) throws {
        let kept = try #require(KeptMember.of(.gateways))
        let copy = try JSONRedaction(labels: LabelKeys()).redacted(Array(text.utf8)[...], kept)
        #expect(String(decoding: copy ?? [], as: UTF8.self) == wanted)
    }

    @Test(arguments: [
        "", "{", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, "[1,]", "{} x", #"{"a":"x"#, "\"\\", "{\"a\":\"\n\"}",
    ])
    func refusesWhatIsNoJSON(_ text: String) {
        #expect(throws: JSONScanner.Fault.self) {
            try JSONRedaction(labels: LabelKeys()).redacted(Array(text.utf8)[...], .object([:]))
        }
        #expect(throws: JSONScanner.Fault.self) { try JSONPage(Array(text.utf8)) }
    }

    @Test func refusesJSONWithoutBottom() {
        let text = String(repeating: "[", count: 100_000)
        #expect(throws: JSONScanner.Fault.self) { try JSONPage(Array(#"{"items":[\#(text)"#.utf8)) }
    }
}
