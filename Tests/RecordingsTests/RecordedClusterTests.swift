import ClusterState
import ControlPlaneProbes
import KubernetesWire
import Recordings
import TestFixtures
import Testing

struct RecordedClusterTests {
    @Test(arguments: [Fixture.healthy, .degraded])
    func everyObjectIsRead(fixture: Fixture) throws {
        let recording = try Recording.read(directory: fixture.path)
        let files = try fixture.fileNames()
        for resource in APIResource.all {
            let count = resource.count(in: recording.state)
            #expect(recording.state.status(of: resource.source).state == .ok)
            switch resource.source {
            case .leases:
                #expect(count == (try twinCount(fixture, leaseTwin) { $0 != "kube-node-lease" }))
            case .nodeleases:
                #expect(count == (try twinCount(fixture, leaseTwin) { $0 == "kube-node-lease" }))
            default:
                let twin = try #require(files.first { $0.hasSuffix("_\(resource.source.rawValue).json") })
                #expect(count == (try twinCount(fixture, twin)), "\(resource.source)")
                // Of a cluster without attached volumes the list is empty, and read all the same.
                #expect(count > 0 || resource.source == .volumeattachments, "\(resource.source)")
            }
        }
    }

    private let leaseTwin = "coordination.k8s.io_v1_leases.json"

    @Test func leasesAreSplitByNamespace() throws {
        let state = try Recording.read(directory: Fixture.healthy.path).state
        #expect(state.nodeLeases.count == state.nodes.count)
        #expect(state.leases.count > 0)
        #expect(state.leases.all.allSatisfy { state.interner.string($0.meta.namespace) != "kube-node-lease" })
        #expect(state.nodeLeases.all.allSatisfy { state.interner.string($0.meta.namespace) == "kube-node-lease" })
    }

    @Test func timeVersionAndProbesAreRead() throws {
        let recording = try Recording.read(directory: Fixture.degraded.path)
        #expect(recording.now == Timestamp(rfc3339: try text(.degraded, "recorded-at.txt")))
        #expect(recording.state.version?.minorNumber == 36)
        #expect(recording.probes.apiServers.map(\.isServing) == [true, false])
        #expect(recording.probes.etcdClusters.first?.members.map(\.isHealthy) == [true, true, false])
        #expect(recording.reasons[.etcd] == "2 of 3 etcd members answered")
    }

    private func text(_ fixture: Fixture, _ file: String) throws -> String {
        String(decoding: try fixture.bytes(file), as: UTF8.self).filter { !$0.isWhitespace }
    }

    @Test(arguments: [Fixture.healthy, .degraded])
    func sourcesAreOkWhereTheyAreDecoded(fixture: Fixture) throws {
        let recording = try Recording.read(directory: fixture.path)
        // Nobody was asked for metrics when they were recorded.
        #expect(recording.state.status(of: .apiservermetrics).state == .absent)
        for source in Source.allCases where source != .apiservermetrics {
            let status = recording.state.status(of: source)
            #expect(status.state == .ok, "\(source)")
            #expect(status.lastSuccess == recording.now, "\(source)")
            #expect(
                (recording.reasons[source] == nil) == (status.state == .ok && source != .apiserver && source != .etcd)
            )
        }
        let pods = recording.state.status(of: .pods)
        #expect(pods.receivedBytes == (try fixture.bytes("core_v1_pods.pb").count) && pods.relists == 1)
    }

    @Test func probesAloneLeaveAllElseUnknown() throws {
        let recording = try Recording.read(directory: Fixture.quorumLost.path)
        for source in Source.allCases {
            let expected: SourceState =
                switch source {
                case .etcd: .ok
                case .apiserver: .disabled
                case .gateways, .httproutes, .apiservermetrics: .absent
                default: .notSynced
                }
            #expect(recording.state.status(of: source).state == expected, "\(source)")
        }
        #expect(recording.reasons[.pods] == "no file of pods")
        #expect(recording.reasons[.version] == "no file version.json")
        #expect(recording.now == Timestamp(rfc3339: "2026-11-22T08:29:00Z"))
        #expect(recording.probes.etcdClusters[0].members.allSatisfy { !$0.isHealthy })
    }

    @Test func demoIsTheHealthyFixture() throws {
        let demo = Recording.demoFiles
        let names = try Fixture.healthy.fileNames().filter { !$0.hasSuffix(".json") || demoTakes($0) }
        #expect(demo.keys.sorted() == names)
        for (name, bytes) in demo { #expect(bytes.elementsEqual(try Fixture.healthy.bytes(name)), "\(name)") }

        let embedded = try Recording.read(files: demo)
        let read = try Recording.read(directory: Fixture.healthy.path)
        #expect(embedded.now == read.now && embedded.probes == read.probes && embedded.reasons == read.reasons)
        #expect(embedded.state.sources == read.state.sources && embedded.state.version == read.state.version)
        // Ids are given in the order in which files are read, which is the same: rows compare as they are.
        #expect(embedded.state.pods.all == read.state.pods.all && embedded.state.pods.count > 0)
        #expect(embedded.state.nodes.all == read.state.nodes.all)
        #expect(embedded.state.deployments.all == read.state.deployments.all)
        #expect(embedded.state.nodeLeases.all == read.state.nodeLeases.all)
        let embeddedNames = embedded.state.pods.all.map { $0.name(embedded.state.interner) }
        #expect(embeddedNames == read.state.pods.all.map { $0.name(read.state.interner) })
    }

    private func demoTakes(_ json: String) -> Bool {
        json == "version.json" || json.hasPrefix("gateway.networking.k8s.io_")
    }
}
