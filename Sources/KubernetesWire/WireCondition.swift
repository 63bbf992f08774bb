import ClusterState

/// A condition, as far as any kind reads it.
struct WireCondition {
    /// Valid, like ``reason``, only as long as the bytes that it was read from.
    var type = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    var status = ConditionStatus.unknown
    var reason = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    /// When it became what it is.
    var since = Seconds.none

    /// Where the fields of a condition stand, which differs from kind to kind.
    struct Layout {
        var reason: UInt32
        var transition: UInt32

        /// ReplicaSet, ReplicationController, StatefulSet, HorizontalPodAutoscaler, APIService.
        static let controller = Layout(reason: 4, transition: 3)
        /// Deployment.
        static let deployment = Layout(reason: 4, transition: 7)
        /// Pod and Node, which have a probe or heartbeat time before, and meta/v1 Condition, which has a generation.
        static let core = Layout(reason: 5, transition: 4)
    }

    /// Reads the condition that the reader came to.
    init(_ reader: inout WireReader, _ path: StaticString, _ layout: Layout) throws(WireError) {
        var condition = try reader.message(path)
        while try condition.next() {
            switch condition.field {
            case 1: type = try condition.text()
            case 2: status = try condition.conditionStatus()
            case layout.reason: reason = try condition.text()
            case layout.transition: since = try condition.seconds(path)
            default: try condition.skip()
            }
        }
    }

    func isNamed(_ name: StaticString) -> Bool {
        name.equals(type)
    }
}
