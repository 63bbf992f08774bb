import ClusterState
import Foundation
import Testing

@testable import HASignals
@testable import Report

struct ReportDocumentTests {
    @Test func writesTheWholeSchema() throws {
        let snapshot = Samples.snapshot(
            [Samples.area(.etcd, .unknown, unknown: [(.etcd, .unreachable)], findings: ["etcd-alarm": 0])],
            [
                Samples.finding(
                    "etcd-quorum-lost",
                    .critical,
                    .etcd,
                    FindingObject(kind: "Etcd/\"x\"", name: "ä\u{1B}\n")
                )
            ]
        )
        #expect(
            try ReportDocument(snapshot).text() == #"""
                {
                  "areas" : [
                    {
                      "name" : "etcd",
                      "rules" : {
                        "etcd-alarm" : 0
                      },
                      "status" : "unknown",
                      "unknown_sources" : [
                        {
                          "source" : "etcd",
                          "state" : "unreachable"
                        }
                      ]
                    }
                  ],
                  "findings" : [
                    {
                      "area" : "etcd",
                      "message" : "it is so",
                      "object" : {
                        "kind" : "Etcd/\"x\"",
                        "name" : "ä\u001b\n",
                        "namespace" : ""
                      },
                      "remedy" : "Change etcd-quorum-lost.",
                      "rule" : "etcd-quorum-lost",
                      "severity" : "critical"
                    }
                  ],
                  "now" : "2023-11-14T22:13:20.000Z",
                  "schema_version" : 1,
                  "summary" : {
                    "critical" : 1,
                    "info" : 0,
                    "warning" : 0
                  }
                }

                """#
        )
    }

    @Test func listsAreasAndFindingsWorstFirst() throws {
        let text = try ReportDocument(Samples.mixed).text()
        let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let areas = try #require(document["areas"] as? [[String: Any]])
        #expect(areas.map { $0["name"] as? String } == ["etcd", "services", "replicas", "control_plane", "zones"])
        let findings = try #require(document["findings"] as? [[String: Any]])
        #expect(findings.map { $0["severity"] as? String } == ["critical", "warning", "warning", "info"])
    }
}
