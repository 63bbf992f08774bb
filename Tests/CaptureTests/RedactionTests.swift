import Capture
import ClusterSimulator
import HTTPTransport
import KubernetesWire
import Recordings
import TestFixtures
import Testing

/// What `--redact` takes away, and that nothing is judged otherwise for it.
struct RedactionTests {
    @Test(arguments: [Fixture.healthy, .degraded])
    func changesNoJudgement(_ fixture: Fixture) async throws {
        let server = try RecordedAPIServer(fixture)
        let whole = try RecordedCaptureTests.bench(server, fixture)
        _ = try await whole.capture(apiServers: server.endpoints("apiserver"), etcd: server.endpoints("etcd"))
        let redacted = try RecordedCaptureTests.bench(server, fixture)
        _ = try await redacted.capture(
            redacted: true,
            apiServers: server.endpoints("apiserver"),
            etcd: server.endpoints("etcd")
        )
        let before = Judgement(try whole.recording())
        let after = Judgement(try redacted.recording())
        #expect(before.samples.count > 1_000)
        #expect(after.samples.difference(from: before.samples).isEmpty)
        #expect(after == before)
        #expect(try redacted.fileNames == whole.fileNames)
        // What is read is a small part of what there is.
        let sizes = try (whole.bytes("core_v1_pods.pb").count, redacted.bytes("core_v1_pods.pb").count)
        #expect(sizes.1 < sizes.0 / 3)
    }

    /// The recording of a redacted recording is the same: nothing that is kept depends on what goes.
    @Test func keepsObjectsInTheirOrder() async throws {
        let server = try RecordedAPIServer(.healthy)
        let bench = try RecordedCaptureTests.bench(server, .healthy)
        _ = try await bench.capture(redacted: true)
        for name in try bench.fileNames where name.hasSuffix(".pb") && !name.contains("leases") {
            let whole = try ProtobufMessage(parsing: Fixture.healthy.bytes(name).dropFirst(4))
            let redacted = try ProtobufMessage(parsing: bench.bytes(name).dropFirst(4))
            #expect(redacted.message(1) == whole.message(1))
            #expect(redacted.message(2, 1) == whole.message(2, 1))
            let names = { (list: ProtobufMessage) in list.message(2)?.messages(2).map { $0.string(1, 1) } ?? [] }
            #expect(names(redacted) == names(whole), "\(name)")
        }
    }

    private static let secret = "hunter2-planted"

