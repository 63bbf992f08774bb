import ArgumentParser
import Collection
import Programs
import Report

/// The options of `report` about one node, zone or version. They differ from run to run, so they cannot be given by
/// environment variables.
struct ReportQuestionOptions: ParsableArguments {
    @Option(flag: "node", takes: "name", "Print only what the loss of this node, and its drain, would break.")
    var node: String?

    @Option(flag: "zone", takes: "name", "Print only what the loss of this zone would break.")
    var zone: String?

    @Option(
        flag: "drain",
        takes: "node",
        "Print only whether this node can be drained and what prevents it; the exit status is 1 if it is not safe."
    )
    var drain: String?

    @Option(
        flag: "upgrade-to",
        takes: "minor",
        "Print only what blocks an upgrade to this version of Kubernetes, such as 1.37; the exit status is 1 if anything does."
    )
    var upgradeTo: String?

    /// What is asked; nil where nothing is.
    func question() throws(SettingError) -> ReportQuestion? {
        let asked: [(flag: String, text: String?)] = [
            ("--node", node), ("--zone", zone), ("--drain", drain), ("--upgrade-to", upgradeTo),
        ]
        let given = asked.filter { $0.text != nil }
        guard let first = given.first, let text = first.text else { return nil }
        if given.count > 1 {
            throw SettingError(
                origin: given[1].flag,
                text: given[1].text ?? "",
                problem: "cannot go with \(first.flag)"
            )
        }
        if text.isEmpty { throw SettingError(origin: first.flag, text: text, problem: "is empty") }
        switch first.flag {
        case "--node": return .node(text)
        case "--zone": return .zone(text)
        case "--drain": return .drain(text)
        default: return .upgrade(minor: try Self.minor(text))
        }
    }

    /// The minor version of `1.37`, `v1.37`, `1.37.2` or `37`.
    private static func minor(_ text: String) throws(SettingError) -> Int {
        let parts = (text.hasPrefix("v") ? text.dropFirst() : text[...])
            .split(separator: ".", omittingEmptySubsequences: false)
        let isOnlyMinor = parts.count == 1
        guard parts.count <= 3, isOnlyMinor || parts[0] == "1",
            let minor = Int(isOnlyMinor ? parts[0] : parts[1]), minor > 0, minor < 1_000,
            parts.count < 3 || Int(parts[2]) != nil
        else {
            throw SettingError(
                origin: "--upgrade-to",
                text: text,
                problem: "is not a version of Kubernetes, such as 1.37"
            )
        }
        return minor
    }
}
