import ClusterSimulator
import Exposition
import HASignals
import Recordings
import Testing

@testable import cluster_simulator

struct DemoStoryTests {
    private func makeCluster() throws -> SimulatedCluster {
        try SimulatedCluster(
            plan: ClusterPlan(nodes: 12, pods: 160, zones: 3, podBytes: 0, nodeGracePeriod: .seconds(40)),
            templates: RecordedTemplates(buffers: Recording.demoFiles)
        )
    }

    @Test func everythingHappensAndEnds() throws {
        let cluster = try makeCluster()
        let story = DemoStory(cluster, pace: .seconds(60))
        var faults: [SimulatedFault] = []
        for step in story.steps {
            let before = cluster.resourceVersion
            story.perform(step.event)
            switch step.event {
            case .nothing: #expect(cluster.activeFaults.isEmpty)
            case .rollOut: #expect(cluster.resourceVersion > before, "no rollout has begun")
            case .begin(let fault):
                #expect(cluster.activeFaults == [fault])
                faults.append(fault)
            case .end: #expect(cluster.activeFaults.isEmpty)
            }
            cluster.advance(by: .seconds(60) * step.paces)
        }
        #expect(faults == [.nodeLost("worker-00001"), .zoneLost("zone-b")])
    }

    /// What the story says to look at is there.
    @Test func namesMetricsThatExist() throws {
        let known = Set(allAreas.flatMap { $0.families.map { "\($0.descriptor.name)" } })
        var named = 0
        for step in DemoStory(try makeCluster(), pace: .seconds(60)).steps {
            for word in step.text.split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "*") })
            where word.hasPrefix("kube_ha_") {
                named += 1
                if word.hasSuffix("*") {
                    #expect(known.contains { $0.hasPrefix(word.dropLast()) }, "\(word)")
                } else {
                    #expect(known.contains(String(word)), "\(word)")
                }
            }
        }
        #expect(named == 8)
    }
}
