import ClusterState
import FoundationEssentials
import KubernetesWire
import Testing

/// The entries of ``APIResource/all``: against what a real API server answered, and that each does all that is to be done
/// for a resource.
struct RegistryTests {
    private static let recording = "three-zone-healthy"

    private static func readAll(into state: inout ClusterState) throws {
        for resource in APIResource.all {
            switch resource.reader {
            case .protobuf(let reader):
                for item in try Fixture.items("\(recording)/\(Self.file(resource)).pb") {
                    try item.withRawBytes { bytes throws(WireError) in try reader.stage(&state, bytes, 0) }
                }
            case .json(let reader):
                let page = try Fixture.bytes("\(recording)/\(Self.file(resource)).json")
                _ = try reader.stage(&state, page, denied: [])
            }
        }
    }

    /// The name of a recorded list without its ending.
    private static func file(_ resource: APIResource) -> String {
        "\(resource.group.isEmpty ? "core" : resource.group)_\(resource.version)_\(resource.plural)"
    }

    /// What tests know of every table of the state: its property, and its rows.
    private static func tables(_ state: ClusterState) -> [(name: String, rows: [Any])] {
        Mirror(reflecting: state).children
            .compactMap { child in
                (child.value as? any AnyTable).map { (child.label ?? "", $0.rows) }
            }
    }

    @Test func everySourceThatIsAResourceHasOneEntryInTheirOrder() {
        let others: Set<Source> = [.version, .apiserver, .apiservermetrics, .etcd]
        #expect(APIResource.all.map(\.source) == Source.allCases.filter { !others.contains($0) })
        for source in Source.allCases {
            #expect(APIResource.of(source)?.source == (others.contains(source) ? nil : source))
        }
    }

    /// Lists of a real API server say of themselves what the entries say of them.
    @Test(arguments: APIResource.all.map(\.source))
    func isWhatAnAPIServerServes(source: Source) throws {
        let resource = try #require(APIResource.of(source))
        let data = Data(try Fixture.bytes("\(Self.recording)/\(Self.file(resource)).json"))
        let list = try JSONDecoder().decode(JSON.self, from: data)
        #expect(list["kind"].text == resource.listKind)
        #expect(list["apiVersion"].text == resource.groupVersion)
        for item in list["items"].array {
            #expect(item["metadata"]["namespace"].isNull != resource.isNamespaced)
        }
        if let namespace = resource.namespace {
            #expect(list["items"].array.contains { $0["metadata"]["namespace"].text == namespace })
        }
    }

    /// A page of the largest objects that etcd takes (1.5 MiB by default) is read.
    @Test func pagesOfCustomResourcesAreWithinTheLimit() {
        for resource in APIResource.all {
            #expect((1...500).contains(resource.pageLimit))
            if resource.isCustom {
                #expect(resource.pageLimit * (3 << 19) <= JSONReader.pageLimit, "\(resource.source)")
            }
        }
    }

    /// Each entry fills the table that no other does; counts it, empties it.
    @Test func everyTableBelongsToOneEntry() throws {
        var state = ClusterState()
        #expect(Self.tables(state).count == APIResource.all.count)
        try Self.readAll(into: &state)
        for resource in APIResource.all {
            let before = Self.tables(state)
            let count = resource.count(in: state)
            // The cluster had no attached volumes.
            #expect(count > 0 || resource.source == .volumeattachments, "\(resource.source)")
            resource.change(.clear, in: &state)
            let changed = zip(before, Self.tables(state)).filter { $0.rows.count != $1.rows.count }
            #expect(changed.map { $0.0.rows.count } == (count > 0 ? [count] : []), "\(resource.source)")
        }
        #expect(Self.tables(state).reduce(0) { $0 + $1.rows.count } == 0)
    }

    /// A sweep frees what no row holds, and nothing that one does, whatever table it is in.
    @Test func sweepsKeepWhatRowsHold() throws {
        var state = ClusterState()
        try Self.readAll(into: &state)
        func rows(_ state: ClusterState) -> [[String: String]] {
            let description = Description(interner: state.interner)
            return Self.tables(state).flatMap(\.rows).map(description.fields)
        }
        let before = rows(state)
        #expect(before.count > 300)
        _ = state.interner.intern("nobody holds this")
        state.sweepIfDue(force: true)
        #expect(state.interner.find("nobody holds this") == nil)
        // What was freed is given out again: an id that a row still held would now have another text.
        for number in 0..<1_000 { _ = state.interner.intern("new \(number)") }
        #expect(rows(state) == before)
        for resource in APIResource.all { resource.change(.clear, in: &state) }
        state.sweepIfDue(force: true)
        #expect(state.interner.counts == (0, 0, 0, 0))
    }

    /// Of each resource the creation time of any object counts, and what its kind names beside.
    @Test(arguments: APIResource.all.map(\.source))
    func newestTimeIsThatOfAnyObject(source: Source) throws {
        let resource = try #require(APIResource.of(source))
        var state = ClusterState()
        try Self.readAll(into: &state)
        let data = Data(try Fixture.bytes("\(Self.recording)/\(Self.file(resource)).json"))
        let items = try JSONDecoder().decode(JSON.self, from: data)["items"].array
        let created = items.compactMap { Timestamp(rfc3339: $0["metadata"]["creationTimestamp"].text) }
        let newest = resource.newestTime(in: state)
        switch source {
        case .nodes, .pods, .leases, .nodeleases:
            let renewed = items.compactMap { Timestamp(rfc3339: $0["spec"]["renewTime"].text) }
            let since = items.flatMap { $0["status"]["conditions"].array }.filter { $0["type"].text == "Ready" }
                .compactMap { Timestamp(rfc3339: $0["lastTransitionTime"].text) }
            #expect(newest == (created + renewed + since).max())
        default: #expect(newest == created.max())
        }
    }
}

private protocol AnyTable {
    var rows: [Any] { get }
}

extension Table: AnyTable {
    var rows: [Any] { all }
}
