package import ClusterState

/// A row that is read from protobuf: bytes → row, nothing between. One file a kind, `X+Wire.swift`.
package protocol WireRow: ClusterRow {
    /// The kind as the envelope names it: `Pod`.
    static var kind: StaticString { get }

    /// What a redacted capture keeps of an object: the fields that the initializer reads, and no others.
    static var kept: KeptFields { get }

    /// Reads one object.
    ///
    /// - Parameters:
    ///   - reader: Over the object's bytes, without envelope.
    ///   - interner: Gives ids to what recurs.
    /// - Throws: ``WireError`` where the bytes are malformed.
    init(_ reader: inout WireReader, _ interner: inout Interner) throws(WireError)
}

extension WireRow {
    /// Reads one object from its bytes.
    ///
    /// - Parameters:
    ///   - bytes: The object, without envelope.
    ///   - offset: Where it begins in the stream, for errors.
    ///   - interner: Gives ids to what recurs.
    /// - Returns: The row.
    /// - Throws: ``WireError`` where the bytes are malformed.
    package static func decode(
        _ bytes: UnsafeRawBufferPointer,
        offset: Int = 0,
        _ interner: inout Interner
    ) throws(WireError) -> Self {
        var reader = WireReader(bytes, path: kind, base: offset)
        do throws(WireError) {
            return try Self(&reader, &interner)
        } catch {
            throw error.inside(kind)
        }
    }
}

/// Reads objects of one kind from protobuf into the state, without naming the row's type.
package struct ProtobufReader: Sendable {
    private enum Change: Sendable {
        case stage, upsert, remove
    }

    /// What a redacted capture keeps of an object.
    package let kept: KeptFields
    private let read: @Sendable (inout ClusterState, UnsafeRawBufferPointer, Int, Change) throws(WireError) -> Void

    /// Makes the reader of a kind whose rows are stored in the table.
    init<Row: WireRow>(_ table: TablePath<Row>) {
        kept = Row.kept
        read = { state, bytes, offset, change throws(WireError) in
            let row = try Row.decode(bytes, offset: offset, &state.interner)
            switch change {
            case .stage: state[keyPath: table].stage(row)
            case .upsert: state[keyPath: table].upsert(row)
            case .remove: state[keyPath: table].remove(row.uid)
            }
        }
    }

    /// Reads an object into the list under way; without one, into the table.
    package func stage(
        _ state: inout ClusterState,
        _ bytes: UnsafeRawBufferPointer,
        _ offset: Int
    ) throws(WireError) {
        try read(&state, bytes, offset, .stage)
    }

    /// Reads an object into the table.
    package func upsert(
        _ state: inout ClusterState,
        _ bytes: UnsafeRawBufferPointer,
        _ offset: Int
    ) throws(WireError) {
        try read(&state, bytes, offset, .upsert)
    }

    /// Reads an object for its UID, and removes it from the table.
    package func remove(
        _ state: inout ClusterState,
        _ bytes: UnsafeRawBufferPointer,
        _ offset: Int
    ) throws(WireError) {
        try read(&state, bytes, offset, .remove)
    }
}
