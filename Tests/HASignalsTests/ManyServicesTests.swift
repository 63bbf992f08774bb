import ClusterState
import Testing

@testable import HASignals

/// What one tenant may create thousands of: Services and workloads of which each has to do with each.
struct ManyServicesTests {
    /// Workloads that all Services select, with Services that differ in what they ask for; no Service has an endpoint.
    private static func cluster(workloads: Int, services: Int, replicas: Int32 = 1) -> ClusterBuilder {
        var cluster = ClusterBuilder.threeZones()
        let labels = Dictionary(uniqueKeysWithValues: (0..<services).map { ("key-\($0)", "x") })
        for number in 0..<workloads {
            cluster.deployment("tenant", "web-\(100 + number)", replicas: replicas, labels: labels) {
                $0.availableReplicas = 0
                $0.hasCompletedRollout = true
            }
        }
        for number in 0..<services {
            cluster.service("tenant", "service-\(100 + number)", selector: ["key-\(number)": "x"])
        }
        return cluster
    }

    /// The messages of a rule's findings in all areas.
    private static func messages(_ rule: String, _ cluster: ClusterBuilder) -> [String] {
        cluster.collect().findings.filter { $0.rule == rule }.map(\.message)
    }

    /// A message that joined the names of all workloads grew with them, and there is one for each Service.
    @Test func aServiceNamesFiveWorkloadsAndCountsTheRest() {
        var cluster = Self.cluster(workloads: 40, services: 3)
        for number in 0..<40 {
            // Never up: the Service has a finding of its own.
            cluster.deployment("tenant", "web-\(100 + number)", labels: ["key-0": "x", "key-1": "x", "key-2": "x"]) {
                $0.availableReplicas = 0
                $0.hasCompletedRollout = false
            }
        }
        let messages = Self.messages("service-without-endpoints", cluster)
        let expected = "it has no endpoint; it selects web-100, web-101, web-102, web-103, web-104 and 35 more"
        #expect(messages == [expected, expected, expected])
    }

    @Test func aServiceOfWorkloadsScaledToZeroNamesFive() {
        let messages = Self.messages("service-scaled-to-zero", Self.cluster(workloads: 7, services: 1, replicas: 0))
        #expect(
            messages == ["no ready endpoint: web-100, web-101, web-102, web-103, web-104 and 2 more are scaled to 0"]
        )
    }

    @Test func anOutageNamesFiveServicesAndCountsTheRest() {
        let messages = Self.cluster(workloads: 2, services: 9).signals().messages("workload-down")
        let services = "service-100, service-101, service-102, service-103, service-104 and 4 more"
        let expected = "none of 1 replicas is available; Services \(services) without endpoints"
        #expect(messages == [expected, expected])
    }

    /// 300 × 300: what is said of all together does not grow with their product.
    @Test func messagesStayShort() {
        let signals = Self.cluster(workloads: 300, services: 300).signals()
        #expect(signals.raised("workload-down").count == 300)
        #expect(signals.messages("workload-down").allSatisfy { $0.utf8.count < 200 })
    }

    /// Comparing each Service that matches nothing with each workload is bounded; what is left out is the hint alone.
    @Test func hintsAreBounded() throws {
        var builder = ClusterBuilder.threeZones()
        for number in 0..<10 { builder.deployment("tenant", "web-\(number)", labels: ["app": "web"]) }
        for number in 0..<3 {
            builder.service("tenant", "service-\(number)", selector: ["app": "web", "role": "\(number)"])
        }
        let cluster = builder.view()
        var hints = SelectorHints(cluster, limit: 45)
        let found = cluster.index.services.map { hints.missingLabels($0.service) }
        // Two requirements against ten workloads each.
        #expect(hints.comparisons == 40)
        #expect(found.map { $0 != nil } == [true, true, false])
        let first = try #require(found.first ?? nil)
        #expect(first == "its selector asks for role=0 beyond the labels of the template of Deployment web-0")
    }
}
