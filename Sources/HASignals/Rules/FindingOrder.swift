extension Finding {
    /// Puts findings into the order in which they are listed: severity, area, rule, namespace, name, kind.
    ///
    /// There may be hundreds of thousands, and a finding is a hundred bytes with six references to count: what is sorted
    /// are small keys, which tell most findings apart without a look at their texts, and the findings are moved, not
    /// copied.
    package static func sort(_ findings: inout [Finding]) {
        let ranks = ruleRanks(findings)
        var keys: [OrderKey] = []
        keys.reserveCapacity(findings.count)
        var rule = ""
        var rank = 0
        for position in findings.indices {
            // Those of a rule come one after the other as a rule.
            if findings[position].rule != rule {
                rule = findings[position].rule
                rank = ranks[rule] ?? 0
            }
            keys.append(OrderKey(findings[position], ruleRank: rank, position: position))
        }
        keys.sort { [findings] in OrderKey.precedes($0, $1, findings) }
        move(&findings, keys.map { Int($0.position) })
    }

    /// Moves to each position the finding that was at the position given for it, cycle by cycle.
    private static func move(_ findings: inout [Finding], _ sources: [Int]) {
        var sources = sources
        for start in sources.indices {
            var position = start
            while sources[position] != start {
                let source = sources[position]
                findings.swapAt(position, source)
                sources[position] = position
                position = source
            }
            sources[position] = position
        }
    }

    /// The place of each rule that raised something, in alphabetical order.
    private static func ruleRanks(_ findings: [Finding]) -> [String: Int] {
        var rules: Set<String> = []
        var last = ""
        for position in findings.indices where findings[position].rule != last {
            last = findings[position].rule
            rules.insert(last)
        }
        return Dictionary(uniqueKeysWithValues: rules.sorted().enumerated().map { ($1, $0) })
    }
}

/// What a finding is sorted by, as far as it fits into a few words; texts are in the order of their UTF-8.
private struct OrderKey: BitwiseCopyable {
    /// Severity, area and rule.
    private let group: UInt32
    /// Where the finding is in the array.
    let position: Int32
    /// The first 8 bytes.
    private let namespace: UInt64
    /// The first 16 bytes.
    private let name: (UInt64, UInt64)

    init(_ finding: Finding, ruleRank: Int, position: Int) {
        group =
            UInt32(finding.severity.rank) << 24 | UInt32(finding.area.position) << 16
            | UInt32(truncatingIfNeeded: ruleRank)
        self.position = Int32(truncatingIfNeeded: position)
        namespace = Self.word(finding.object.namespace, from: 0)
        name = (Self.word(finding.object.name, from: 0), Self.word(finding.object.name, from: 8))
    }

    /// Eight bytes of a text as a number that orders as they do; bytes beyond its end are 0.
    private static func word(_ text: String, from start: Int) -> UInt64 {
        var text = text
        return text.withUTF8 { bytes in
            var word: UInt64 = 0
            for position in start..<start + 8 {
                word = word << 8 | UInt64(position < bytes.count ? bytes[position] : 0)
            }
            return word
        }
    }

    static func precedes(_ left: OrderKey, _ right: OrderKey, _ findings: [Finding]) -> Bool {
        if left.group != right.group { return left.group < right.group }
        if left.namespace != right.namespace { return left.namespace < right.namespace }
        let (first, second) = (findings[Int(left.position)].object, findings[Int(right.position)].object)
        if first.namespace != second.namespace { return precedes(first.namespace, second.namespace) }
        if left.name != right.name { return left.name < right.name }
        if first.name != second.name { return precedes(first.name, second.name) }
        if first.kind != second.kind { return precedes(first.kind, second.kind) }
        return left.position < right.position
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}
