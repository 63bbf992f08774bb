import ClusterState
import Testing

struct TolerationTests {
    private static func id(_ value: UInt32) -> StringID { StringID(value: value) }
    private static let taint = Taint(key: id(1), value: id(2), effect: .noSchedule)

    @Test(
        arguments: [
            // key, value, Exists, effect, whether it bears the taint 1=2:NoSchedule
            (1, 2, false, .noSchedule, true), (1, 2, false, .any, true), (1, 2, false, .noExecute, false),
            (1, 3, false, .noSchedule, false), (4, 2, false, .noSchedule, false), (1, 0, true, .noSchedule, true),
            (1, 0, true, .any, true), (1, 0, false, .any, false), (0, 0, true, .any, true),
            (0, 0, true, .noExecute, false), (4, 0, true, .any, false), (0, 2, false, .any, false),
            (1, 2, false, .unknown, false),
        ] as [(UInt32, UInt32, Bool, TaintEffect, Bool)]
    )
    func bearsATaint(key: UInt32, value: UInt32, isExists: Bool, effect: TaintEffect, expected: Bool) {
        let toleration = Toleration(key: Self.id(key), value: Self.id(value), isExists: isExists, effect: effect)
        #expect(toleration.tolerates(Self.taint) == expected)
    }

    @Test func everyTaintThatKeepsPodsOffMustBeBorne() {
        let execute = Taint(key: Self.id(5), value: .empty, effect: .noExecute)
        let preferred = Taint(key: Self.id(6), value: .empty, effect: .preferNoSchedule)
        let first = Toleration(key: Self.id(1), isExists: true, effect: .any)
        let second = Toleration(key: Self.id(5), isExists: true, effect: .any)
        #expect(Placement().tolerates([]))
        #expect(Placement().tolerates([preferred]))
        #expect(!Placement().tolerates([Self.taint]))
        #expect(!Placement(tolerations: [first]).tolerates([Self.taint, execute]))
        #expect(Placement(tolerations: [first, second]).tolerates([Self.taint, preferred, execute]))
    }
}
