import ClusterState
import Exposition
import HASignals
import Testing

struct ExtensionPointsTests {
    static func cluster(ready: Int = 2) -> ClusterBuilder {
        var cluster = ClusterBuilder()
        cluster.node("worker-1")
        cluster.node("worker-2")
        cluster.namespace("hooks")
        cluster.namespace("shop")
        cluster.served("hooks", "hook", endpoints: ready)
        return cluster
    }

    /// A fail-closed webhook on the creation of pods, served by hooks/hook.
    static func webhook(_ cluster: inout ClusterBuilder, name: String = "pods.example.com") -> AdmissionWebhook {
        var webhook = AdmissionWebhook(name: cluster.id(name))
        webhook.service = WebhookService(namespace: cluster.id("hooks"), name: cluster.id("hook"))
        webhook.matchesPodCreation = true
        return webhook
    }

    static func add(_ cluster: inout ClusterBuilder, _ webhooks: AdmissionWebhook..., ignore: String = "") {
        let meta = cluster.meta("ValidatingWebhookConfiguration", "", "guard", ignore: ignore)
        cluster.state.validatingWebhookConfigurations.upsert(
            ValidatingWebhookConfiguration(meta: meta, webhooks: webhooks)
        )
    }

    static func value(
        _ snapshot: SignalSnapshot,
        _ family: String,
        policy: String = "Fail",
        webhook: String = "pods.example.com"
    ) -> Double? {
        snapshot.value(
            "kube_ha_admission_webhook_\(family)",
            [
                "webhook_type": "validating", "configuration": "guard", "webhook": webhook, "failure_policy": policy,
            ]
        )
    }

    static func notIn(_ cluster: inout ClusterBuilder, _ namespaces: String...) -> LabelSelector {
        LabelSelector(
            requirements: [
                LabelRequirement(
                    key: cluster.id("kubernetes.io/metadata.name"),
                    op: .notIn,
                    values: namespaces.map { cluster.id($0) }
                )
            ])
    }

    /// A Service of a namespace that is not read may have endpoints; one that is not there in a namespace that is has none.
    @Test(arguments: [(["shop"], []), ([], ["hooks"])] as [(Set<String>, Set<String>)])
    func namespacesThatAreNotReadAreNotWithoutEndpoints(_ read: Set<String>, _ denied: Set<String>) {
        var cluster = Self.cluster()
        var webhook = Self.webhook(&cluster)
        webhook.service?.name = cluster.id("other")
        Self.add(&cluster, webhook)
        #expect(cluster.collect().objects("webhook-blocks-pods") == ["ValidatingWebhookConfiguration /guard"])
        cluster.settings.namespaces = read
        cluster.settings.deniedNamespaces = denied
        let snapshot = cluster.collect()
        #expect(snapshot.objects("webhook-blocks-pods") == [] && snapshot.objects("webhook-no-endpoints") == [])
        #expect(Self.value(snapshot, "endpoints_ready") == nil)
    }

    /// An unset failurePolicy is Fail.
    @Test func failurePolicyDefaultsToFail() {
        #expect(AdmissionWebhook(name: .empty).failsClosed)
    }

    @Test func deadWebhookOnPodsIsCritical() {
        var cluster = Self.cluster(ready: 0)
        Self.add(&cluster, Self.webhook(&cluster))
        let snapshot = cluster.collect()
        #expect(Self.value(snapshot, "blocks_pods") == 1)
        #expect(Self.value(snapshot, "endpoints_ready") == 0)
        #expect(snapshot.objects("webhook-blocks-pods") == ["ValidatingWebhookConfiguration /guard"])
        // One cause, one finding.
        #expect(snapshot.objects("webhook-no-endpoints") == [])
        #expect(snapshot.areas.first { $0.name == .extensionPoints }?.status == .critical)
    }

    /// Whoever switches the critical rule off still learns that nobody answers.
    @Test func theLesserRuleSpeaksWhereTheWorseIsOff() {
        var cluster = Self.cluster(ready: 0)
        Self.add(&cluster, Self.webhook(&cluster))
        cluster.settings.optOuts.disabledRules = ["webhook-blocks-pods"]
        #expect(cluster.collect().objects("webhook-no-endpoints") == ["ValidatingWebhookConfiguration /guard"])
    }

