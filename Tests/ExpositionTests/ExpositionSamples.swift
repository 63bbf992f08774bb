import Exposition

/// Families and tables that several tests use.
enum Samples {
    static let budgetLabels = LabelNames(["namespace", "poddisruptionbudget"])
    static let roleLabels = LabelNames(["role"])
    static let sourceLabels = LabelNames(["source"])
    static let versionLabels = LabelNames(["version"])

    static let nodes = Family("t_nodes", .gauge, labels: roleLabels, help: "Nodes.")
    static let blocks = Family("t_pdb_blocks", .gauge, labels: budgetLabels, help: "Blocks.")
    static let events = Family("t_events_total", .counter, labels: sourceLabels, help: "Events.")
    static let version = Family("t_version_info", .info, labels: versionLabels, help: "Version.")
    static let leader = Family("t_leader", .gauge, help: "A \"quoted\"\nline and a \\.")
    static let families: [any AnyFamily] = [nodes, blocks, events, version, leader]

    /// A sink that lets refusals pass, to look at their counts.
    static func lenientSink() -> Sink { Sink(families: families, onRefusal: { _ in }) }

    static func text(
        _ tables: [SampleTable],
        _ format: ExpositionFormat = .text004,
        endOfExposition: Bool = true
    ) -> String {
        String(decoding: slices(tables, format, endOfExposition: endOfExposition).joined(), as: UTF8.self)
    }

    static func slices(
        _ tables: [SampleTable],
        _ format: ExpositionFormat = .text004,
        endOfExposition: Bool = true
    ) -> [[UInt8]] {
        var writer = ExpositionWriter(tables, format: format, endOfExposition: endOfExposition)
        var slices: [[UInt8]] = []
        while let slice = writer.nextSlice() { slices.append(slice) }
        return slices
    }

    /// A table of `count` series with long labels.
    static func table(series count: Int) -> SampleTable {
        var sink = Sink(families: families)
        for number in 0..<count {
            let labels = sink.labels(budgetLabels, ["namespace-\(number % 7)", "budget-\(number)"])
            sink.add(blocks, labels, number)
        }
        return sink.finish()
    }
}
