package import ClusterState
@preconcurrency import Glibc

/// What finding and refreshing credentials depends on outside of their files, as values, so that tests bring their own.
package struct CredentialEnvironment: Sendable {
    /// The environment variables; exec plugins inherit them.
    package var variables: [String: String]
    /// Where a pod finds its service account's `token`, `ca.crt` and `namespace`.
    package var serviceAccountFolder: String
    /// Counts the time until a file is read again and a plugin's time limit.
    package var clock: any Clock<Duration>
    /// Wall time, for what plugins say about expiry.
    package var now: @Sendable () -> Timestamp
    /// Takes one line about something that went wrong without ending anything: a token file that cannot be read again.
    package var warn: @Sendable (String) -> Void

    /// Creates an environment; what is not named is the process's own.
    package init(
        variables: [String: String] = Self.processVariables,
        serviceAccountFolder: String = "/var/run/secrets/kubernetes.io/serviceaccount",
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Timestamp = Self.systemTime,
        warn: @escaping @Sendable (String) -> Void
    ) {
        self.variables = variables
        self.serviceAccountFolder = serviceAccountFolder
        self.clock = clock
        self.now = now
        self.warn = warn
    }

    /// A variable's value; nil where it is not set or empty, which client-go treats alike.
    func variable(_ name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The process's environment variables.
    package static var processVariables: [String: String] {
        var result: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            // Searched from the second byte: a name is never empty.
            if let equals = text.utf8.dropFirst().firstIndex(of: UInt8(ascii: "=")) {
                result[String(text[..<equals])] = String(text[text.utf8.index(after: equals)...])
            }
            next += 1
        }
        return result
    }

    /// The system's wall time.
    package static func systemTime() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(clamping: time.tv_nsec))
    }
}
