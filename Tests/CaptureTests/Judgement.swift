import ClusterState
import Exposition
import HASignals
import Recordings

/// What a recording is judged to be: every sample and every finding, in an order of their own.
struct Judgement: Equatable {
    let samples: [String]
    let findings: [String]
    let areas: [String]

    /// Judges a recording.
    init(_ recording: Recording) {
        var observations = Observations()
        observations.observe(recording.state, probes: recording.probes, now: recording.now, uptime: 0)
        let snapshot = SignalRunner.collect(
            CollectionContext(
                state: recording.state,
                probes: recording.probes,
                observations: observations,
                settings: SignalSettings(),
                now: recording.now,
                isRecording: true
            )
        )
        var writer = ExpositionWriter([snapshot.table], format: .text004, endOfExposition: true)
        var bytes: [UInt8] = []
        while let slice = writer.nextSlice() { bytes += slice }
        samples = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init).sorted()
        findings = snapshot.findings
            .map {
                "\($0.severity) \($0.rule) \($0.object.kind) \($0.object.namespace)/\($0.object.name): \($0.message)"
            }
            .sorted()
        areas = snapshot.areas.map { "\($0.name): \($0.status), unknown \($0.unknownSources)" }.sorted()
    }
}
