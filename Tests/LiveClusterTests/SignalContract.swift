import ClusterState
import Foundation

/// The table that says which sources each family, area and rule is made from, as `Tests/independent` keeps it: what is
/// said of a cluster is held against it, not against the program's own declarations.
struct SignalContract {
    /// The sources that each family needs; of `workloads*` and the like one kind would do, so these are left out.
    private(set) var sources: [String: Set<String>] = [:]
    /// The families of each area.
    private(set) var families: [String: [String]] = [:]
    /// The sources without which an area is unknown.
    func required(by area: String) -> Set<String> {
        var required: Set<String> = []
        for family in families[area, default: []] { required.formUnion(sources[family, default: []]) }
        return required.subtracting(Self.optional[area, default: []])
    }

    /// Areas that stay known without these sources: SIGNALS, "Unknown is neither zero nor healthy".
    static let optional: [String: Set<String>] = [
        "control_plane": ["pods", "apiserver", "etcd"], "services": ["nodes"],
        "ingress": ["gateways", "httproutes", "pods"], "nodes": ["nodeleases"],
        "storage": ["volumeattachments", "storageclasses"],
        "zones": ["services", "poddisruptionbudgets", "persistentvolumes"],
    ]

    /// Reads the table.
    init() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: tests.appendingPathComponent("independent/signals.tsv"), encoding: .utf8)
        var area = ""
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# area ") {
                area = line.split(separator: " ").last.map(String.init) ?? ""
                continue
            }
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard columns.count > 3, columns[0].hasPrefix("kube_ha_"), !columns[0].hasPrefix("kube_ha_exporter_") else {
                continue
            }
            families[area, default: []].append(columns[0])
            sources[columns[0]] = Set(
                columns[3].split(separator: ",").map(String.init).filter { !$0.isEmpty && !$0.hasSuffix("*") }
            )
        }
    }
}
