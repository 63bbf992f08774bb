import ClusterState

/// What a pod requests, as the scheduler counts it (`PodRequests` in k8s.io/component-helpers/resource).
struct PodRequests {
    /// Of the containers and the restartable init containers, which run beside each other.
    private var running = Resources.zero
    /// Of the restartable init containers so far.
    private var restartable = Resources.zero
    /// The most at one time of the initialisation.
    private var starting = Resources.zero
    private var overhead = Resources.zero
    /// What the pod as a whole says, which stands for its containers.
    private var podCPU: Int64?
    private var podMemory: Int64?

    /// What the pod needs a node to have.
    var total: Resources {
        var amounts = Resources.max(running, starting)
        if let podCPU { amounts.milliCPU = podCPU }
        if let podMemory { amounts.memoryBytes = podMemory }
        return amounts + overhead
    }

    /// Reads the container that the reader of the PodSpec came to.
    mutating func addContainer(_ spec: inout WireReader) throws(WireError) {
        var container = try spec.message("spec.containers")
        while try container.next() {
            if container.field == 8 {
                try Self.readRequests(&container, "spec.containers.resources", into: &running)
            } else {
                try container.skip()
            }
        }
    }

    /// Reads the init container that the reader of the PodSpec came to.
    mutating func addInitContainer(_ spec: inout WireReader) throws(WireError) {
        var container = try spec.message("spec.initContainers")
        var amounts = Resources.zero
        var isRestartable = false
        while try container.next() {
            switch container.field {
            case 8: try Self.readRequests(&container, "spec.initContainers.resources", into: &amounts)
            case 24: isRestartable = try container.stringEquals("Always")
            default: try container.skip()
            }
        }
        let beside = restartable + amounts
        if isRestartable {
            restartable = beside
            running = running + amounts
        }
        starting = Resources.max(starting, beside)
    }

    /// Reads the entry of `overhead` that the reader of the PodSpec came to.
    mutating func addOverhead(_ spec: inout WireReader) throws(WireError) {
        try QuantityEntry(&spec, "spec.overhead").add(to: &overhead)
    }

    /// Reads the `resources` of the pod as a whole that the reader of the PodSpec came to.
    mutating func readPodLevel(_ spec: inout WireReader) throws(WireError) {
        var resources = try spec.message("spec.resources")
        while try resources.next() {
            guard resources.field == 2 else {
                try resources.skip()
                continue
            }
            let entry = try QuantityEntry(&resources, "spec.resources.requests")
            if entry.isNamed("cpu") {
                podCPU = try entry.milli()
            } else if entry.isNamed("memory") {
                podMemory = try entry.whole()
            }
        }
    }

    private static func readRequests(
        _ container: inout WireReader,
        _ path: StaticString,
        into amounts: inout Resources
    ) throws(WireError) {
        var resources = try container.message(path)
        while try resources.next() {
            if resources.field == 2 {
                try QuantityEntry(&resources, path).add(to: &amounts)
            } else {
                try resources.skip()
            }
        }
    }
}
