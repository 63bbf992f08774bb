/// Durations as Go's flags write them: decimal numbers with units, `15s`, `1m30s`, `1.5h`, `500ms`.
package enum DurationText {
    private static let advice = "write one such as 15s, 1m30s or 500ms"

    /// Nanoseconds of each unit.
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("μs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    /// Reads a duration that is not negative. `0` needs no unit, as in Go.
    package static func parse(_ text: String) throws(ValueProblem) -> Duration {
        guard text != "0" else { return .zero }
        guard !text.isEmpty else { throw ValueProblem("is not a duration; \(advice)") }
        var rest = Substring(text)
        var total: Int64 = 0
        while !rest.isEmpty {
            let number = rest.prefix { $0 == "." || ("0"..."9").contains($0) }
            rest = rest.dropFirst(number.count)
            let name = rest.prefix { $0 != "." && !("0"..."9").contains($0) }
            rest = rest.dropFirst(name.count)
            guard !number.isEmpty else { throw ValueProblem("is not a duration; \(advice)") }
            guard !name.isEmpty else { throw ValueProblem("has no unit after \(number); \(advice)") }
            guard let unit = units.first(where: { $0.name == name }) else {
                throw ValueProblem("has an unknown unit \"\(name)\"; \(advice)")
            }
            let part = try nanoseconds(number, unit: unit.nanoseconds)
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow else { throw ValueProblem("is too long") }
            total = sum
        }
        return .nanoseconds(total)
    }

    private static func nanoseconds(_ number: Substring, unit: Int64) throws(ValueProblem) -> Int64 {
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.contains(where: { !$0.isEmpty }) else {
            throw ValueProblem("is not a duration; \(advice)")
        }
        guard let whole = parts[0].isEmpty ? 0 : Int64(parts[0]) else { throw ValueProblem("is too long") }
        var (total, overflow) = whole.multipliedReportingOverflow(by: unit)
        if parts.count == 2 {
            var scale = unit
            for digit in parts[1] {
                scale /= 10
                total += Int64(digit.wholeNumberValue ?? 0) * scale
            }
        }
        // A fraction adds less than one unit, which cannot wrap a total that leaves room for it.
        overflow = overflow || whole > Int64.max / unit - 1
        guard !overflow else { throw ValueProblem("is too long") }
        return total
    }
}
