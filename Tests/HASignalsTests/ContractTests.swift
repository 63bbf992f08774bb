import Exposition
import Foundation
import HASignals
import Testing

/// The families against `signals.tsv`, the contract with everyone who wrote a rule or a dashboard on them.
struct ContractTests {
    struct Line: Hashable, CustomStringConvertible {
        var area: String
        var name: String
        var type: String
        var labels: String
        var sources: Set<String>

        var description: String { "\(area) \(name) \(type) {\(labels)} from \(sources.sorted())" }
    }

    /// The lines of the areas that exist; those about the exporter itself are the server's.
    static func contract() throws -> [Line] {
        let file = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("independent/signals.tsv")
        var area = ""
        var lines: [Line] = []
        for row in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            if row.hasPrefix("# area ") {
                area = String(row.split(separator: " ").last ?? "")
            } else if !row.hasPrefix("#") {
                let fields = row.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
                lines.append(
                    Line(
                        area: area,
                        name: fields[0],
                        type: fields[1],
                        labels: fields[2],
                        sources: Set(fields[3].split(separator: ",").map(String.init))
                    )
                )
            }
        }
        return lines
    }

    @Test func familiesAreThoseOfTheContract() throws {
        var declared: Set<Line> = []
        func add(_ families: [any AnyFamily], _ area: String) {
            for family in families.map(\.descriptor) {
                declared.insert(
                    Line(
                        area: area,
                        name: "\(family.name)",
                        type: "\(family.type)",
                        labels: family.labels.map { "\($0)" }.joined(separator: ","),
                        sources: Set(family.sources)
                    )
                )
            }
        }
        for area in allAreas { add(area.families, area.name.rawValue) }
        add(SignalRunner.families, "findings")
        let areas = Set(allAreas.map { $0.name.rawValue } + ["findings"])
        let wanted = Set(try Self.contract().filter { areas.contains($0.area) })
        #expect(wanted.subtracting(declared).map(\.description).sorted() == [])
        #expect(declared.subtracting(wanted).map(\.description).sorted() == [])
    }

    @Test func namesAreLegal() {
        let descriptors = SignalRunner.allFamilies.map(\.descriptor)
        for descriptor in descriptors {
            #expect(descriptor.problems() == [], "\(descriptor.name)")
        }
        #expect(FamilyDescriptor.problems(between: descriptors) == [])
    }

    @Test func sourcesAreKnown() {
        for family in SignalRunner.allFamilies {
            for word in family.descriptor.sources { #expect(SourceNeed(word) != nil, "\(word)") }
        }
    }

    @Test func rulesAreWellFormed() {
        let rules = allAreas.flatMap { $0.rules }
        let names = rules.map { "\($0.name)" }
        #expect(Set(names).count == names.count)
        for rule in rules {
            #expect("\(rule.name)".wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil, "\(rule.name)")
            #expect("\(rule.summary)".hasSuffix("."), "\(rule.name)")
            #expect("\(rule.remedy)".hasSuffix("."), "\(rule.name)")
            // This one is told from how requests fare, whatever they are for.
            if "\(rule.name)" == "apiserver-requests-failing" { continue }
            #expect(!rule.needs.isEmpty, "\(rule.name)")
        }
    }
}
