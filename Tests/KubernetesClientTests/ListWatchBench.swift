import HTTPTransport
import KubernetesClient
import KubernetesWire
import Testing

/// A machine with a clock beside it.
struct ListWatchBench {
    var machine: ListWatch
    var now = Duration.zero

    init(mode: APIResource.Mode = .watch, scopes: Int = 1, isAlwaysServed: Bool = false) {
        machine = ListWatch(
            mode: mode,
            scopes: scopes,
            isAlwaysServed: isAlwaysServed,
            random: SeededRandom(seed: 42)
        )
    }

    mutating func on(_ input: ListWatch.Input) -> [ListWatch.Action] {
        machine.on(input, at: now)
    }

    /// Lets time pass until the machine wants to be woken.
    mutating func wake() throws -> [ListWatch.Action] {
        now = try #require(machine.wakeAt)
        return machine.on(.tick, at: now)
    }

    /// Lists in one page at a version, and opens the watch.
    mutating func sync(version: String = "100") {
        if !machine.isListing { _ = on(.start(after: .zero)) }
        _ = finishList(version: version)
        _ = on(.watchOpened(scope: 0))
    }

    /// Reads the one page of the list under way.
    mutating func finishList(version: String) -> [ListWatch.Action] {
        _ = on(.pageArrived)
        _ = on(.pageMetadata(meta(version)))
        return on(.pageEnded(items: 1))
    }
}

func meta(_ version: String, next: String = "") -> ListMeta {
    var meta = ListMeta()
    meta.resourceVersion = version
    meta.continueToken = next
    return meta
}

func refused(_ code: Int32, reason: String = "", retryAfter: Duration? = nil) -> RequestFailure {
    .refused(StatusMessage(code: code, reason: reason, message: "x"), retryAfter: retryAfter)
}

extension [ListWatch.Action] {
    var watches: [(scope: Int, version: String, seconds: Int)] {
        compactMap { action in
            guard case .openWatch(let scope, let version, let seconds) = action else { return nil }
            return (scope, version, seconds)
        }
    }
    var lists: Bool { contains(.beginList) }
    var hasFailure: Bool { contains { if case .failed = $0 { true } else { false } } }
}
