import ClusterState

/// One entry of a `map<string, Quantity>`: capacity, requests, overhead.
struct QuantityEntry {
    /// The resource. Valid, like the text, only as long as the bytes that it was read from.
    private(set) var resource = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    /// nil where the quantity is there without its text, which stands for zero.
    private var text: UnsafeBufferPointer<UInt8>?
    private let entry: WireReader

    /// Reads the entry that the reader came to.
    init(_ reader: inout WireReader, _ path: StaticString) throws(WireError) {
        var entry = try reader.message(path)
        while try entry.next() {
            switch entry.field {
            case 1: resource = try entry.text()
            case 2:
                var quantity = try entry.message(path)
                while try quantity.next() {
                    if quantity.field == 1 { text = try quantity.text() } else { try quantity.skip() }
                }
            default: try entry.skip()
            }
        }
        self.entry = entry
    }

    /// Whether it is of that resource.
    func isNamed(_ name: StaticString) -> Bool {
        name.equals(resource)
    }

    /// Thousandths, rounded up.
    func milli() throws(WireError) -> Int64 {
        guard let text else { return 0 }
        guard let value = Quantity.milli(text) else { throw invalid(text) }
        return value
    }

    /// Whole units, rounded up.
    func whole() throws(WireError) -> Int64 {
        guard let text else { return 0 }
        guard let value = Quantity.whole(text) else { throw invalid(text) }
        return value
    }

    /// Adds the amount where it is cpu or memory.
    func add(to amounts: inout Resources) throws(WireError) {
        if isNamed("cpu") {
            amounts.milliCPU = saturatingAdd(amounts.milliCPU, try milli())
        } else if isNamed("memory") {
            amounts.memoryBytes = saturatingAdd(amounts.memoryBytes, try whole())
        }
    }

    private func invalid(_ text: UnsafeBufferPointer<UInt8>) -> WireError {
        // What a quantity holds ends in a log line: no more of it than tells which one it is.
        entry.error(.invalidValue("\"\(String(decoding: text.prefix(64), as: UTF8.self))\" as a quantity"))
    }
}
