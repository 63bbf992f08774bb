import Synchronization

/// Runs tasks one job after the other on whatever thread drains it: when it is empty, every task waits for something
/// outside, a clock or a chunk. That makes runs of many tasks repeatable, without sleeping.
package final class StepExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])

    /// Creates an executor without jobs.
    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
    }

    /// Runs jobs until none is left.
    package func drain() {
        while true {
            let batch = jobs.withLock { jobs in
                defer { jobs = [] }
                return jobs
            }
            if batch.isEmpty { return }
            for job in batch { job.runSynchronously(on: asUnownedTaskExecutor()) }
        }
    }

    /// Runs jobs until none is left, and before each of them does something.
    package func drain(before look: () -> Void) {
        while let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
            look()
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    /// Does something that waits for nothing outside.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value? {
        let box = Box<Value>()
        Task(executorPreference: self) { box.set(await body()) }
        drain()
        return box.value
    }
}

/// Takes a value out of a task.
package final class Box<Value: Sendable>: Sendable {
    private let stored = Mutex<Value?>(nil)
    /// Creates a box without a value.
    package init() {}

    /// Puts the value in.
    package func set(_ value: Value) { stored.withLock { $0 = value } }
    /// The value, once it is there.
    package var value: Value? { stored.withLock { $0 } }
}
