import ClusterState
import HTTPTransport
import KubernetesWire

/// What a reflector has under way.
struct ReflectorWork {
    private let reflector: Reflector
    var machine: ListWatch
    private var list = 0
    /// Under which bodies are opened: see ``ClusterStore/generation(of:)``.
    private var generation = 0
    private var listStopper = Stopper()
    private var arrived: [Reflector.ArrivedPage] = []
    private var turn: Permit?
    private var isLarge = false
    private var watches: [Int: (number: Int, stopper: Stopper)] = [:]
    private var lastWatch = 0
    /// For when alarms are set.
    private var alarms: Set<Duration> = []

    init(_ reflector: Reflector) {
        self.reflector = reflector
        machine = ListWatch(
            mode: reflector.resource.mode,
            scopes: reflector.scopes.count,
            isAlwaysServed: reflector.resource.isAlwaysServed,
            random: SeededRandom(seed: reflector.seed)
        )
    }

    /// What the machine is to be told of a message; nil where it comes from something that was ended.
    mutating func accept(_ message: Reflector.Message) -> ListWatch.Input? {
        switch message {
        case .input(let input): return input
        case .tick(let at):
            alarms.remove(at)
            guard let wakeAt = machine.wakeAt, wakeAt <= at else { return nil }
            return .tick
        case .page(let list, let page):
            guard list == self.list, machine.isListing else { return nil }
            arrived.append(page)
            if let turn = page.turn { self.turn = turn }
            return .pageArrived
        case .list(let list, let input):
            guard list == self.list else { return nil }
            if case .pageMetadata(let metadata) = input {
                isLarge = isLarge || (metadata.remainingItemCount ?? 0) > Reflector.largeList
            }
            return input
        case .watch(let number, let scope, let input):
            guard watches[scope]?.number == number else { return nil }
            return input
        }
    }

    /// Does what the machine decided.
    mutating func perform(_ action: ListWatch.Action, in group: inout DiscardingTaskGroup) async {
        let reflector = reflector
        let source = reflector.resource.source
        switch action {
        case .beginList:
            endList()
            isLarge = await reflector.store.beginList(source) > Reflector.largeList
            generation = await reflector.store.generation(of: source)
        case .requestPage(let scope, let token): requestPage(scope, token, in: &group)
        case .readPage:
            guard !arrived.isEmpty else { return }
            let page = arrived.removeFirst()
            let (list, generation) = (list, generation)
            let stopper = listStopper
            group.addTask { await stopper.run { await reflector.read(page, list: list, generation: generation) } }
        case .commitList:
            endList()
            await reflector.store.commitList(source, scopes: reflector.scopes.count)
            generation = await reflector.store.generation(of: source)
        case .abandonList:
            endList()
            await reflector.store.abandonList(source)
        case .clear: await reflector.store.clear(source)
        case .openWatch(let scope, let version, let seconds):
            openWatch(scope, version, seconds, in: &group)
        case .closeWatches:
            for watch in watches.values { watch.stopper.stop() }
            watches = [:]
            await reflector.store.dropReadings(of: source)
            generation = await reflector.store.generation(of: source)
        case .invalidateCredentials: await reflector.client.invalidateCredentials()
        case .succeeded:
            await reflector.store.requestSucceeded()
            await reflector.store.succeeded(source)
        case .failed(let stage, let failure): await reflector.store.failed(source, stage: stage.rawValue, failure)
        case .absent(let reason): await reflector.store.fix(source, .absent, reason: reason)
        case .relistAll: reflector.relistAll(source)
        }
    }

    private mutating func requestPage(_ scope: Int, _ token: String, in group: inout DiscardingTaskGroup) {
        let reflector = reflector
        let request = ResourceRequest.page(
            reflector.resource,
            namespace: reflector.scopes[scope],
            continueToken: token
        )
        let list = list
        let needsTurn = isLarge && turn == nil
        let stopper = listStopper
        group.addTask {
            await stopper.run { await reflector.fetch(request.target, list: list, isLarge: needsTurn) }
        }
    }

    private mutating func openWatch(
        _ scope: Int,
        _ version: String,
        _ seconds: Int,
        in group: inout DiscardingTaskGroup
    ) {
        let reflector = reflector
        lastWatch += 1
        let number = lastWatch
        let stopper = Stopper()
        watches[scope] = (number, stopper)
        let request = ResourceRequest.watch(
            reflector.resource,
            namespace: reflector.scopes[scope],
            version: version,
            timeoutSeconds: seconds
        )
        let generation = generation
        group.addTask {
            await stopper.run {
                await reflector.watch(request, number: number, scope: scope, generation: generation)
            }
        }
    }

    /// Ends what is under way of a list, and gives its turn to the next.
    private mutating func endList() {
        listStopper.stop()
        listStopper = Stopper()
        list += 1
        arrived = []
        turn = nil
    }

    /// Sets an alarm for when the machine wants to be woken. None is set where an earlier one is: once it has rung, this is
    /// asked again. So no alarm has to be stopped, for which each would take a further task.
    mutating func arm(in group: inout DiscardingTaskGroup) {
        guard let at = machine.wakeAt, !alarms.contains(where: { $0 <= at }) else { return }
        alarms.insert(at)
        let reflector = reflector
        group.addTask {
            let rest = at - reflector.clock.uptime()
            if rest > .zero {
                do { try await reflector.clock.sleep(rest) } catch { return }
            }
            reflector.feed.yield(.tick(at))
        }
    }
}
