import Testing

@testable import Exposition

struct FamilyProblemsTests {
    @Test(arguments: Samples.families.map(\.descriptor))
    func goodFamiliesHaveNone(family: FamilyDescriptor) {
        #expect(family.problems() == [])
    }

    @Test(
        arguments: [
            ("9lives", FamilyType.gauge, "is not of"), ("a-b", .gauge, "is not of"), ("a:b", .gauge, "recording rules"),
            ("größe", .gauge, "is not of"), ("", .gauge, "is not of"), ("__a", .gauge, "reserved"),
            ("nodesReady", .gauge, "upper-case"), ("nodes_total", .gauge, "a gauge must not end in _total"),
            ("nodes_count", .gauge, "a gauge must not end in _count"), ("nodes_sum", .gauge, "must not end in _sum"),
            ("nodes_bucket", .gauge, "must not end in _bucket"),
            ("nodes_created", .counter, "must not end in _created"),
            ("nodes_info", .gauge, "a gauge must not end in _info"),
            ("events", .counter, "a counter must end in _total"),
            ("_total", .counter, "a counter must end in _total"), ("version", .info, "an info must end in _info"),
            ("events_info", .counter, "a counter must not end in _info"), ("age_milliseconds", .gauge, "use seconds"),
            ("age_minutes", .gauge, "use seconds"), ("size_megabytes", .gauge, "use bytes"),
            ("used_percent", .gauge, "use ratio"),
        ] as [(StaticString, FamilyType, String)]
    )
    func namesAreChecked(name: StaticString, type: FamilyType, problem: String) {
        let problems = Self.family(name, type).problems()
        #expect(problems.contains { $0.contains(problem) }, "\(problems)")
    }

    @Test(
        arguments: [
            ("9a", "is not of"), ("a-b", "is not of"), ("a:b", "is not of"), ("", "is not of"),
            ("__name__", "reserved"),
            ("workloadType", "camelCase"), ("le", "histograms"), ("quantile", "histograms"),
        ] as [(StaticString, String)]
    )
    func labelsAreChecked(label: StaticString, problem: String) {
        let problems = Self.family("a", .gauge, labels: [label]).problems()
        #expect(problems.contains { $0.contains(problem) && $0.hasPrefix("a: label") }, "\(problems)")
    }

    @Test func repeatedLabelsAndEmptyHelpAreProblems() {
        #expect(Self.family("a", .gauge, labels: ["b", "c", "b"]).problems() == ["a: label b is named twice"])
        #expect(Self.family("a", .gauge, help: " ").problems() == ["a: help is empty"])
    }

    @Test func familiesMustNotClash() {
        let families = [
            Self.family("x", .gauge), Self.family("y", .gauge), Self.family("x", .gauge), Self.family("y_info", .info),
            Self.family("z_total", .counter),
        ]
        #expect(
            FamilyDescriptor.problems(between: families) == [
                "x: declared more than once", "y_info: has the OpenMetrics name y of y as well",
            ]
        )
    }

    @Test func declarationsKeepTheirLabels() {
        #expect(Samples.leader.descriptor.labels.isEmpty)
        #expect(Samples.blocks.descriptor.labels.map(\.description) == ["namespace", "poddisruptionbudget"])
        let three = Family(
            "e",
            .gauge,
            labels: LabelNames(["a", "b", "c"]),
            sources: ["pods", "nodes"],
            help: "Three."
        )
        #expect(three.descriptor.labels.map(\.description).joined() == "abc")
        #expect(three.descriptor.sources == ["pods", "nodes"])
        #expect(type(of: three) == Family<3>.self)
    }

    private static func family(
        _ name: StaticString,
        _ type: FamilyType,
        labels: [StaticString] = [],
        help: StaticString = "Help."
    ) -> FamilyDescriptor {
        FamilyDescriptor(name: name, type: type, labels: labels, sources: [], help: help)
    }
}
