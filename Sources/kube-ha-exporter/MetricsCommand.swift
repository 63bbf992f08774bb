import ArgumentParser
import ExporterServer
import Exposition
import HASignals
import Programs

/// `metrics`: the reference of all families.
struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Print every metric family: name, type, labels, the sources it comes from, and what it says."
    )

    @Flag(name: .long, help: "Print Markdown instead of tab-separated text.")
    var markdown = false

    func run() {
        let table = Self.table
        StandardStreams.write(markdown ? table.markdown : table.text)
    }

    static var table: ReferenceTable {
        var sections = allAreas.map { section(ReferenceTable.title($0.name), $0.families) }
        sections.append(section("area findings", SignalRunner.families))
        sections.append(section("area exporter", OwnFamilies.all))
        return ReferenceTable(columns: ["name", "type", "labels", "sources", "help"], sections: sections)
    }

    private static func section(_ title: String, _ families: [any AnyFamily]) -> ReferenceTable.Section {
        let rows = families.map(\.descriptor)
            .map { family in
                [
                    family.name.description, "\(family.type)", family.labels.map(\.description).joined(separator: ","),
                    family.sources.joined(separator: ","), family.help.description,
                ]
            }
        return ReferenceTable.Section(title: title, rows: rows)
    }
}
