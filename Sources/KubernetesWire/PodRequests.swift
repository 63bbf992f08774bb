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
    private let resize: PodResize

    /// Creates requests of nothing.
    ///
    /// - Parameter resize: What the kubelet says of the containers.
    init(_ resize: PodResize) {
        self.resize = resize
    }

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
        var name = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var amounts = Resources.zero
        while try container.next() {
            switch container.field {
            case 1: name = try container.text()
            case 8: try container.readRequests("spec.containers.resources", into: &amounts)
            default: try container.skip()
            }
        }
        running = running + resize.requests(ofContainer: name, wanting: amounts)
    }

    /// Reads the init container that the reader of the PodSpec came to.
    mutating func addInitContainer(_ spec: inout WireReader) throws(WireError) {
        var container = try spec.message("spec.initContainers")
        var name = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var amounts = Resources.zero
        var isRestartable = false
        while try container.next() {
            switch container.field {
            case 1: name = try container.text()
            case 8: try container.readRequests("spec.initContainers.resources", into: &amounts)
            case 24: isRestartable = try container.stringEquals("Always")
            default: try container.skip()
            }
        }
        if isRestartable { amounts = resize.requests(ofContainer: name, wanting: amounts) }
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

}

/// What the kubelet says of the resources of a pod's containers: other than the spec while they are resized in place
/// (`determineContainerReqs` and `IsPodResizeInfeasible` in k8s.io/component-helpers/resource/helpers.go).
struct PodResize {
    /// The kubelet cannot do what the spec asks for, so that it never comes.
    var isInfeasible = false
    /// By name, the more of what is allocated and what is actual of each resource.
    private var containers: [(name: UnsafeBufferPointer<UInt8>, amounts: Resources)] = []

    /// Reads the ContainerStatus that the reader came to.
    mutating func addContainer(_ status: inout WireReader, _ path: StaticString) throws(WireError) {
        var container = try status.message(path)
        var name = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        var allocated = Resources.zero
        var actual: Resources?
        while try container.next() {
            switch container.field {
            case 1: name = try container.text()
            case 10: try QuantityEntry(&container, path).add(to: &allocated)
            case 11:
                var amounts = Resources.zero
                try container.readRequests(path, into: &amounts)
                actual = amounts
            default: try container.skip()
            }
        }
        if let actual { containers.append((name, Resources.max(allocated, actual))) }
    }

    /// What the scheduler counts of a container: the most of spec, allocated and actual, without the spec where the
    /// resize is infeasible; the spec where the kubelet says nothing.
    func requests(ofContainer name: UnsafeBufferPointer<UInt8>, wanting spec: Resources) -> Resources {
        guard let known = containers.first(where: { $0.name.elementsEqual(name) }) else { return spec }
        return isInfeasible ? known.amounts : Resources.max(spec, known.amounts)
    }
}

extension WireReader {
    /// Adds the requests of the ResourceRequirements that the reader came to.
    fileprivate mutating func readRequests(
        _ path: StaticString,
        into amounts: inout Resources
    ) throws(WireError) {
        var resources = try message(path)
        while try resources.next() {
            if resources.field == 2 {
                try QuantityEntry(&resources, path).add(to: &amounts)
            } else {
                try resources.skip()
            }
        }
    }
}
