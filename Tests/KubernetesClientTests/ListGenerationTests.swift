import ClusterState
import KubernetesWire
import Logging
import TestClocks
import Testing

@testable import ClusterSimulator
@testable import KubernetesClient

/// What was asked for under an older list and opens late is passed over (issue 11, point 10).
struct ListGenerationTests {
    private let store = ClusterStore(
        staleAfter: .seconds(300),
        clock: ClientClock(now: { Timestamp(seconds: 1_800_000_000) }, uptime: { .zero }, sleep: { _ in }),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )

    private func page(_ name: String) -> [UInt8] {
        var list = Wire.listMeta(revision: 5_000, continueToken: "", remaining: nil)
        var metadata = ProtobufMessage()
        metadata.set(1, name)
        metadata.set(3, "default")
        metadata.set(5, name)
        var object = ProtobufMessage()
        object.set(1, metadata)
        list.appendField(2, object.encoded)
        return Wire.enveloped(apiVersion: "v1", kind: "PodList", raw: list)
    }

    /// Reads a page if it opens.
    ///
    /// - Returns: Whether it does.
    private func read(_ name: String, generation: Int) async throws -> Bool {
        guard let number = await store.openPage(.pods, generation: generation) else { return false }
        _ = try await store.readPage(number, page(name))
        _ = try await store.finishPage(number)
        return true
    }

    @Test func aLatePageStaysOutOfTheNextList() async throws {
        _ = await store.beginList(.pods)
        let first = await store.generation(of: .pods)
        #expect(try await read("of-the-first", generation: first))
        await store.abandonList(.pods)
        #expect(try await !read("late", generation: first))
        _ = await store.beginList(.pods)
        let second = await store.generation(of: .pods)
        #expect(try await !read("later", generation: first))
        #expect(try await read("of-the-second", generation: second))
        await store.commitList(.pods, scopes: 1)
        let names = await store.withState { state in
            state.pods.all.map { $0.name(state.interner) }
        }
        #expect(names == ["of-the-second"])
        // The list of another source does not matter.
        _ = await store.beginList(.pods)
        let third = await store.generation(of: .pods)
        _ = await store.beginList(.nodes)
        #expect(try await read("of-the-third", generation: third))
    }

    @Test func aLateWatchDoesNotWriteIntoTheNextList() async {
        _ = await store.beginList(.pods)
        await store.commitList(.pods, scopes: 1)
        let first = await store.generation(of: .pods)
        #expect(await store.openWatch(.pods, scope: 0, generation: first) != nil)
        _ = await store.beginList(.pods)
        #expect(await store.openWatch(.pods, scope: 0, generation: first) == nil)
    }
}
