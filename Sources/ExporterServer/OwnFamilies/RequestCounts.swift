import Synchronization

/// Counts the requests that were answered.
package final class RequestCounts: Sendable {
    /// What requests are counted by.
    package struct Key: Hashable, Comparable, Sendable {
        /// A path that is served, or `other`: what clients make up must not make series.
        package let path: String
        /// The status code.
        package let code: Int

        /// Creates a key.
        package init(path: String, code: Int) {
            self.path = path
            self.code = code
        }

        /// By path, then by code.
        package static func < (left: Key, right: Key) -> Bool {
            (left.path, left.code) < (right.path, right.code)
        }
    }

    private let counts = Mutex<[Key: Int]>([:])

    /// Creates a counter of no request.
    package init() {}

    /// Counts one.
    package func add(_ key: Key) {
        counts.withLock { $0[key, default: 0] += 1 }
    }

    /// The counts so far.
    package var all: [Key: Int] { counts.withLock { $0 } }
}
