/// The lists and watches begun since one last succeeded that failed though the server was reached: by 429, 5xx or a
/// time limit. Events of watches that were open before count for nothing.
package struct FailingRequests: Hashable, Sendable {
    /// How many failed so.
    package var count = 0
    /// Seconds since the first of them; 0 where none did.
    package var seconds = 0.0

    /// Creates the count of no failure.
    package init() {}
}
