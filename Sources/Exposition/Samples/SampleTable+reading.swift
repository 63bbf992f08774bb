/// One sample as a reader sees it.
package struct Sample: Sendable {
    /// The family it belongs to.
    package let family: FamilyDescriptor
    /// Its labels in the family's order, unescaped.
    package let labels: [Label]
    /// Its value.
    package let value: Double

    /// The value of one of its labels.
    package subscript(label: String) -> String? { labels.first { $0.name == label }?.value }
}

extension SampleTable {
    /// Calls `body` with each sample, in the order of exposition.
    package func forEachSample(_ body: (Sample) throws -> Void) rethrows {
        for position in families.indices { try forEachSample(at: position, body) }
    }

    /// The samples of the family of that full name, in the order they were added.
    package func samples(of name: String) -> [Sample] {
        var samples: [Sample] = []
        for position in families.indices where families[position].name.description == name {
            forEachSample(at: position) { samples.append($0) }
        }
        return samples
    }

    /// The value of the series with exactly these labels, in any order; nil where there is none.
    ///
    /// Reads every sample of the family: for tests and reports, not for hot paths.
    package func value(of name: String, labels: [(String, String)] = []) -> Double? {
        samples(of: name)
            .first { sample in
                sample.labels.count == labels.count && labels.allSatisfy { sample[$0.0] == $0.1 }
            }?
            .value
    }

    private func forEachSample(at position: Int, _ body: (Sample) throws -> Void) rethrows {
        let column = columns[position]
        for (row, block) in column.blocks.enumerated() {
            try body(Sample(family: families[position], labels: texts.labels(of: block), value: column.values[row]))
        }
    }
}
