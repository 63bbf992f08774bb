/// Names for a message: at most five of them, and how many there are. A message that joins all names of what a tenant can
/// make thousands of would take as long as all those objects together, and there may be thousands of such messages.
struct NameList {
    /// How many names a message has.
    static let limit = 5

    private var shown: [String] = []
    /// How many names there are.
    private(set) var count = 0

    /// No names.
    init() {}

    /// Creates a list of which the first names are known.
    ///
    /// - Parameters:
    ///   - first: The first names: all of them, or at least ``limit``.
    ///   - count: How many there are.
    init(_ first: [String], of count: Int) {
        shown = Array(first.prefix(Self.limit))
        self.count = count
    }

    /// Whether there is none.
    var isEmpty: Bool { count == 0 }

    /// Adds a name; those that are added first are shown.
    mutating func add(_ name: @autoclosure () -> String) {
        if shown.count < Self.limit { shown.append(name()) }
        count += 1
    }

    /// `a, b and 3 more`; empty where there is none.
    var text: String {
        let rest = count - shown.count
        return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}
