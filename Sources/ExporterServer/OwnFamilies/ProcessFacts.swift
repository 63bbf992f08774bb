import ConfigurationFiles
import Glibc
import Synchronization

/// Figures of this process from /proc; nil where one cannot be read.
package struct ProcessFacts: Equatable, Sendable {
    /// User and system time.
    package var cpuSeconds: Double?
    package var openFileDescriptors: Int?
    /// nil where there is no limit.
    package var maximumFileDescriptors: Int?
    package var virtualMemoryBytes: Int?
    package var residentMemoryBytes: Int?
    /// Seconds since 1970.
    package var startTimeSeconds: Double?

    /// Creates facts of which none is known.
    package init() {}

    /// Reads them from /proc.
    package static func current() -> ProcessFacts {
        var facts = ProcessFacts()
        facts.openFileDescriptors = countOpenFileDescriptors()
        facts.maximumFileDescriptors = fileDescriptorLimit()
        if let stat = text(of: "/proc/self/stat") {
            facts.read(
                stat: stat,
                bootTime: machineBootTime(),
                ticksPerSecond: sysconf(Int32(_SC_CLK_TCK)),
                pageSize: sysconf(Int32(_SC_PAGESIZE))
            )
        }
        return facts
    }

    /// Takes the fields of /proc/self/stat (proc(5)): utime 14, stime 15, starttime 22, vsize 23, rss 24, from 1.
    mutating func read(stat: String, bootTime: Double?, ticksPerSecond: Int, pageSize: Int) {
        // The program's name, field 2, is in parentheses and may itself hold spaces and parentheses.
        guard let end = stat.lastIndex(of: ")") else { return }
        let fields = stat[stat.index(after: end)...].split { $0 == " " || $0 == "\n" }
        func field(_ number: Int) -> Int? {
            fields.indices.contains(number - 3) ? Int(fields[number - 3]) : nil
        }
        if ticksPerSecond > 0, let user = field(14), let system = field(15) {
            cpuSeconds = Double(user + system) / Double(ticksPerSecond)
        }
        if ticksPerSecond > 0, let start = field(22), let bootTime {
            startTimeSeconds = bootTime + Double(start) / Double(ticksPerSecond)
        }
        virtualMemoryBytes = field(23)
        if pageSize > 0, let pages = field(24) { residentMemoryBytes = pages * pageSize }
    }

    /// The line `btime` of /proc/stat: when the machine was started, in seconds since 1970.
    static func bootTime(_ stat: String) -> Double? {
        for line in stat.split(separator: "\n") where line.hasPrefix("btime ") {
            return Double(line.dropFirst("btime ".count))
        }
        return nil
    }

    private static let knownBootTime = Mutex<Double?>(nil)

    /// Read until it is known: /proc/stat has a counter for each interrupt of the machine, and the kernel adds them up for
    /// each reader.
    private static func machineBootTime() -> Double? {
        knownBootTime.withLock { known in
            known = known ?? text(of: "/proc/stat").flatMap(bootTime)
            return known
        }
    }

    private static func countOpenFileDescriptors() -> Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while let entry = readdir(directory) {
            if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
        }
        // One of them is the directory that is being read.
        return count - 1
    }

    private static func fileDescriptorLimit() -> Int? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur != rlim_t.max else {
            return nil
        }
        return Int(exactly: limit.rlim_cur)
    }

    private static func text(of path: String) -> String? {
        (try? FileBytes.read(path, limit: 16 << 20)).map { String(decoding: $0, as: UTF8.self) }
    }
}
