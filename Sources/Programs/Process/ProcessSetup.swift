import ExporterServer
import Glibc

/// Settings of the process that are made once, and how it ends.
package enum ProcessSetup {
    /// Sets what must be set before the first thread starts.
    package static func run() {
        _ = commandLine
        openStandardDescriptors()
        // A reader that goes away is an error of that write, not the end of the program.
        signal(SIGPIPE, SIG_IGN)
        setAllocator()
    }

    /// Opens `/dev/null` where standard input, output or error is closed: else the next file or connection would get
    /// its number, and what is written for people would go into it.
    private static func openStandardDescriptors() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest free number is taken, which is this one.
            _ = open("/dev/null", O_RDWR)
        }
    }

    /// Raises the limit of open descriptors as far as may be.
    ///
    /// - Throws: ``ProgramFailure`` where it is too low to work with: threads and event loops would trap.
    package static func raiseDescriptorLimit() throws(ProgramFailure) {
        let limit = DescriptorLimit.raise()
        guard limit < DescriptorLimit.fewest else { return }
        throw ProgramFailure(
            "at most \(limit) files may be open, and \(DescriptorLimit.fewest) are needed; raise the limit (ulimit -n)",
            code: ProgramFailure.systemError
        )
    }

    /// Two arenas for the threads of all cores: more would each keep what a collection needed at its peak. And what is
    /// freed stays with the process until ``releaseFreeMemory``: left to itself the allocator returns the buffers of every
    /// page of a list at once, and a third of the time that reading takes goes into touching their memory again.
    ///
    /// Swift's Glibc module leaves malloc.h out, so the function is looked up by name; another C library may lack it.
    private static func setAllocator() {
        typealias Mallopt = @convention(c) (_ parameter: Int32, _ value: Int32) -> Int32
        guard let symbol = dlsym(nil, "mallopt") else { return }
        let set = unsafeBitCast(symbol, to: Mallopt.self)
        // M_ARENA_MAX, M_TRIM_THRESHOLD and M_MMAP_THRESHOLD of malloc.h; the last is the largest that is taken.
        for (parameter, value) in [(-8, 2), (-1, 64 << 20), (-3, 32 << 20)] as [(Int32, Int32)] {
            _ = set(parameter, value)
        }
    }

    /// Gives what is free in the heap back to the system: after a list was swapped in, what the old one took;
    /// after a collection, what it worked with, which is a quarter of all that a middling cluster takes.
    package static let releaseFreeMemory: @Sendable () -> Void = {
        typealias MallocTrim = @convention(c) (_ pad: Int) -> Int32
        guard let symbol = dlsym(nil, "malloc_trim") else { return }
        _ = unsafeBitCast(symbol, to: MallocTrim.self)(0)
    }

    /// Ends the program. Nothing is buffered: what was written is out.
    package static func exit(_ code: Int32) -> Never {
        Glibc.exit(code)
    }

    /// The program's name and its arguments.
    ///
    /// Swift reads them from `/proc/self/cmdline`, which a sandbox may lack: there they are read from where the System V
    /// ABI puts them at the start (AMD64 supplement, 3.4.1): their count, they, a null pointer, the environment. To be
    /// called before the environment changes.
    private static let commandLine: [String] = {
        if access("/proc/self/cmdline", R_OK) == 0 { return CommandLine.arguments }
        let environment = environ
        guard environment[-1] == nil else { return [] }
        var count = 0
        while UInt(bitPattern: environment[-2 - count]) != UInt(count) { count += 1 }
        return (0..<count).compactMap { environment[$0 - count - 1].map { String(cString: $0) } }
    }()

    /// The arguments without the program's name.
    package static var arguments: [String] { Array(commandLine.dropFirst()) }

    /// The name by which the program was called, without its folder.
    package static var programName: String {
        commandLine.first?.split(separator: "/").last.map(String.init) ?? "kube-ha-exporter"
    }

    /// The environment variables. Of those that are no UTF-8 the bytes that are none are replaced.
    package static var environment: [String: String] {
        var result: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                result[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next = next.advanced(by: 1)
        }
        return result
    }
}
