import ClusterState
import FoundationEssentials
import KubernetesWire
import Recordings
import TestFixtures
import Testing

struct SourceStateTests {
    @Test(arguments: SourceState.allCases.filter { $0 != .ok })
    func sourcesJSONSetsEachState(state: SourceState) throws {
        var files = try FileSet(.healthy)
        files.set("sources.json", #"{"pods": "\#(state.rawValue)", "etcd": "\#(state.rawValue)", "nodes": "ok"}"#)
        let recording = try files.read()
        #expect(recording.state.status(of: .pods).state == state)
        #expect(recording.state.status(of: .pods).lastSuccess == nil)
        #expect(recording.reasons[.pods] == "sources.json says so")
        #expect(recording.isEtcdExcluded == (state == .disabled))
        #expect(recording.state.status(of: .etcd).state == state)
        #expect(recording.state.status(of: .nodes).state == .ok)
        #expect(recording.state.status(of: .services).state == .ok)
        #expect(recording.state.pods.count > 0, "a stale source has objects all the same")
    }

    @Test func okTakesAFile() throws {
        var files = try FileSet(.quorumLost)
        files.set("sources.json", #"{"etcd": "ok", "pods": "ok", "nodes": "forbidden"}"#)
        #expect(
            try files.refusal()
                == "sources.json: pods is ok there, but there is no file of it; record it again"
        )
        files.set("sources.json", #"{"version": "ok"}"#)
        #expect(try files.refusal().hasPrefix("sources.json: version is ok there"))
    }

    @Test func okDoesNotHideWhatTheAnswersSay() throws {
        let lost = #"{"source":"etcd","endpoint":"https://192.0.2.1:2379","path":"/health","status":0}"#
        let recording = try FileSet([
            "probes.jsonl": lost, "recorded-at.txt": "2026-11-22T08:29:00Z",
            "sources.json": #"{"etcd": "ok", "gateways": "forbidden"}"#,
        ])
        .read()
        #expect(recording.state.status(of: .etcd).state == .unreachable)
        #expect(recording.state.status(of: .gateways).state == .forbidden)
        #expect(recording.state.status(of: .httproutes).state == .absent)
    }

    @Test func gatewayFilesDecideWhetherTheAPIIsThere() throws {
        var files = try FileSet(.healthy)
        files.files["gateway.networking.k8s.io_v1_httproutes.json"] = nil
        #expect(try files.read().state.status(of: .httproutes).state == .notSynced)
        for name in files.files.keys where name.hasPrefix("gateway") { files.files[name] = nil }
        #expect(try files.read().state.status(of: .httproutes).state == .absent)
        #expect(try files.read().state.status(of: .gateways).state == .absent)
    }

    @Test func eachListMissingIsNotSynced() throws {
        let all = try FileSet(.healthy)
        for (name, _) in all.files where name.hasSuffix(".pb") {
            var files = all
            files.files[name] = nil
            let recording = try files.read()
            let resource = String(name.dropLast(3).split(separator: "_")[2])
            let sources =
                resource == "leases" ? [Source.leases, .nodeleases] : [try #require(Source(rawValue: resource))]
            for source in sources {
                #expect(recording.state.status(of: source).state == .notSynced)
                #expect(recording.reasons[source] == "no file of \(resource)")
            }
            for other in APIResource.all where !sources.contains(other.source) {
                #expect(recording.state.status(of: other.source).state == .ok)
            }
        }
    }

    @Test func probesMissingAreNotSynced() throws {
        var files = try FileSet(.healthy)
        files.files["probes.jsonl"] = nil
        let recording = try files.read()
        #expect(recording.state.status(of: .apiserver).state == .notSynced)
        #expect(recording.state.status(of: .etcd).state == .notSynced)
    }

    @Test func withoutRecordedAtTheNewestTimeCounts() throws {
        var files = try FileSet(.healthy)
        files.files["recorded-at.txt"] = nil
        struct List: Decodable {
            struct Item: Decodable {
                struct Spec: Decodable { var renewTime: String }
                var spec: Spec
            }
            var items: [Item]
        }
        let twin = try #require(files.files["coordination.k8s.io_v1_leases.json"])
        let renewals = try JSONDecoder().decode(List.self, from: Data(twin)).items.map(\.spec.renewTime)
        let newest = try #require(renewals.compactMap { Timestamp(rfc3339: $0) }.max())
        #expect(try files.read().now == newest, "nothing is newer than the leases")
        files.files["coordination.k8s.io_v1_leases.pb"] = nil
        let withoutLeases = try files.read().now
        #expect(withoutLeases < newest && withoutLeases.seconds > newest.seconds - 3_600)
    }
}
