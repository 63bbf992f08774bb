import HTTPTransport

#if canImport(Glibc)
import Glibc
#endif

/// Sends many requests, cancels half of them at every stage, and checks that memory stays flat.
///
/// `transport-soak URL [REQUESTS] [CA-FILE]`: the server must answer GET with a body. Built with
/// `--sanitize=address`, leaks are reported when it ends; set `ASAN_OPTIONS=quarantine_size_mb=8` then, or the memory
/// the sanitizer holds back counts as growth. Exits with 1 where memory grew or requests failed.
@main
enum TransportSoak {
    private enum Outcome { case answered, cancelled, failed(String) }

    /// What each request of the second half may add to what the first half has taken. Less is noise of the allocator;
    /// the sanitizer itself finds what nothing points to any more, however little.
    private static let growthLimit = 1_024

    static func main() async {
        let arguments = CommandLine.arguments.dropFirst()
        guard let url = arguments.first, arguments.count <= 3 else {
            return fail("usage: transport-soak URL [REQUESTS] [CA-FILE]")
        }
        let second = arguments.dropFirst().first
        guard let total = second.map({ Int($0) }) ?? 10_000, total >= 1_000 else {
            return fail("REQUESTS must be a number of at least 1000, not “\(second ?? "")”")
        }
        let tls = TLSOptions(certificateAuthority: arguments.dropFirst(2).first.map { .file($0) })
        let request = TransportRequest(url: url, tls: tls, proxy: .none)
        let transport = CurlTransport()

        var memory: [Int] = []
        var answered = 0
        var cancelled = 0
        for round in 0..<10 {
            let (roundAnswered, roundCancelled, failures) = await run(total / 10, request, over: transport)
            if let failure = failures.first {
                return fail("\(failures.count) requests failed, the first with: \(failure)")
            }
            answered += roundAnswered
            cancelled += roundCancelled
            memory.append(anonymousBytes())
            print(
                "round \(round + 1): \(answered) answered, \(cancelled) cancelled, \(memory[round] / 1024) KiB anonymous"
            )
        }
        await transport.shutdown()
        guard answered > 0, cancelled >= total / 4 else {
            return fail("too few requests were cancelled in time: the server answers too fast or the URL is too small")
        }
        // The first round fills caches and the allocator's pools. Of each half the least counts: what is in flight at the
        // end of a round differs by megabytes, what has leaked is there at the end of each.
        let half = memory.count / 2
        let growth = (memory[half...].min() ?? 0) - (memory[1..<half].min() ?? 0)
        guard growth <= total / 2 * growthLimit else {
            return fail("memory grew by \(growth / 1024) KiB over the second half")
        }
        print("ok: \(answered + cancelled) requests, \(growth / 1024) KiB growth over the second half")
    }

    /// Sends requests, 40 at a time; every second one is cancelled: before its head, at its head, or in its body.
    private static func run(
        _ count: Int,
        _ request: TransportRequest,
        over transport: CurlTransport
    ) async -> (answered: Int, cancelled: Int, failures: [String]) {
        await withTaskGroup(of: Outcome.self) { group in
            var result: (answered: Int, cancelled: Int, failures: [String]) = (0, 0, [])
            func note(_ outcome: Outcome?) {
                switch outcome {
                case .answered: result.answered += 1
                case .cancelled: result.cancelled += 1
                case .failed(let text): result.failures.append(text)
                case nil: break
                }
            }
            for number in 0..<count {
                if number >= 40 { note(await group.next()) }
                group.addTask { await send(request, over: transport, number: number) }
            }
            for await outcome in group { note(outcome) }
            return result
        }
    }

    private static func send(
        _ request: TransportRequest,
        over transport: CurlTransport,
        number: Int
    ) async -> Outcome {
        let isCancelled = number % 2 == 1
        let task = Task { () async -> Outcome in
            do throws(TransportError) {
                let response = try await transport.send(request)
                // A body dropped here cancels its transfer.
                if isCancelled, number % 3 == 1 { return .cancelled }
                for try await _ in response.body where isCancelled {
                    return .cancelled
                }
                return .answered
            } catch .cancelled {
                return .cancelled
            } catch {
                return .failed(error.description)
            }
        }
        if isCancelled, number % 3 == 0 {
            for _ in 0..<(number % 50) { await Task.yield() }
            task.cancel()
        }
        return await task.value
    }

    private static func anonymousBytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // proc(5): size, resident, shared; what is resident and not shared is anonymous.
        let fields = text.split(separator: " ").compactMap { Int($0) }
        guard fields.count > 2 else { return 0 }
        return (fields[1] - fields[2]) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func fail(_ text: String) {
        let line = Array("transport-soak: \(text)\n".utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        exit(1)
    }
}
