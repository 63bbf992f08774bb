package import ClusterState

/// A resource of the API: where it is served, how it is kept up to date, how its objects are read and where their rows
/// are stored. Readers of this target take the bytes of a list or a watch, in protobuf or JSON; rows for `ClusterState`
/// come out, with nothing in between.
///
/// ``all`` is the only list of resources. What has to be done for each of them is derived from it: lists and watches,
/// sweeps, counts, the files of recordings, captures, and what the simulated API server serves.
package struct APIResource: Sendable {
    /// The source that the objects are.
    package let source: Source
    /// The API group; empty for core.
    package let group: String
    /// The version of the group.
    package let version: String
    /// The name in paths.
    package let plural: String
    /// The kind of an object.
    package let kind: String
    /// Whether the objects live in namespaces.
    package let isNamespaced: Bool
    /// The namespace whose objects alone are the source; nil for all objects of the resource. One resource whose namespaces
    /// mean different things has an entry for each.
    package let namespace: String?
    /// Objects a page.
    package let pageLimit: Int
    /// How the objects are kept up to date.
    package let mode: Mode
    /// How the objects are read.
    package let reader: Reader
    private let table: TableAccess

    /// How the objects of a resource are kept up to date.
    package enum Mode: Sendable, Hashable {
        /// By a watch, listed again each hour.
        case watch
        /// By lists at this interval.
        case poll(every: Duration)
    }

    /// How the objects of a resource are read, by the form in which the API serves them.
    package enum Reader: Sendable {
        /// Protobuf, object by object as the bytes arrive.
        case protobuf(ProtobufReader)
        /// JSON, page by page: custom resources are served in no other form.
        case json(JSONReader)
    }

    /// Makes the entry of a resource that is served as protobuf.
    ///
    /// - Parameters:
    ///   - source: The source that the objects are; its name is that of the resource in paths, unless `plural` is given.
    ///   - groupVersion: `apps/v1`; `v1` for core.
    ///   - table: Where the rows are stored.
    ///   - plural: The name in paths.
    ///   - isNamespaced: Whether the objects live in namespaces.
    ///   - namespace: The namespace whose objects alone are the source.
    ///   - pageLimit: Objects a page.
    ///   - mode: How the objects are kept up to date.
    init<Row: WireRow>(
        _ source: Source,
        _ groupVersion: String,
        _ table: TablePath<Row>,
        plural: String? = nil,
        isNamespaced: Bool = true,
        namespace: String? = nil,
        pageLimit: Int = 500,
        mode: Mode = .watch
    ) {
        self.init(
            source,
            groupVersion,
            plural: plural,
            kind: "\(Row.kind)",
            isNamespaced: isNamespaced,
            namespace: namespace,
            pageLimit: pageLimit,
            mode: mode,
            reader: .protobuf(ProtobufReader(table)),
            table: TableAccess(table)
        )
    }

    /// Makes the entry of a custom resource, which is served as JSON. The parameters are those of protobuf.
    init<Row: JSONRow>(
        _ source: Source,
        _ groupVersion: String,
        json table: TablePath<Row>,
        pageLimit: Int,
        mode: Mode
    ) {
        self.init(
            source,
            groupVersion,
            plural: nil,
            kind: Row.kind,
            isNamespaced: true,
            namespace: nil,
            pageLimit: pageLimit,
            mode: mode,
            reader: .json(JSONReader(table)),
            table: TableAccess(table)
        )
    }

    private init(
        _ source: Source,
        _ groupVersion: String,
        plural: String?,
        kind: String,
        isNamespaced: Bool,
        namespace: String?,
        pageLimit: Int,
        mode: Mode,
        reader: Reader,
        table: TableAccess
    ) {
        let parts = groupVersion.split(separator: "/")
        self.source = source
        group = parts.count > 1 ? String(parts[0]) : ""
        version = String(parts[parts.count - 1])
        self.plural = plural ?? source.rawValue
        self.kind = kind
        self.isNamespaced = isNamespaced
        self.namespace = namespace
        self.pageLimit = pageLimit
        self.mode = mode
        self.reader = reader
        self.table = table
    }
}

