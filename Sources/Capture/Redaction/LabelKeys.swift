import ClusterState

/// The keys of labels that something reads.
///
/// Which these are is known only when every selector has been seen, so labels are filtered in a second pass: in the
/// first all are kept, and the keys that selectors name are collected.
struct LabelKeys {
    private var keys = Set(KnownLabel.allCases.map(\.rawValue))
    /// Whether every selector has been seen.
    var isComplete = false

    /// Notes a key that a selector names.
    mutating func note(_ key: String) {
        keys.insert(key)
    }

    /// Whether labels with the key are kept.
    func keeps(_ key: String) -> Bool {
        !isComplete || keys.contains(key)
    }
}
