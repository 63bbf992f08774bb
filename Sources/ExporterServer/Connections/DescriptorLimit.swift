import Glibc

/// How many descriptors the process may have open.
package enum DescriptorLimit {
    /// The fewest with which the program works: libraries, event loops and a connection to each instance take some 30.
    package static let fewest = 64

    private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

    /// The soft limit that processes start with by default.
    package static var current: Int {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return 1_024 }
        return Int(clamping: limit.rlim_cur)
    }

    /// Raises the soft limit to the hard one.
    ///
    /// - Returns: The soft limit then.
    package static func raise() -> Int {
        var limit = rlimit()
        if getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max {
            limit.rlim_cur = limit.rlim_max
            _ = setrlimit(resource, &limit)
        }
        return current
    }
}
