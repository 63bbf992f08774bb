extension Negotiation {
    /// A format together with the range of the `Accept` header that matches it most specifically.
    struct Offer {
        let format: ExpositionFormat
        let range: HeaderElement
        private let position: Int
        private let specificity: Int

        /// nil where no range matches the format.
        init?(_ format: ExpositionFormat, _ ranges: [HeaderElement]) {
            var best: (specificity: Int, position: Int)?
            for (position, range) in ranges.enumerated() {
                guard let specificity = Self.specificity(of: range, for: format) else { continue }
                if let best, best.specificity >= specificity { continue }
                best = (specificity, position)
            }
            guard let best else { return nil }
            self.format = format
            range = ranges[best.position]
            position = best.position
            specificity = best.specificity
        }

        /// The weight in thousandths; 0 refuses the format.
        var weight: Int { range.weight }

        /// Whether the range names no subtype.
        var isWildcard: Bool { specificity < 2 }

        /// Whether this offer is to be preferred to another.
        func isBetter(than other: Offer) -> Bool {
            if weight != other.weight { return weight > other.weight }
            if specificity != other.specificity { return specificity > other.specificity }
            return position < other.position
        }

        /// 0 for `*/*`, 1 for `type/*`, 2 for the type, 3 for the type in its version; nil for any other range.
        private static func specificity(of range: HeaderElement, for format: ExpositionFormat) -> Int? {
            let (type, any, version) =
                switch format {
                case .text004: ("text/plain", "text/*", "0.0.4")
                case .openMetrics100: ("application/openmetrics-text", "application/*", "1.0.0")
                }
            switch range.value {
            case "*/*": return 0
            case any: return 1
            case type:
                guard let wanted = range.parameters["version"] else { return 2 }
                return wanted == version ? 3 : nil
            default: return nil
            }
        }
    }
}
