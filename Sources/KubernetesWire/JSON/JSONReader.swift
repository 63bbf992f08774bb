package import ClusterState
import FoundationEssentials

/// A row that is read from JSON: custom resources come as nothing else. One file a kind, `X+JSON.swift`.
protocol JSONRow: NamedRow {
    /// The object as its JSON says it, as far as the row is made of it.
    associatedtype Object: Decodable
    /// The kind, as the list's kind has it before `List`.
    static var kind: String { get }

    /// Makes the row.
    init(_ object: Object, _ interner: inout Interner)
}

/// Reads pages of a custom resource from JSON into the state, without naming the row's type.
package struct JSONReader: Sendable {
    /// The largest page that is read, in bytes: a page is decoded as a whole.
    package static let pageLimit = 64 << 20

    private let read:
        @Sendable (inout ClusterState, UnsafeRawBufferPointer, _ denied: Set<String>) throws(JSONError) -> ListMeta

    /// Makes the reader of a kind whose rows are stored in the table.
    init<Row: JSONRow>(_ table: TablePath<Row>) {
        read = { state, bytes, denied throws(JSONError) in
            let list = try JSONList<Row.Object>(bytes, of: Row.kind)
            for item in list.items ?? [] {
                let row = Row(item, &state.interner)
                if denied.contains(state.interner.string(row.meta.namespace)) { continue }
                state[keyPath: table].stage(row)
            }
            return list.meta
        }
    }

    /// Reads one page of a list, a whole response body, into the list under way; without one, into the table.
    ///
    /// - Parameters:
    ///   - state: Takes the rows.
    ///   - page: The body.
    ///   - denied: Namespaces whose objects are left out.
    /// - Returns: The list's metadata.
    /// - Throws: ``JSONError`` where the body is no list of the kind; then nothing of it was taken.
    package func stage(
        _ state: inout ClusterState,
        _ page: [UInt8],
        denied: Set<String>
    ) throws(JSONError) -> ListMeta {
        // Typed errors do not pass through withUnsafeBytes, hence the Result.
        try page.withUnsafeBytes { bytes in
            Result { () throws(JSONError) in try read(&state, bytes, denied) }
        }
        .get()
    }
}

/// A list as JSON has it.
struct JSONList<Object: Decodable>: Decodable {
    struct Metadata: Decodable {
        var resourceVersion: String?
        var `continue`: String?
        var remainingItemCount: Int64?
    }

    var kind: String?
    var metadata: Metadata?
    var items: [Object]?

    /// Reads a list of a kind.
    init(_ bytes: UnsafeRawBufferPointer, of kind: String) throws(JSONError) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw JSONError(kind: kind + "List", error)
        } catch {
            throw JSONError(path: kind + "List", problem: "it is not JSON")
        }
        guard self.kind == kind + "List" else {
            throw JSONError(path: kind + "List", problem: "unexpected kind \(self.kind?.prefix(64) ?? "(none)")")
        }
    }

    var meta: ListMeta {
        var meta = ListMeta()
        meta.resourceVersion = metadata?.resourceVersion ?? ""
        meta.continueToken = metadata?.continue ?? ""
        meta.remainingItemCount = metadata?.remainingItemCount
        meta.itemCount = items?.count ?? 0
        return meta
    }
}
