import Synchronization
import Testing

@testable import Exposition

struct SinkTests {
    @Test func takesSamplesAndFindsThem() {
        var sink = Sink(families: Samples.families)
        let labels = sink.labels(Samples.budgetLabels, ["shop", "web"])
        sink.add(Samples.blocks, labels, true)
        sink.add(Samples.nodes, sink.labels(Samples.roleLabels, ["worker"]), Int64(5))
        sink.add(Samples.leader, 0.5)
        #expect(sink.sampleCount == 3)
        let table = sink.finish()
        #expect(table.seriesCount == 3)
        #expect(table.value(of: "t_pdb_blocks", labels: [("namespace", "shop"), ("poddisruptionbudget", "web")]) == 1)
        #expect(table.value(of: "t_pdb_blocks", labels: [("poddisruptionbudget", "web"), ("namespace", "shop")]) == 1)
        #expect(table.value(of: "t_pdb_blocks", labels: [("namespace", "shop")]) == nil)
        #expect(table.value(of: "t_nodes", labels: [("role", "worker")]) == 5)
        #expect(table.value(of: "t_leader") == 0.5)
        #expect(table.value(of: "t_absent") == nil)
        var seen: [String] = []
        table.forEachSample { seen.append($0.family.name.description) }
        #expect(seen == ["t_nodes", "t_pdb_blocks", "t_leader"])
    }

    @Test func sameLabelsGiveTheSameBlock() {
        var sink = Sink(families: Samples.families)
        let first = sink.labels(Samples.roleLabels, ["a"])
        let other = sink.labels(Samples.roleLabels, ["b"])
        #expect(sink.labels(Samples.roleLabels, ["a"]).id == first.id)
        #expect(other.id != first.id)
        var ids: Set<UInt32> = []
        for number in 0..<5000 { ids.insert(sink.labels(Samples.roleLabels, ["n\(number)"]).id) }
        #expect(ids.count == 5000)
        for number in 0..<5000 { ids.insert(sink.labels(Samples.roleLabels, ["n\(number)"]).id) }
        #expect(ids.count == 5000)
    }

    @Test func refusesDuplicatesInAnyOrder() {
        var sink = Samples.lenientSink()
        let labels = (0..<200).map { sink.labels(Samples.roleLabels, ["r\($0)"]) }
        for label in labels.reversed() { sink.add(Samples.nodes, label, 1) }
        #expect(sink.sampleCount == 200)
        #expect(sink.refusedDuplicates == 0)
        for label in labels { sink.add(Samples.nodes, label, 2) }
        #expect(sink.sampleCount == 200)
        #expect(sink.refusedDuplicates == 200)
        let late = sink.labels(Samples.roleLabels, ["late"])
        sink.add(Samples.nodes, late, 3)
        sink.add(Samples.nodes, late, 4)
        sink.add(Samples.leader, 1)
        sink.add(Samples.leader, 1)
        #expect(sink.refusedDuplicates == 202)
        let table = sink.finish()
        #expect(table.refusedDuplicates == 202)
        #expect(table.value(of: "t_nodes", labels: [("role", "r7")]) == 1)
        #expect(table.value(of: "t_nodes", labels: [("role", "late")]) == 3)
    }

    @Test func tellsWhatItRefuses() {
        let told = Told()
        var sink = Sink(families: [Samples.nodes, Samples.blocks], onRefusal: told.take)
        let label = sink.labels(Samples.roleLabels, ["a"])
        sink.add(Samples.nodes, label, 1)
        sink.add(Samples.nodes, label, 1)
        sink.add(Samples.leader, 1)
        sink.disable(Family("t_nothing", .gauge, help: "Nothing."))
        sink.add(Samples.nodes, LabelBlock(id: 99), 1)
        #expect(
            told.refusals == [
                .duplicate(family: "t_nodes", labels: #"{role="a"}"#), .unknownFamily("t_leader"),
                .unknownFamily("t_nothing"), .foreignBlock(family: "t_nodes"),
            ]
        )
        #expect(sink.refusedDuplicates == 1)
        #expect(sink.refusedOthers == 3)
        #expect(told.refusals.first?.description == #"duplicate series t_nodes{role="a"}"#)
    }

    #if DEBUG
    @Test func refusesOtherLabelNamesInDebugBuilds() {
        let told = Told()
        var sink = Sink(families: Samples.families, onRefusal: told.take)
        sink.add(Samples.nodes, sink.labels(LabelNames(["rôle"]), ["a"]), 1)
        sink.add(Samples.blocks, sink.labels(LabelNames(["poddisruptionbudget", "namespace"]), ["b", "a"]), 1)
        #expect(
            told.refusals == [
                .labelNames(family: "t_nodes", labels: #"{rôle="a"}"#),
                .labelNames(family: "t_pdb_blocks", labels: #"{poddisruptionbudget="b",namespace="a"}"#),
            ]
        )
        #expect(sink.sampleCount == 0)
    }
    #endif

    @Test func disabledFamiliesTakeNothing() {
        var sink = Sink(families: Samples.families)
        sink.disable(Samples.leader)
        sink.disable(Samples.nodes)
        let label = sink.labels(Samples.roleLabels, ["a"])
        sink.add(Samples.leader, 1)
        sink.add(Samples.nodes, label, 1)
        sink.add(Samples.nodes, label, 1)
        #expect(sink.sampleCount == 0)
        #expect(sink.refusedDuplicates == 0)
        sink.add(Samples.blocks, sink.labels(Samples.budgetLabels, ["a", "b"]), 1)
        #expect(sink.sampleCount == 1)
    }

    @Test func findsAFamilyByItsTextWhereTheAddressIsNew() {
        var index = FamilyIndex(names: ["first_name", "second_name"])
        let copy = "second_name".utf8.map { $0 }
        copy.withUnsafeBufferPointer { buffer in
            #expect(index.position(ofKey: UInt(bitPattern: buffer.baseAddress)) == -1)
        }
        #expect(index.adopt("second_name") == 1)
        #expect(index.position(ofKey: ("first_name" as StaticString).addressKey) == 0)
        #expect(index.adopt("third_name") == nil)
        #expect(index.position(named: "second_name") == 1)
    }

    @Test func convertsValues() {
        #expect(true.sampleValue == 1)
        #expect(false.sampleValue == 0)
        #expect((-3).sampleValue == -3)
        #expect(Int32.min.sampleValue == -2_147_483_648)
        #expect(UInt32.max.sampleValue == 4_294_967_295)
        #expect(UInt64.max.sampleValue == 18_446_744_073_709_551_616)
        #expect(Double.nan.sampleValue.isNaN)
    }

    @Test func tablesKeepNoSpareRoom() {
        let table = Samples.table(series: 3000)
        let texts = table.texts.bytes.count + table.texts.ends.count * 4
        // Four bytes of block for each, and four of value, since the values go to 2,999.
        #expect(table.memory >= 3000 * 8 + texts)
        #expect(table.memory < (3000 * 8 + texts) * 5 / 4)
    }
}

/// Keeps the refusals it is told.
private final class Told: Sendable {
    private let kept = Mutex<[SinkRefusal]>([])
    var refusals: [SinkRefusal] { kept.withLock { $0 } }
    var take: @Sendable (SinkRefusal) -> Void { { refusal in self.kept.withLock { $0.append(refusal) } } }
}
