/// What the state machine decided for a request: all that is needed to answer without it.
enum Answer: Sendable {
    case response(SimulatedResponse)
    /// The objects of a list, to be put together while they are read.
    case list(SimulatedHead, ListBody)
    /// The watch is entered under this number, nil where it has ended already; its chunks come through the
    /// continuation it was given.
    case watch(SimulatedHead, Int?)
    /// Nothing comes until the fault is cleared or the request's time is up.
    case hang
    /// To be asked again at this time of the cluster, or once a fault is cleared.
    case wait(until: Duration)
}

/// A list as it goes out: what precedes the items, the items as they were encoded once, what follows.
struct ListBody: Sendable {
    var start: [UInt8]
    var items: ArraySlice<StoredObject>
    var separator: [UInt8]
    var end: [UInt8]

    /// What one chunk holds at least, unless it is the last. Measured: larger ones gain nothing.
    static let chunkSize = 131_072

    var byteCount: Int {
        start.count + items.reduce(0) { $0 + $1.item.count } + max(0, items.count - 1) * separator.count + end.count
    }

    /// The chunk that begins at an item, and where the next begins; nil after the last.
    func chunk(from position: inout Int?) -> [UInt8]? {
        guard var index = position else { return nil }
        var chunk: [UInt8] = []
        chunk.reserveCapacity(Self.chunkSize + 16_384)
        if index == items.startIndex { chunk.append(contentsOf: start) }
        while index < items.endIndex {
            if index > items.startIndex { chunk.append(contentsOf: separator) }
            chunk.append(contentsOf: items[index].item)
            index += 1
            if chunk.count >= Self.chunkSize, index < items.endIndex {
                position = index
                return chunk
            }
        }
        chunk.append(contentsOf: end)
        position = nil
        return chunk
    }
}
