import ClusterState
import Exposition
import Foundation
import HASignals
import Recordings
import TestFixtures
import Testing

/// The areas over the recordings of a real control plane: one golden an area and recording. That the values are right
/// is shown by the independent check in Tests/independent, which reads the `.json` twins.
struct RecordedSignalsTests {
    static func cluster(
        _ fixture: Fixture,
        changing: (inout ClusterState) -> Void = { _ in }
    ) throws -> CollectionContext {
        var recording = try Recording.read(directory: fixture.path)
        changing(&recording.state)
        var observations = Observations()
        observations.observe(recording.state, probes: recording.probes, now: recording.now, uptime: 0)
        recording.state.markUnreachableProbes(recording.probes)
        return CollectionContext(
            state: recording.state,
            probes: recording.probes,
            observations: observations,
            settings: SignalSettings(),
            now: recording.now,
            isRecording: true
        )
    }

    @Test(arguments: Fixture.allCases)
    func areasMatchTheirGoldens(_ fixture: Fixture) throws {
        let cluster = try Self.cluster(fixture)
        for area in allAreas {
            // The answers of area 18 rest on all others.
            let isSurvival = area.name == .survival
            let snapshot = SignalRunner.collect(cluster, areas: isSurvival ? allAreas : [area])
            try Golden.expect(
                isSurvival ? Golden.text(snapshot.table, of: area) : Golden.text(snapshot.table),
                matches: "\(fixture.rawValue)/\(area.name.rawValue).prom"
            )
        }
    }

    /// What a person reads of each recording.
    @Test(arguments: Fixture.allCases)
    func findingsMatchTheirGolden(_ fixture: Fixture) throws {
        let snapshot = SignalRunner.collect(try Self.cluster(fixture))
        let lines = snapshot.findings.map { finding in
            "\(finding.severity.rawValue) \(finding.area.rawValue) \(finding.rule) \(finding.object.kind) "
                + "\(finding.object.namespace)/\(finding.object.name): \(finding.message)"
        }
        try Golden.expect(lines.joined(separator: "\n") + "\n", matches: "\(fixture.rawValue)/findings.txt")
    }

    @Test(arguments: Fixture.allCases)
    func noSeriesIsAddedTwice(_ fixture: Fixture) throws {
        #expect(SignalRunner.collect(try Self.cluster(fixture)).table.refusedDuplicates == 0)
    }
}
