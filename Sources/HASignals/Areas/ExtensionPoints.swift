import ClusterState
package import Exposition

/// Area 16: webhooks, aggregated APIs and autoscalers: do they work, and what would their failure block?
package enum ExtensionPoints: Area {
    package static let name = AreaName.extensionPoints

    static let apiServiceLabels = LabelNames(["apiservice"])
    static let autoscalerLabels = LabelNames(["namespace", "horizontalpodautoscaler"])
    static let webhookLabels = LabelNames(["webhook_type", "configuration", "webhook", "failure_policy"])

    static let endpoints = Family(
        "kube_ha_admission_webhook_endpoints_ready",
        .gauge,
        labels: webhookLabels,
        sources: ["webhookconfigurations*", "services", "endpointslices"],
        help: "Ready endpoints of the webhook's Service; absent for a webhook that is called by URL."
    )
    static let blocksPods = Family(
        "kube_ha_admission_webhook_blocks_pods",
        .gauge,
        labels: webhookLabels,
        sources: ["webhookconfigurations*", "namespaces"],
        help: "1 where pods cannot be created while the webhook does not answer."
    )
    static let blocksItself = Family(
        "kube_ha_admission_webhook_blocks_itself",
        .gauge,
        labels: webhookLabels,
        sources: ["webhookconfigurations*", "namespaces"],
        help: "1 where pods cannot be created in the namespace of the webhook's own Service while it does not answer."
    )
    static let authorityExpiry = Family(
        "kube_ha_admission_webhook_ca_expiry_timestamp_seconds",
        .gauge,
        labels: webhookLabels,
        sources: ["webhookconfigurations*"],
        help: "Latest notAfter of the certificates in the webhook's caBundle."
    )
    static let apiServiceAvailable = Family(
        "kube_ha_apiservice_available",
        .gauge,
        labels: apiServiceLabels,
        sources: ["apiservices"],
        help: "1 where an aggregated API is Available."
    )
    static let minReplicas = Family(
        "kube_ha_hpa_min_replicas",
        .gauge,
        labels: autoscalerLabels,
        sources: ["horizontalpodautoscalers"],
        help: "minReplicas of the autoscaler."
    )
    static let maxReplicas = Family(
        "kube_ha_hpa_max_replicas",
        .gauge,
        labels: autoscalerLabels,
        sources: ["horizontalpodautoscalers"],
        help: "maxReplicas of the autoscaler."
    )
    static let atMax = Family(
        "kube_ha_hpa_at_max",
        .gauge,
        labels: autoscalerLabels,
        sources: ["horizontalpodautoscalers"],
        help: "1 where currentReplicas reach maxReplicas."
    )
    static let scalingActive = Family(
        "kube_ha_hpa_scaling_active",
        .gauge,
        labels: autoscalerLabels,
        sources: ["horizontalpodautoscalers"],
        help: "1 where the autoscaler can work out a number of replicas; absent while its target is scaled to 0."
    )

    package static let families: [any AnyFamily] = [
        endpoints, blocksPods, blocksItself, authorityExpiry, apiServiceAvailable, minReplicas, maxReplicas, atMax,
        scalingActive,
    ]

    package static func collect(_ context: CollectionContext, into output: inout SignalOutput) {
        var webhooks = WebhookReach(context)
        add(context.state.validatingWebhookConfigurations, &webhooks, context, &output)
        add(context.state.mutatingWebhookConfigurations, &webhooks, context, &output)
        addAPIServices(context, &output)
        addAutoscalers(context, &output)
    }

    private static func add<Configuration: WebhookConfiguration>(
        _ table: Table<Configuration>,
        _ reach: inout WebhookReach,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        guard context.isOK(Configuration.source) else { return }
        for configuration in table.all {
            var seen: Set<StringID> = []
            var evaluated: [EvaluatedWebhook] = []
            // Names are unique within a configuration; if a recording has the same name twice, the first one counts.
            for webhook in configuration.webhooks where seen.insert(webhook.name).inserted {
                let facts = EvaluatedWebhook(webhook, &reach, context)
                evaluated.append(facts)
                addSamples(facts, configuration, context, &output.sink)
            }
            evaluate(evaluated, configuration, context, &output)
        }
    }

    private static func addSamples<Configuration: WebhookConfiguration>(
        _ facts: EvaluatedWebhook,
        _ configuration: Configuration,
        _ context: CollectionContext,
        _ sink: inout Sink
    ) {
        let labels = sink.labels(
            webhookLabels,
            [
                Configuration.typeName, context.text(configuration.meta.name), facts.name,
                facts.webhook.failsClosed ? "Fail" : "Ignore",
            ]
        )
        if let count = facts.endpoints { sink.add(endpoints, labels, count) }
        if let blocks = facts.blocksPods { sink.add(blocksPods, labels, blocks) }
        if let blocks = facts.blocksItself { sink.add(blocksItself, labels, blocks) }
        if let expiry = facts.webhook.authorityExpiry { sink.add(authorityExpiry, labels, expiry.seconds) }
    }

    private static func addAPIServices(_ context: CollectionContext, _ output: inout SignalOutput) {
        guard context.isOK(.apiservices) else { return }
        for service in context.state.apiServices.all where service.hasService {
            output.sink.add(
                apiServiceAvailable,
                output.sink.labels(apiServiceLabels, [context.text(service.meta.name)]),
                service.available == .isTrue
            )
            evaluate(service, context, &output)
        }
    }

    private static func addAutoscalers(_ context: CollectionContext, _ output: inout SignalOutput) {
        guard context.isOK(.horizontalpodautoscalers) else { return }
        context.state.horizontalPodAutoscalers.forEach { _, autoscaler in
            let labels = context.labels(autoscalerLabels, autoscaler.meta, &output.sink)
            output.sink.add(minReplicas, labels, Int(autoscaler.minReplicas))
            output.sink.add(maxReplicas, labels, Int(autoscaler.maxReplicas))
            output.sink.add(atMax, labels, autoscaler.isAtMax)
            if let isActive = autoscaler.isScaling { output.sink.add(scalingActive, labels, isActive) }
            evaluate(autoscaler, context, &output)
        }
    }
}

extension HorizontalPodAutoscaler {
    /// Its current replicas reach the most it may set.
    var isAtMax: Bool { currentReplicas >= maxReplicas }

    /// Whether it can work out a number of replicas; nil where it does not say, or has nothing to scale.
    var isScaling: Bool? {
        guard !isScalingDisabled else { return nil }
        switch scalingActive {
        case .isTrue: return true
        case .isFalse: return false
        case .unknown, .absent: return nil
        }
    }
}
