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

/// A resource that is read as JSON: how its lists get into the state, without naming the row's type. The twin of
/// ``WireResource``.
package struct JSONResource: Sendable {
    /// The source that its objects come from.
    package let source: Source
    /// The kind of its objects.
    package let kind: String
    /// Starts, ends or gives up a list.
    package let list: @Sendable (inout ClusterState, WireResource.ListStep) -> Void
    /// Reads one page of a list, a whole response body, into the list under way (or, without one, into the table), and
    /// returns the list's metadata. Objects of the namespaces given are passed over. Where it throws, nothing of the page
    /// was taken.
    package let stage:
        @Sendable (inout ClusterState, UnsafeRawBufferPointer, _ denied: Set<String>) throws(JSONError) -> ListMeta
    /// How many objects the table holds.
    package let count: @Sendable (borrowing ClusterState) -> Int

    /// Makes the entry of a kind.
    init<Row: JSONRow>(_ source: Source, _: Row.Type) {
        self.source = source
        kind = Row.kind
        list = { state, step in
            switch step {
            case .begin: state[keyPath: Row.table].beginReplace()
            case .commit: state[keyPath: Row.table].commitReplace()
            case .abandon: state[keyPath: Row.table].abandonReplace()
            case .clear: state[keyPath: Row.table].removeAll()
            }
        }
        stage = { state, bytes, denied throws(JSONError) in
            let list = try JSONList<Row.Object>(bytes, of: Row.kind)
            for item in list.items ?? [] {
                let row = Row(item, &state.interner)
                if denied.contains(state.interner.string(row.meta.namespace)) { continue }
                state[keyPath: Row.table].stage(row)
            }
            return list.meta
        }
        count = { state in state[keyPath: Row.table].count }
    }

    /// Every resource that is read as JSON.
    package static let all: [JSONResource] = [
        JSONResource(.gateways, Gateway.self),
        JSONResource(.httproutes, HTTPRoute.self),
    ]
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
            throw JSONError(path: kind + "List", problem: "it is no JSON")
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