    /// A secret in every place that people put one.
    @Test func leavesNoSecret() async throws {
        let server = try RecordedAPIServer(
            .healthy,
            changing: { resource, items in
                for index in items.indices { Self.plant(&items[index], resource) }
            },
            changingJSON: { _, items in
                for index in items.indices {
                    items[index]["metadata"]?["annotations"] = .members([
                        "kubectl.kubernetes.io/last-applied-configuration": .string(Self.secret),
                        "kube-ha-exporter/ignore": .string("kept-rule"),
                    ])
                    items[index]["metadata"]?["labels"] = .members(["internal": .string(Self.secret)])
                    items[index]["metadata"]?["managedFields"] = .array([.members(["manager": .string(Self.secret)])])
                    items[index]["spec"]?["filters"] = .array([.members(["value": .string(Self.secret)])])
                    items[index]["status"]?["message"] = .string(Self.secret)
                }
            }
        ) { request in
            guard request.url.contains("/readyz") || request.url.contains("/health") else { return nil }
            return RecordedAPIServer.answer(200, Array("<html>\(Self.secret)</html>".utf8))
        }
        let whole = try RecordedCaptureTests.bench(server, .healthy)
        _ = try await whole.capture(apiServers: server.endpoints("apiserver"), etcd: server.endpoints("etcd"))
        let redacted = try RecordedCaptureTests.bench(server, .healthy)
        _ = try await redacted.capture(
            redacted: true,
            apiServers: server.endpoints("apiserver"),
            etcd: server.endpoints("etcd")
        )
        // Without redaction they are there: the test looks in the right place.
        for name in try whole.fileNames
        where name.hasSuffix(".pb") && !name.contains("volumeattachments") || name.hasSuffix("jsonl")
            || name.hasPrefix("gateway")
        {
            #expect(Self.holds(try whole.bytes(name)), "\(name)")
        }
        for name in try redacted.fileNames {
            #expect(!Self.holds(try redacted.bytes(name)), "\(name)")
        }
        #expect(
            String(decoding: try redacted.bytes("gateway.networking.k8s.io_v1_gateways.json"), as: UTF8.self)
                .contains("kept-rule")
        )
        #expect(String(decoding: try redacted.bytes("core_v1_pods.pb"), as: UTF8.self).contains("kept-rule"))
    }

    private static func holds(_ bytes: [UInt8]) -> Bool {
        bytes.firstRange(of: Array(secret.utf8)) != nil
    }

    /// Plants the secret in an object of a resource.
    private static func plant(_ item: inout ProtobufMessage, _ resource: String) {
        let string = { (message: inout ProtobufMessage, number: Int) in message.set(number, secret) }
        item.edit(1) { metadata in
            metadata.setEntry(11, "internal-token", secret)
            metadata.setEntry(12, "kubectl.kubernetes.io/last-applied-configuration", secret)
            metadata.setEntry(12, "kube-ha-exporter/ignore", "kept-rule")
            metadata.edit(17) { managed in
                string(&managed, 1)
                managed.edit(7) { string(&$0, 1) }
            }
            // generateName, finalizers, and a field that Kubernetes does not have yet.
            for number in [2, 14, 500] { string(&metadata, number) }
        }
        // Unknown fields of an object, its spec and its status.
        string(&item, 500)
        switch resource {
        case "pods": item.edit(2) { plant(podSpec: &$0) }
        case "deployments", "replicasets", "statefulsets", "replicationcontrollers":
            item.edit(2) { $0.edit(3) { plant(template: &$0) } }
        case "daemonsets": item.edit(2) { $0.edit(2) { plant(template: &$0) } }
        case "controllerrevisions": item.edit(2) { string(&$0, 1) }
        case "storageclasses": item.setEntry(3, "secret", secret)
        case "persistentvolumes":
            item.edit(2) { $0.edit(2) { $0.edit(22) { $0.setEntry(5, "token", secret) } } }
        case "ingresses": item.edit(2) { $0.edit(2) { string(&$0, 2) } }
        case "validatingwebhookconfigurations", "mutatingwebhookconfigurations":
            item.edit(2) { webhook in
                webhook.edit(2) { client in
                    string(&client, 3)
                    let bundle = client.string(2) ?? ""
                    client.set(
                        2,
                        "\(secret)\n\(bundle)\n-----BEGIN CERTIFICATE-----\n\(secret)\n-----END CERTIFICATE-----\n"
                    )
                }
                webhook.edit(resource.hasPrefix("v") ? 11 : 12) { string(&$0, 2) }
            }
        case "apiservices": item.edit(2) { string(&$0, 5) }
        case "clusterroles", "roles": item.edit(2) { string(&$0, 4) }
        case "nodes", "services", "namespaces", "horizontalpodautoscalers", "poddisruptionbudgets":
            item.edit(3) { string(&$0, 500) }
        default: break
        }
        guard ["pods", "deployments", "replicasets"].contains(resource) else { return }
        // Messages of conditions and of the status: whatever a controller came upon.
        item.edit(3) { status in
            status.edit(resource == "pods" ? 2 : 6) { string(&$0, resource == "deployments" ? 5 : 500) }
            if resource == "pods" { string(&status, 3) }
        }
    }

    private static func plant(template: inout ProtobufMessage) {
        template.edit(1) { metadata in
            metadata.setEntry(11, "internal-token", secret)
            metadata.setEntry(12, "vault.example/token", secret)
        }
        template.edit(2) { plant(podSpec: &$0) }
    }

    private static func plant(podSpec: inout ProtobufMessage) {
        for containers in [2, 20, 34] {
            podSpec.edit(containers) { container in
                // command, args, and what will be.
                for number in [3, 4, 500] { container.set(number, secret) }
                container.edit(7) { $0.set(2, secret) }
                // Headers of the liveness probe, the command of a lifecycle hook.
                container.edit(10) { $0.edit(1) { $0.edit(2) { $0.edit(5) { $0.set(2, secret) } } } }
                container.edit(12) { $0.edit(2) { $0.edit(1) { $0.set(1, secret) } } }
            }
        }
        // The name of a pull secret; a CSI volume's attributes; names of Secret and ConfigMap; an alias of a host.
        podSpec.edit(15) { $0.set(1, secret) }
        var volume = ProtobufMessage()
        volume.set(1, secret)
        volume.edit(2) { source in
            source.edit(6) { $0.set(1, secret) }
            source.edit(19) { $0.edit(1) { $0.set(1, secret) } }
            source.edit(28) { $0.setEntry(4, "token", secret) }
        }
        podSpec.replaceAll(1, with: podSpec.messages(1) + [volume])
        podSpec.edit(23) { $0.set(2, secret) }
    }
}
