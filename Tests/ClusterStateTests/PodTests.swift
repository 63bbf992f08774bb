import ClusterState
import Testing

struct PodTests {
    /// 150,000 of them are kept: DESIGN's memory budget counts on it.
    @Test func fitsIntoEightyBytes() {
        #expect(MemoryLayout<Pod>.stride <= 80)
    }

    @Test(arguments: [
        // owner, name, whether the rest of the name is kept in the row
        ("web-7d9f", "web-7d9f-x2x9z", true),
        ("db", "db-0", true),
        ("db", "db-123456", true),
        ("db", "db-007", true),
        ("db", "db-999999", true),
        ("db", "db-1234567", false),
        ("db", "dbx", false),
        ("db", "db-", false),
        ("db", "db-a-b", false),
        ("db", "db12345", false),
        ("web", "other", false),
        ("web-long-name", "web", false),
        ("db", "db-ü", false),
        ("db", "db-\0", false),
    ])
    func keepsItsName(owner: String, name: String, isInline: Bool) {
        var interner = Interner()
        var pod = Pod(uid: UID(high: 1, low: 1))
        pod.owner = interner.intern(
            Owner(kind: interner.intern("ReplicaSet"), name: interner.intern(owner), uid: UID(high: 1, low: 2))
        )
        let before = interner.counts.strings
        setName(name, &pod, &interner)
        #expect(pod.name(interner) == name)
        #expect(pod.flags.contains(.hasInlineName) == isInline)
        #expect(interner.counts.strings == before + (isInline ? 0 : 1))
    }

    @Test func keepsTheNameOfAPodWithoutOwner() {
        var interner = Interner()
        var pod = Pod(uid: UID(high: 1, low: 1))
        setName("bare", &pod, &interner)
        #expect(pod.name(interner) == "bare")
        #expect(!pod.flags.contains(.hasInlineName))
    }

    @Test func isTerminalWhenSucceededOrFailed() {
        #expect(PodFlags.succeeded.isTerminal)
        #expect(PodFlags([.failed, .restartsAlways]).isTerminal)
        #expect(!PodFlags([.running, .ready, .pending]).isTerminal)
    }

    private func setName(_ name: String, _ pod: inout Pod, _ interner: inout Interner) {
        Array(name.utf8).withUnsafeBufferPointer { pod.setName($0, &interner) }
    }
}
