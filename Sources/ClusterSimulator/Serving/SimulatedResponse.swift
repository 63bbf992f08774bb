/// Status and header fields of an answer.
package struct SimulatedHead: Sendable {
    /// The HTTP status.
    package var status: Int
    /// Header fields in order, names in lower case.
    package var headers: [(name: String, value: String)]
}

/// An answer as the simulator gives it, whatever carries it.
package struct SimulatedResponse: Sendable {
    /// The head; nil where nobody answers at that address: the carrier refuses or closes the connection.
    package var head: SimulatedHead?
    /// What follows the head.
    package var body: SimulatedBody

    /// The answer of an address where nothing listens.
    static let refused = SimulatedResponse(head: nil, body: .bytes([]))
}

/// What follows a head.
package enum SimulatedBody: Sendable {
    /// The whole body.
    case bytes([UInt8])
    /// A body in chunks: lists are put together while they are read, watches go on. It throws
    /// ``SimulatedConnectionCut`` where the connection is to break without the body's proper end.
    case chunks(AsyncThrowingStream<[UInt8], any Error>)
}

/// The connection breaks in the middle of a body.
package struct SimulatedConnectionCut: Error, Equatable, CustomStringConvertible {
    package var description: String { "the simulator cut the connection" }
}
