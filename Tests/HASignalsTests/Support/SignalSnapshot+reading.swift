import Exposition

@testable import HASignals

extension SignalSnapshot {
    /// The whole text, in the classic format.
    var text: String {
        var writer = ExpositionWriter([table], format: .text004, endOfExposition: true)
        var bytes: [UInt8] = []
        while let slice = writer.nextSlice() { bytes += slice }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The values of a family's series, by the text of their labels: `{namespace="shop"}`, empty for none.
    func series(_ family: String) -> [String: Double] {
        var found: [String: Double] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix(family) {
            let rest = line.dropFirst(family.utf8.count)
            guard let first = rest.first, first == "{" || first == " ", let space = rest.lastIndex(of: " ") else {
                continue
            }
            let value = rest[rest.index(after: space)...]
            found[String(rest[..<space])] = value == "+Inf" ? .infinity : Double(value)
        }
        return found
    }

    /// The value of the one series of a family whose labels have those values; nil where there is none or several.
    func value(_ family: String, _ labels: [String: String] = [:]) -> Double? {
        let matching = series(family)
            .filter { text, _ in
                labels.allSatisfy { text.contains("\($0.key)=\"\($0.value)\"") }
            }
        return matching.count == 1 ? matching.first?.value : nil
    }

    /// What a rule found, as `namespace/name`, in order.
    func found(_ rule: String) -> [String] {
        findings.filter { $0.rule == rule }.map { "\($0.object.namespace)/\($0.object.name)" }
    }

    /// What a rule says of its one finding; nil where it has none or several.
    func message(_ rule: String) -> String? {
        let own = findings.filter { $0.rule == rule }
        return own.count == 1 ? own.first?.message : nil
    }
}
