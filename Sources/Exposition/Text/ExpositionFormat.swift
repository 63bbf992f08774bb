/// The text formats that are written.
package enum ExpositionFormat: Hashable, CaseIterable, Sendable {
    /// The Prometheus text format, version 0.0.4.
    case text004
    /// OpenMetrics text, version 1.0.0.
    case openMetrics100

    /// The Content-Type, without an `escaping` parameter. Prometheus 3 refuses a scrape whose Content-Type is malformed.
    package var contentType: String {
        switch self {
        case .text004: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics100: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }
}