    /// It is the configuration of a healthy policy engine: fail-closed on pods, with endpoints, its namespace left out.
    @Test func liveWebhookIsNoFinding() {
        var cluster = Self.cluster()
        var webhook = Self.webhook(&cluster)
        webhook.namespaceSelector = Self.notIn(&cluster, "hooks", "kube-system")
        Self.add(&cluster, webhook)
        let snapshot = cluster.collect()
        #expect(Self.value(snapshot, "blocks_pods") == 1)
        #expect(Self.value(snapshot, "blocks_itself") == 0)
        #expect(Self.value(snapshot, "endpoints_ready") == 2)
        #expect(snapshot.findings.filter { $0.area == .extensionPoints }.isEmpty)
    }

    @Test func ignoredFailureBlocksNothing() {
        var cluster = Self.cluster(ready: 0)
        var webhook = Self.webhook(&cluster)
        webhook.failsClosed = false
        Self.add(&cluster, webhook)
        let snapshot = cluster.collect()
        #expect(Self.value(snapshot, "blocks_pods", policy: "Ignore") == 0)
        #expect(snapshot.objects("webhook-blocks-pods") == [])
        #expect(snapshot.message("webhook-no-endpoints")?.contains("pass unchecked") == true)
    }

    /// A selector that takes in no namespace there is blocks nobody's pods.
    @Test func selectorWithoutNamespaceBlocksNothing() {
        var cluster = Self.cluster(ready: 0)
        var webhook = Self.webhook(&cluster)
        webhook.namespaceSelector = cluster.selector(["guarded": "yes"])
        Self.add(&cluster, webhook)
        let snapshot = cluster.collect()
        #expect(Self.value(snapshot, "blocks_pods") == 0)
        #expect(snapshot.objects("webhook-blocks-pods") == [])
        #expect(snapshot.objects("webhook-no-endpoints") == ["ValidatingWebhookConfiguration /guard"])
    }

    /// The Service that a webhook names may never have been made: that is no endpoint, not an unknown number.
    @Test func missingServiceHasNoEndpoints() {
        var cluster = ClusterBuilder()
        cluster.namespace("shop")
        Self.add(&cluster, Self.webhook(&cluster))
        #expect(Self.value(cluster.collect(), "endpoints_ready") == 0)
    }

    @Test func webhooksCalledByURLHaveNoEndpointSeries() {
        var cluster = Self.cluster(ready: 0)
        var webhook = Self.webhook(&cluster)
        webhook.service = nil
        Self.add(&cluster, webhook)
        let snapshot = cluster.collect()
        #expect(Self.value(snapshot, "endpoints_ready") == nil)
        #expect(Self.value(snapshot, "blocks_pods") == 1)
        #expect(Self.value(snapshot, "blocks_itself") == 0)
        #expect(snapshot.objects("webhook-blocks-pods") == [])
    }

    /// A Service of type ExternalName leads out of the cluster: nobody here knows who answers there.
    @Test func externalNameHasNoEndpointSeries() {
        var cluster = ClusterBuilder()
        var service = Service(meta: cluster.meta("Service", "hooks", "hook"))
        service.type = .externalName
        cluster.state.services.upsert(service)
        Self.add(&cluster, Self.webhook(&cluster))
        #expect(Self.value(cluster.collect(), "endpoints_ready") == nil)
    }

    @Test func webhookThatJudgesItsOwnPodsIsFound() {
        var cluster = Self.cluster()
        Self.add(&cluster, Self.webhook(&cluster))
        let snapshot = cluster.collect()
        #expect(Self.value(snapshot, "blocks_itself") == 1)
        #expect(snapshot.objects("webhook-blocks-itself") == ["ValidatingWebhookConfiguration /guard"])
    }

