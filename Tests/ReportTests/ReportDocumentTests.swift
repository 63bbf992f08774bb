import ClusterState
import Foundation
import Testing

@testable import HASignals
@testable import Report

/// The document's members; that it is what `deploy/report.schema.json` says is shown by Tests/system.
struct ReportDocumentTests {
    private func document(_ snapshot: SignalSnapshot, about question: ReportQuestion? = nil) throws -> [String: Any] {
        let text = try ReportDocument(ReportModel(snapshot, about: question)).text()
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func hasEveryMember() throws {
        let document = try document(Samples.mixed)
        #expect(
            Set(document.keys) == [
                "schema_version", "now", "summary", "headline", "maintenance", "causes", "areas", "findings",
                "exemptions", "unavailable", "sources",
            ]
        )
        #expect(document["schema_version"] as? Int == 2)
        #expect(document["now"] as? String == "2023-11-14T22:13:20.000Z")
        #expect(document["summary"] as? [String: Int] == ["critical": 1, "warning": 2, "info": 1])
    }

    @Test func keepsTextAsItIs() throws {
        let name = "ä\u{1B}\n\"<"
        let found = Samples.finding("etcd-alarm", .critical, .etcd, FindingObject(kind: "EtcdMember", name: name))
        let findings = try #require(try document(Samples.snapshot([], [found]))["findings"] as? [[String: Any]])
        let object = try #require(findings.first?["object"] as? [String: String])
        #expect(object == ["kind": "EtcdMember", "namespace": "", "name": name])
    }

    @Test func listsAreasAndFindingsWorstFirst() throws {
        let document = try document(Samples.mixed)
        let areas = try #require(document["areas"] as? [[String: Any]])
        #expect(areas.map { $0["name"] as? String } == ["etcd", "services", "replicas", "control_plane", "zones"])
        let findings = try #require(document["findings"] as? [[String: Any]])
        #expect(findings.map { $0["severity"] as? String } == ["critical", "warning", "warning", "info"])
    }

    @Test func findingsTellTheirCause() throws {
        let document = try document(Samples.lostNode)
        let findings = try #require(document["findings"] as? [[String: Any]])
        let down = try #require(findings.first { $0["rule"] as? String == "workload-down" })
        let root = try #require(down["root_cause"] as? [String: Any])
        #expect(root["rule"] as? String == "node-not-ready")
        #expect((root["object"] as? [String: String])?["name"] == "w-1")
        let node = try #require(findings.first { $0["rule"] as? String == "node-not-ready" })
        #expect(node["cause"] == nil)
        let causes = try #require(document["causes"] as? [[String: Any]])
        #expect(causes.count == 2)
        #expect((causes.first?["consequences"] as? [Any])?.count == 2)
    }

    @Test func answersWhatWasAsked() throws {
        let drain = try #require(
            try document(Samples.survivalSnapshot, about: .drain("w-1"))["drain"] as? [String: Any]
        )
        #expect(drain["answer"] as? String == "no")
        #expect(drain["obstacles"] as? [String: Int] == ["bare_pod": 1, "single_replica": 2])
        let loss = try #require(try document(Samples.survivalSnapshot, about: .node("w-1"))["loss"] as? [String: Any])
        #expect(loss["answer"] as? String == "no")
        let broken = try #require(loss["broken"] as? [String: [[String: String]]])
        #expect(broken["hosts"]?.map { $0["name"] } == ["chat.example.com"])
        let upgrade = try document(Samples.survivalSnapshot, about: .upgrade(minor: 37))["upgrade"] as? [String: Any]
        #expect(upgrade?["answer"] as? String == "no")
        #expect(upgrade?["to"] as? Int == 37)
    }
}
