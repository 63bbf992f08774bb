import ClusterState
import KubernetesClient
import Testing

@testable import ClusterSimulator

/// What bounds memory while lists are read: four pages under way over all resources, and lists of over 10,000 objects,
/// each of which is staged beside what it replaces, one after the other.
struct LargeListTests {
    /// The first of them is not served: it begins at once, the others together a moment later.
    private static let sources: Set<Source> = [
        .namespaces,
        .pods, .endpointslices, .replicasets, .services, .persistentvolumeclaims, .networkpolicies,
    ]

    /// A client of an API server with large lists.
    private final class Bench: ReaderBench {
        let lists: LargeLists

        init(_ counts: [SimulatedResource: Int]) {
            lists = LargeLists(counts)
            super.init(lists, reading: LargeListTests.sources)
        }

        func relists(_ source: Source) -> Int { status(source).relists }
    }

    /// In how many pieces the pages of a resource came, those of others in between.
    private func pieces(_ pages: [LargeLists.Page], _ plural: String) -> Int {
        var pieces = 0
        var last = ""
        for page in pages {
            if page.plural == plural, last != plural { pieces += 1 }
            last = page.plural
        }
        return pieces
    }

    @Test func largeListsTakeTurns() {
        let bench = Bench([.pods: 10_600, .endpointSlices: 10_700])
        // How long a list is shows with its first page: after it, one goes on and the other waits.
        bench.pass(.milliseconds(500))
        #expect(bench.count(.pods) == 10_600)
        #expect(bench.count(.endpointslices) == 10_700)
        let first = bench.lists.pages
        #expect(first.count == 44)
        for plural in ["pods", "endpointslices"] {
            #expect(first.filter { $0.plural == plural }.map(\.number) == Array(0..<22))
            #expect(pieces(first.filter { $0.number > 0 }, plural) == 1)
        }
        // Once it is known how much is held, the first page waits too.
        bench.lists.clear()
        bench.pass(.seconds(3_600))
        let second = bench.lists.pages
        #expect(bench.relists(.pods) == 2)
        #expect(bench.relists(.endpointslices) == 2)
        #expect(second.count == 44)
        #expect(pieces(second, "pods") == 1)
        #expect(pieces(second, "endpointslices") == 1)
        // One page is read, and one is ahead of it.
        #expect(bench.lists.mostUnderWay == 2)
    }

    /// Below the limit they need not wait for one another.
    @Test func smallerListsDoNotWait() {
        let bench = Bench([.pods: 9_500, .endpointSlices: 9_400])
        bench.pass(.milliseconds(500))
        #expect(bench.count(.pods) == 9_500)
        #expect(bench.count(.endpointslices) == 9_400)
        #expect(pieces(bench.lists.pages, "pods") > 3)
        #expect(bench.lists.mostUnderWay > 2)
    }

    /// A large list whose turn it is does not keep small ones from being read.
    @Test func smallListsPassLargeOnes() throws {
        let bench = Bench([.pods: 20_000, .services: 10])
        bench.pass(.milliseconds(500))
        let pages = bench.lists.pages
        let services = try #require(pages.firstIndex { $0.plural == "services" })
        let lastPods = try #require(pages.lastIndex { $0.plural == "pods" })
        #expect(services < lastPods)
        #expect(pages.filter { $0.plural == "pods" }.map(\.number) == Array(0..<40))
    }

    @Test func fourPagesAreUnderWayAtMost() {
        let bench = Bench([
            .pods: 12_000, .endpointSlices: 11_000, .replicaSets: 4_000, .services: 3_000,
            .persistentVolumeClaims: 2_500, .networkPolicies: 2_000,
        ])
        bench.pass(.milliseconds(500))
        #expect(bench.lists.pages.count == 24 + 22 + 8 + 6 + 5 + 4)
        #expect(bench.lists.mostUnderWay == 4)
        bench.lists.clear()
        // All that is due within the hour at one moment.
        bench.pass(.seconds(3_600))
        #expect(bench.lists.pages.count == 24 + 22 + 8 + 6 + 5 + 4)
        #expect(bench.lists.mostUnderWay == 4)
    }
}