extension APIResource {
    /// The resource of a source; nil for a source that is no resource.
    package static func of(_ source: Source) -> APIResource? { bySource[source] }

    private static let bySource = Dictionary(uniqueKeysWithValues: all.map { ($0.source, $0) })

    /// What discovery calls the group and version: `apps/v1`; `v1` for core.
    package var groupVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// The kind of a list.
    package var listKind: String { "\(kind)List" }

    /// Whether it is defined by a CustomResourceDefinition, which a cluster may lack.
    package var isCustom: Bool { if case .json = reader { true } else { false } }

    /// What a redacted capture keeps of an object in protobuf; nil for what is served as JSON.
    package var kept: KeptFields? { if case .protobuf(let reader) = reader { reader.kept } else { nil } }

    /// Whether every cluster serves it: that it is not found is a fault of anybody who says so.
    package var isAlwaysServed: Bool {
        ["v1", "apps/v1", "policy/v1", "discovery.k8s.io/v1"].contains(groupVersion)
    }

    /// Begins, ends or gives up a list.
    package func change(_ list: ListStep, in state: inout ClusterState) { table.changeList(&state, list) }

    /// How many objects the state holds.
    package func count(in state: borrowing ClusterState) -> Int { table.count(state) }

    /// The newest moment that any of the objects names; nil where none names one.
    package func newestTime(in state: borrowing ClusterState) -> Timestamp? { table.newestTime(state) }

    fileprivate func mark(in state: borrowing ClusterState, _ marker: inout Marker) { table.mark(state, &marker) }

    /// What happens to a list as a whole.
    package enum ListStep: Sendable {
        /// A list begins; its objects are staged.
        case begin
        /// The staged objects replace those held.
        case commit
        /// The staged objects are dropped.
        case abandon
        /// All objects are dropped: the resource is gone or is not read any more.
        case clear
    }
}

/// Where the state stores the rows of a resource.
typealias TablePath<Row: ClusterRow> = any WritableKeyPath<ClusterState, Table<Row>> & Sendable

/// What is done to the table of a resource, without naming the row's type.
private struct TableAccess: Sendable {
    let changeList: @Sendable (inout ClusterState, APIResource.ListStep) -> Void
    let count: @Sendable (borrowing ClusterState) -> Int
    let newestTime: @Sendable (borrowing ClusterState) -> Timestamp?
    let mark: @Sendable (borrowing ClusterState, inout Marker) -> Void

    init<Row: ClusterRow>(_ table: TablePath<Row>) {
        changeList = { state, step in
            switch step {
            case .begin: state[keyPath: table].beginReplace()
            case .commit: state[keyPath: table].commitReplace()
            case .abandon: state[keyPath: table].abandonReplace()
            case .clear: state[keyPath: table].removeAll()
            }
        }
        count = { state in state[keyPath: table].count }
        newestTime = { state in
            var newest: Timestamp?
            state[keyPath: table].forEach { newest = [newest, $1.newestTime].compactMap(\.self).max() }
            return newest
        }
        mark = { state, marker in
            state[keyPath: table].forEachHeld { $0.mark(&marker) }
        }
    }
}

extension ClusterState {
    /// Frees interned values that no row holds any more, if enough were added to make it worthwhile.
    ///
    /// - Parameter force: Whether to sweep however little was added.
    package mutating func sweepIfDue(force: Bool = false) {
        guard force || interner.isSweepDue else { return }
        var marker = Marker(interner)
        for resource in APIResource.all { resource.mark(in: self, &marker) }
        interner.sweep(keeping: marker)
    }

    /// The newest moment that any object names; nil where none names one.
    package var newestTime: Timestamp? {
        APIResource.all.compactMap { $0.newestTime(in: self) }.max()
    }
}