    /// Many webhooks leave themselves out by the labels of their pods rather than by their namespace.
    @Test func objectSelectorMayLeaveItsOwnPodsOut() {
        var cluster = Self.cluster()
        var webhook = Self.webhook(&cluster)
        webhook.objectSelector = LabelSelector(
            requirements: [LabelRequirement(key: cluster.id("app"), op: .notIn, values: [cluster.id("hook")])])
        Self.add(&cluster, webhook)
        cluster.deployment("hooks", "hook", replicas: 2, labels: ["app": "hook"])
        #expect(cluster.collect().objects("webhook-blocks-itself") == [])
        webhook.objectSelector = LabelSelector(
            requirements: [LabelRequirement(key: cluster.id("app"), op: .exists)])
        Self.add(&cluster, webhook)
        #expect(cluster.collect().objects("webhook-blocks-itself") == ["ValidatingWebhookConfiguration /guard"])
    }

    @Test func singleEndpointIsToldWhereASecondWouldHelp() {
        var cluster = Self.cluster(ready: 1)
        var webhook = Self.webhook(&cluster)
        webhook.namespaceSelector = Self.notIn(&cluster, "hooks")
        Self.add(&cluster, webhook)
        #expect(cluster.collect().objects("webhook-single-endpoint") == ["ValidatingWebhookConfiguration /guard"])
        // On one node a second endpoint would be lost with the first.
        var single = ClusterBuilder()
        single.node("only")
        single.served("hooks", "hook")
        Self.add(&single, Self.webhook(&single))
        #expect(single.collect().objects("webhook-single-endpoint") == [])
    }

    /// A configuration may have dozens of webhooks on one Service; they make one finding, which names some.
    @Test func aConfigurationIsFoundOnce() {
        var cluster = Self.cluster(ready: 0)
        let names = ["a", "b", "c", "d"]
        let webhooks = names.map { Self.webhook(&cluster, name: "\($0).example.com") }
        let meta = cluster.meta("MutatingWebhookConfiguration", "", "guard")
        cluster.state.mutatingWebhookConfigurations.upsert(MutatingWebhookConfiguration(meta: meta, webhooks: webhooks))
        let snapshot = cluster.collect()
        #expect(snapshot.objects("webhook-blocks-pods") == ["MutatingWebhookConfiguration /guard"])
        #expect(snapshot.message("webhook-blocks-pods")?.hasSuffix("c.example.com (hooks/hook) and 1 more") == true)
        #expect(snapshot.table.refusedDuplicates == 0)
    }

    @Test func expiringAuthorityIsFound() {
        var cluster = Self.cluster()
        var webhook = Self.webhook(&cluster)
        webhook.matchesPodCreation = false
        webhook.authorityExpiry = Timestamp(seconds: cluster.now.seconds + 3 * 86_400)
        Self.add(&cluster, webhook)
        let snapshot = cluster.collect()
        #expect(Self.value(snapshot, "ca_expiry_timestamp_seconds") == cluster.now.seconds + 3 * 86_400)
        #expect(snapshot.message("webhook-ca-expiring")?.contains("expires in 72 h") == true)
        cluster.now = Timestamp(seconds: cluster.now.seconds - 30 * 86_400)
        #expect(cluster.collect().objects("webhook-ca-expiring") == [])
    }

    @Test func annotatedConfigurationsAreQuiet() {
        var cluster = Self.cluster(ready: 0)
        Self.add(&cluster, Self.webhook(&cluster), ignore: "webhook-blocks-pods")
        #expect(cluster.collect().objects("webhook-blocks-pods") == [])
    }

    /// One kind of configuration forbidden takes away its own series, not the other's.
    @Test func eachKindHasItsOwnSource() {
        var cluster = Self.cluster()
        Self.add(&cluster, Self.webhook(&cluster))
        cluster.state.mutatingWebhookConfigurations.upsert(
            MutatingWebhookConfiguration(
                meta: cluster.meta("MutatingWebhookConfiguration", "", "inject"),
                webhooks: [Self.webhook(&cluster)]
            )
        )
        cluster.state.sources[.mutatingwebhookconfigurations] = SourceStatus(state: .forbidden)
        let kinds = cluster.collect().table.samples(of: "kube_ha_admission_webhook_blocks_pods")
            .compactMap { $0["webhook_type"] }
        #expect(kinds == ["validating"])
    }

