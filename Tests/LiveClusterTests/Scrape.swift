import ExporterServer
import Exposition
import HASignals
import Testing

/// A text exposition, read as Prometheus reads it.
struct Scrape: Sendable {
    /// One line.
    struct Series: Hashable, Sendable {
        var labels: [String: String]
        var value: Double
    }

    private var families: [String: [Series]] = [:]

    init(_ text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
                Issue.record("no series: \(line)")
                continue
            }
            let name = line.prefix { $0 != "{" && $0 != " " }
            let labels = line[name.endIndex..<space]
            families[String(name), default: []].append(Series(labels: Self.labels(labels), value: value))
        }
    }

    /// `{a="b",c="d"}`. No value in these tests holds a quotation mark or a comma.
    private static func labels(_ text: Substring) -> [String: String] {
        var labels: [String: String] = [:]
        for pair in text.dropFirst().dropLast().split(separator: ",") {
            let sides = pair.split(separator: "=", maxSplits: 1)
            if sides.count == 2 { labels[String(sides[0])] = String(sides[1].dropFirst().dropLast()) }
        }
        return labels
    }

    private static let known = Set(
        (SignalRunner.allFamilies + OwnFamilies.all).map { "\($0.descriptor.name)" }
    )

    /// The names of the families that have series.
    var names: Set<String> { Set(families.keys) }

    /// Whether a family has series.
    func has(_ family: String) -> Bool { !all(family).isEmpty }

    /// All series of a family.
    func series(_ family: String) -> Set<Series> { Set(all(family)) }

    /// The series of a family that have these labels.
    func all(_ family: String, _ labels: [String: String] = [:]) -> [Series] {
        // A misspelt one would be absent whatever is said.
        if !Self.known.contains(family) { Issue.record("there is no family \(family)") }
        return (families[family] ?? []).filter { series in labels.allSatisfy { series.labels[$0.key] == $0.value } }
    }

    /// The value of the one series of a family that has these labels; nil where there is none.
    func value(_ family: String, _ labels: [String: String] = [:]) -> Double? {
        let found = all(family, labels)
        if found.count > 1 { Issue.record("\(found.count) series of \(family) have the labels \(labels)") }
        return found.first?.value
    }

    /// How an area stands.
    func status(_ area: String) -> String? {
        all("kube_ha_area_status", ["area": area]).first { $0.value == 1 }?.labels["status"]
    }

    /// How each area stands.
    var statuses: [String: String] {
        var statuses: [String: String] = [:]
        for series in families["kube_ha_area_status"] ?? [] where series.value == 1 {
            statuses[series.labels["area"] ?? ""] = series.labels["status"]
        }
        return statuses
    }

    /// How a source stands.
    func state(_ source: String) -> String? {
        all("kube_ha_exporter_source_state", ["source": source]).first { $0.value == 1 }?.labels["state"]
    }

    /// The sources that make something unknown, with their states.
    var unknownSources: [String: String] {
        var states: [String: String] = [:]
        for series in families["kube_ha_exporter_source_state"] ?? [] where series.value == 1 {
            let state = series.labels["state"] ?? ""
            if !["ok", "absent", "disabled"].contains(state) { states[series.labels["source"] ?? ""] = state }
        }
        return states
    }

    private static let rules = Set(allAreas.flatMap { $0.rules.map { "\($0.name)" } })

    private func expectKnown(_ rule: String) {
        if !Self.rules.contains(rule) { Issue.record("there is no rule \(rule)") }
    }

    /// Whether the rule was evaluated, whatever it found.
    func isEvaluated(_ rule: String) -> Bool {
        expectKnown(rule)
        return !all("kube_ha_findings", ["rule": rule]).isEmpty
    }

    /// What a rule was raised for, as `Kind namespace/name`, in order.
    func raised(_ rule: String) -> [String] {
        expectKnown(rule)
        return all("kube_ha_finding", ["rule": rule]).map { Self.object($0) }.sorted()
    }

    /// All findings, as `rule Kind namespace/name`.
    var findings: Set<String> {
        Set((families["kube_ha_finding"] ?? []).map { "\($0.labels["rule"] ?? "") \(Self.object($0))" })
    }

    /// The rules of critical findings.
    var critical: Set<String> {
        Set(all("kube_ha_finding", ["severity": "critical"]).compactMap { $0.labels["rule"] })
    }

    private static func object(_ series: Series) -> String {
        let name = [series.labels["namespace"] ?? "", series.labels["name"] ?? ""].filter { !$0.isEmpty }
        return [series.labels["kind"] ?? "", name.joined(separator: "/")].filter { !$0.isEmpty }
            .joined(separator: " ")
    }
}
