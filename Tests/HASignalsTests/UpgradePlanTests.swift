import ClusterState
import HASignals
import Testing

/// `report --upgrade-to`: what stands against an upgrade.
struct UpgradePlanTests {
    /// API servers of 1.34 and nodes of the minor versions given.
    private func plan(kubelets: [Int] = [34], servers: [Int] = [34], to target: Int) -> UpgradePlan {
        var cluster = ClusterBuilder()
        cluster.state.version = ServerVersion(major: "1", minor: "\(servers.max() ?? 0)", gitVersion: "v1")
        for (number, minor) in servers.enumerated() {
            cluster.apiServer("10.0.0.\(number + 1):6443") {
                $0.minor = minor
                $0.version = "v1.\(minor).0"
            }
        }
        for (number, minor) in kubelets.enumerated() {
            let version = cluster.id("v1.\(minor).1")
            cluster.node("w-\(number)") { $0.kubeletVersion = version }
        }
        return UpgradePlan(cluster.collect(), to: target)
    }

    private func blockers(_ plan: UpgradePlan, _ topic: UpgradePlan.Topic) -> [String] {
        plan.blockers.filter { $0.topic == topic }.map(\.message)
    }

    @Test func goesOneMinorVersionAtATime() {
        #expect(blockers(plan(to: 35), .version) == [])
        #expect(blockers(plan(to: 36), .version) == ["one minor version at a time: 1.35 comes before 1.36"])
        #expect(blockers(plan(to: 33), .version) == ["the API servers are at 1.34: they cannot go back to 1.33"])
    }

    /// https://kubernetes.io/releases/version-skew-policy: a kubelet may be up to three minor versions older than the API
    /// server.
    @Test func kubeletsThreeMinorVersionsBehindAreTheLimit() {
        #expect(blockers(plan(kubelets: [34, 32], to: 35), .skew) == [])
        #expect(
            blockers(plan(kubelets: [34, 31, 31], to: 35), .skew) == [
                "kubelet 1.31 of w-1, w-2 is older than 1.32, the oldest that works with it"
            ]
        )
        #expect(
            blockers(plan(kubelets: [36], to: 35), .skew) == ["kubelet 1.36 of w-0 is newer than 1.35"]
        )
    }

    @Test func anUpgradeUnderWayIsFinishedFirst() {
        #expect(
            blockers(plan(servers: [33, 34], to: 35), .version) == [
                "the API servers are of 1.33 to 1.34: finish that upgrade first"
            ]
        )
        let same = plan(servers: [33, 34], to: 34)
        #expect(blockers(same, .version) == [])
        #expect(same.cautions.contains { $0.topic == .version })
    }

    @Test func whatIsNotKnownIsNotSafe() {
        var cluster = ClusterBuilder.workers(1)
        cluster.set(.nodes, .forbidden)
        let plan = UpgradePlan(cluster.collect(), to: 35)
        #expect(plan.answer == .unknown || plan.answer == .no)
        #expect(plan.unknown.contains { $0.contains("no API server told its version") })
        #expect(plan.unknown.contains { $0.contains("nodes are not known") })
    }

    /// One that fails closed and does not answer is in the way; one that fails open is not.
    @Test(arguments: [(true, UpgradePlan.Topic.webhook), (false, nil)])
    func webhooksThatDoNotAnswerAreInTheWay(_ failsClosed: Bool, _ topic: UpgradePlan.Topic?) {
        var cluster = ClusterBuilder.workers(1)
        cluster.served("hooks", "hook", endpoints: 0)
        var webhook = AdmissionWebhook(name: cluster.id("check.example.com"))
        webhook.service = WebhookService(namespace: cluster.id("hooks"), name: cluster.id("hook"))
        webhook.failsClosed = failsClosed
        let meta = cluster.meta("ValidatingWebhookConfiguration", "", "check")
        cluster.state.validatingWebhookConfigurations.upsert(
            ValidatingWebhookConfiguration(meta: meta, webhooks: [webhook])
        )
        let plan = UpgradePlan(cluster.collect(), to: 35)
        #expect(plan.blockers.first { $0.topic == .webhook }?.topic == topic)
        #expect(plan.blockers.contains { $0.topic == .webhook } || plan.cautions.contains { $0.topic == .webhook })
    }
}