    @Test func onlyAggregatedAPIsAreJudged() {
        var cluster = ClusterBuilder()
        var local = APIService(meta: cluster.meta("APIService", "", "v1.apps"))
        local.available = .isFalse
        cluster.state.apiServices.upsert(local)
        var metrics = APIService(meta: cluster.meta("APIService", "", "v1beta1.metrics.k8s.io"))
        metrics.hasService = true
        metrics.serviceNamespace = cluster.id("kube-system")
        metrics.serviceName = cluster.id("metrics-server")
        metrics.available = .unknown
        metrics.reason = cluster.id("MissingEndpoints")
        cluster.state.apiServices.upsert(metrics)
        let snapshot = cluster.collect()
        #expect(snapshot.table.samples(of: "kube_ha_apiservice_available").count == 1)
        #expect(snapshot.value("kube_ha_apiservice_available", ["apiservice": "v1beta1.metrics.k8s.io"]) == 0)
        #expect(snapshot.objects("apiservice-unavailable") == ["APIService /v1beta1.metrics.k8s.io"])
        #expect(
            snapshot.message("apiservice-unavailable")
                == "served by kube-system/metrics-server, not Available (MissingEndpoints)"
        )
    }

    static func autoscaler(
        _ change: (inout HorizontalPodAutoscaler) -> Void
    ) -> SignalSnapshot {
        var cluster = ClusterBuilder()
        var autoscaler = HorizontalPodAutoscaler(meta: cluster.meta("HorizontalPodAutoscaler", "shop", "web"))
        autoscaler.minReplicas = 2
        autoscaler.maxReplicas = 6
        autoscaler.currentReplicas = 3
        autoscaler.scalingActive = .isTrue
        autoscaler.ableToScale = .isTrue
        change(&autoscaler)
        cluster.state.horizontalPodAutoscalers.upsert(autoscaler)
        return cluster.collect()
    }

    static let web = ["namespace": "shop", "horizontalpodautoscaler": "web"]

    @Test func healthyAutoscalerIsNoFinding() {
        let snapshot = Self.autoscaler { _ in }
        #expect(snapshot.value("kube_ha_hpa_min_replicas", Self.web) == 2)
        #expect(snapshot.value("kube_ha_hpa_max_replicas", Self.web) == 6)
        #expect(snapshot.value("kube_ha_hpa_at_max", Self.web) == 0)
        #expect(snapshot.value("kube_ha_hpa_scaling_active", Self.web) == 1)
        #expect(snapshot.findings.isEmpty)
    }

    /// minReplicas is 1 where unset.
    @Test func minReplicasDefaultsToOne() {
        #expect(HorizontalPodAutoscaler(meta: ObjectMeta()).minReplicas == 1)
    }

    @Test func autoscalerAtItsMaximumIsFound() {
        let snapshot = Self.autoscaler { $0.currentReplicas = 6 }
        #expect(snapshot.value("kube_ha_hpa_at_max", Self.web) == 1)
        #expect(snapshot.objects("hpa-at-max") == ["HorizontalPodAutoscaler shop/web"])
    }

    /// One that may not scale is at its maximum all the time: that is told as what it is.
    @Test func fixedAutoscalerIsNotAtMax() {
        let snapshot = Self.autoscaler {
            $0.minReplicas = 6
            $0.currentReplicas = 6
        }
        #expect(snapshot.value("kube_ha_hpa_at_max", Self.web) == 1)
        #expect(snapshot.objects("hpa-at-max") == [])
        #expect(snapshot.objects("hpa-fixed") == ["HorizontalPodAutoscaler shop/web"])
    }

    @Test func blindAutoscalerIsFound() {
        let snapshot = Self.autoscaler { $0.scalingActive = .isFalse }
        #expect(snapshot.value("kube_ha_hpa_scaling_active", Self.web) == 0)
        #expect(snapshot.objects("hpa-blind") == ["HorizontalPodAutoscaler shop/web"])
    }

    /// A target scaled to 0 switches the autoscaler off on purpose; one just made has no condition yet.
    @Test func disabledAndNewAutoscalersAreNotBlind() {
        let disabled = Self.autoscaler {
            $0.scalingActive = .isFalse
            $0.isScalingDisabled = true
        }
        #expect(disabled.value("kube_ha_hpa_scaling_active", Self.web) == nil)
        #expect(disabled.objects("hpa-blind") == [])
        let new = Self.autoscaler { $0.scalingActive = .absent }
        #expect(new.value("kube_ha_hpa_scaling_active", Self.web) == nil)
        #expect(new.objects("hpa-blind") == [])
    }

    @Test func autoscalerWithoutTargetIsFound() {
        #expect(
            Self.autoscaler { $0.ableToScale = .isFalse }.objects("hpa-unable-to-scale") == [
                "HorizontalPodAutoscaler shop/web"
            ]
        )
    }

    // MARK: Object selectors and match conditions

    /// It stops the creation of pods where its objectSelector takes some in: the template of a workload in a namespace
    /// that it is called for, or a pod there that is not finished.
    @Test func objectSelectorHasToTakePodsIn() {
        var cluster = Self.cluster(ready: 0)
        var webhook = Self.webhook(&cluster)
        webhook.namespaceSelector = Self.notIn(&cluster, "hooks")
        webhook.objectSelector = cluster.selector(["inject": "yes"])
        Self.add(&cluster, webhook)
        func isBlocking(_ cluster: ClusterBuilder) -> Bool {
            let snapshot = cluster.collect()
            let blocks = Self.value(snapshot, "blocks_pods")
            #expect((snapshot.objects("webhook-blocks-pods") == []) == (blocks == 0))
            // Dead it is all the same.
            #expect((snapshot.objects("webhook-no-endpoints") == []) == (blocks == 1))
            return blocks == 1
        }
        #expect(!isBlocking(cluster))
        cluster.deployment("shop", "web", replicas: 2, labels: ["inject": "no"])
        cluster.deployment("hooks", "own", replicas: 2, labels: ["inject": "yes"])
        cluster.pod("shop", "done", on: "worker-1", labels: ["inject": "yes"]) { $0.flags = [.succeeded] }
        #expect(!isBlocking(cluster))
        var template = cluster
        template.deployment("shop", "app", replicas: 0, labels: ["inject": "yes"])
        #expect(isBlocking(template))
        cluster.pod("shop", "job-x", on: "worker-1", labels: ["inject": "yes"])
        #expect(isBlocking(cluster))
    }

    /// While pods or workloads are not all known, only that it blocks can be told.
    @Test func objectSelectorOverWhatIsNotKnown() {
        var cluster = Self.cluster(ready: 0)
        var webhook = Self.webhook(&cluster)
        webhook.objectSelector = cluster.selector(["inject": "yes"])
        Self.add(&cluster, webhook)
        cluster.state.sources[.statefulsets] = SourceStatus(state: .forbidden)
        #expect(Self.value(cluster.collect(), "blocks_pods") == nil)
        #expect(cluster.collect().objects("webhook-no-endpoints") == ["ValidatingWebhookConfiguration /guard"])
        cluster.deployment("shop", "app", replicas: 2, labels: ["inject": "yes"])
        #expect(Self.value(cluster.collect(), "blocks_pods") == 1)
    }

    /// matchConditions are expressions over each request: whether they let pods through is not known. What the webhook
    /// is not called for in any case stays told.
    @Test func matchConditionsCannotBeTold() {
        var cluster = Self.cluster(ready: 0)
        var webhook = Self.webhook(&cluster)
        webhook.hasMatchConditions = true
        Self.add(&cluster, webhook)
        let snapshot = cluster.collect()
        #expect(Self.value(snapshot, "blocks_pods") == nil)
        #expect(Self.value(snapshot, "blocks_itself") == nil)
        #expect(snapshot.objects("webhook-blocks-pods") == [])
        #expect(snapshot.objects("webhook-blocks-itself") == [])
        #expect(snapshot.objects("webhook-no-endpoints") == ["ValidatingWebhookConfiguration /guard"])
        webhook.failsClosed = false
        Self.add(&cluster, webhook)
        #expect(Self.value(cluster.collect(), "blocks_pods", policy: "Ignore") == 0)
        webhook.failsClosed = true
        webhook.namespaceSelector = cluster.selector(["guarded": "yes"])
        Self.add(&cluster, webhook)
        #expect(Self.value(cluster.collect(), "blocks_pods") == 0)
    }
}
