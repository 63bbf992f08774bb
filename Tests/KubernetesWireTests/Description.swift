import ClusterState
import FoundationEssentials
import KubernetesWire

/// Writes a row as field → text. Every stored property is found by reflection, so that a field that is added to a row
/// is compared from then on, and fails where nobody says what it should be.
struct Description {
    let interner: Interner

    func fields(_ row: Any) -> [String: String] {
        var result: [String: String] = [:]
        for child in Mirror(reflecting: row).children {
            guard let label = child.label else { continue }
            if child.value is ObjectMeta || child.value is LeaseSpec {
                for (key, text) in fields(child.value) { result["\(label).\(key)"] = text }
            } else {
                result[label] = text(child.value)
            }
        }
        if let pod = row as? Pod {
            result["nameWord"] = nil
            result["shape"] = nil
            result["placement"] = text(pod.placement(interner))
            result["requests"] = text(pod.requests(interner))
            result["annotation"] = text(pod.annotation(interner))
            result["name"] = pod.name(interner)
        }
        return result
    }

    func text(_ value: Any) -> String {
        switch value {
        case let value as StringID: interner.string(value)
        case let value as LabelValues: text(Array(value))
        case let value as UID: Self.text(value)
        case let value as Seconds: value.isSet ? Date(timeIntervalSince1970: Double(value.value)).ISO8601Format() : ""
        case let value as Timestamp: "\(Int((value.seconds * 1e6).rounded()))"
        case let value as LabelsID:
            value == .none
                ? "none"
                : Self.labels(
                    interner.string(interner.namespace(value)),
                    interner.labels(value).map { (interner.string($0.key), interner.string($0.value)) }
                )
        case let value as OwnerID:
            interner.owner(value)
                .map {
                    "\(interner.string($0.kind))/\(interner.string($0.name))/\(Self.text($0.uid))"
                } ?? "none"
        case let value as StringsID: text(interner.strings(value))
        case let value as RequestsID: text(interner.requests(value))
        case let value as PlacementID: text(interner.placement(value))
        case let value as TemplateID: text(interner.template(value))
        case let value as PodFlags: Self.flags(value)
        case let value as IntOrPercent: "\(value)"
        default: structure(value)
        }
    }

    private func structure(_ value: Any) -> String {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional: return mirror.children.first.map { text($0.value) } ?? "nil"
        case .collection: return Self.list(mirror.children.map { text($0.value) })
        case .struct where !mirror.children.isEmpty:
            return Self.record(mirror.children.map { ($0.label ?? "", text($0.value)) })
        default: return "\(value)"
        }
    }

    static func text(_ uid: UID) -> String {
        func hex(_ value: UInt64) -> String {
            let text = String(value, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }
        let digits = Array(hex(uid.high) + hex(uid.low))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }

    static func labels(_ namespace: String, _ pairs: [(String, String)]) -> String {
        "\(namespace): " + pairs.map { "\($0)=\($1)" }.sorted().joined(separator: ",")
    }

    static func list(_ texts: [String]) -> String { "[" + texts.joined(separator: "; ") + "]" }

    static func record(_ fields: [(String, String)]) -> String {
        "{" + fields.map { "\($0): \($1)" }.joined(separator: ", ") + "}"
    }

    /// The flags but for the one that says how the name is stored.
    static func flags(_ flags: PodFlags) -> String {
        let names: [(PodFlags, String)] = [
            (.pending, "pending"), (.running, "running"), (.succeeded, "succeeded"), (.failed, "failed"),
            (.ready, "ready"), (.unschedulable, "unschedulable"), (.hostNetwork, "hostNetwork"), (.mirror, "mirror"),
            (.restartsAlways, "restartsAlways"), (.daemon, "daemon"), (.advertisesAddress, "advertisesAddress"),
            (.wasReady, "wasReady"),
            (.placeholder, "placeholder"),
        ]
        return names.filter { flags.contains($0.0) }.map(\.1).joined(separator: "+")
    }

    /// Writes an object by hand, reads it, and describes the row.
    static func decode<Row: WireRow>(
        _: Row.Type,
        _ fill: (inout WireWriter) -> Void
    ) throws -> (row: Row, text: [String: String]) {
        var interner = Interner()
        let row = try WireWriter(fill).bytes.decode(Row.self, &interner)
        return (row, Description(interner: interner).fields(row))
    }
}
