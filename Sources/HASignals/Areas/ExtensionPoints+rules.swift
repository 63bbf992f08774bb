import ClusterState

extension ExtensionPoints {
    static let podsBlocked = Rule(
        "webhook-blocks-pods",
        .critical,
        needs: [.webhookConfigurations, .services, .endpointSlices, .namespaces],
        for: .minutes(5),
        summary: "A fail-closed webhook on the creation of pods has no ready endpoint: no pod can be created.",
        remedy:
            "Make the webhook's pods ready; if they cannot be created either, set its failurePolicy to Ignore or delete the configuration until they run."
    )
    static let withoutEndpoints = Rule(
        "webhook-no-endpoints",
        .warning,
        needs: [.webhookConfigurations, .services, .endpointSlices],
        keepFiringFor: .minutes(5),
        summary: "An admission webhook has no ready endpoint: requests that match it are refused, or pass unchecked.",
        remedy: "Make the pods of its Service ready, or delete the configuration if nothing serves it any more."
    )
    static let itselfBlocked = Rule(
        "webhook-blocks-itself",
        .warning,
        needs: [.webhookConfigurations, .namespaces],
        summary: "A fail-closed webhook is called for its own pods: once it is down, they cannot be recreated.",
        remedy: "Exclude its own namespace with namespaceSelector (kubernetes.io/metadata.name NotIn)."
    )
    static let singleEndpoint = Rule(
        "webhook-single-endpoint",
        .info,
        needs: [.webhookConfigurations, .services, .endpointSlices, .nodes],
        summary:
            "A fail-closed webhook has one ready endpoint: while that is replaced, requests that match it are refused.",
        remedy: "Run two replicas or more, spread over nodes, with a budget."
    )
    static let heartbeatsBlocked = Rule(
        "webhook-blocks-heartbeats",
        .warning,
        needs: [.webhookConfigurations, .namespaces, .nodes],
        summary:
            "A fail-closed webhook judges writes of nodes or of the leases that keep them and the control plane alive.",
        remedy:
            "Narrow its rules, or leave kube-system and kube-node-lease out by its namespaceSelector: while it is down, nodes turn NotReady."
    )
    static let slow = Rule(
        "webhook-slow",
        .info,
        needs: [.webhookConfigurations],
        summary: "A fail-closed webhook may keep each request waiting for more than 15 s before it is refused.",
        remedy: "Set timeoutSeconds to 10 or less: clients and controllers give up sooner than the webhook."
    )
    static let authorityExpiring = Rule(
        "webhook-ca-expiring",
        .warning,
        needs: [.webhookConfigurations],
        summary: "All certificates in a webhook's caBundle expire within 7 days: then no call to it succeeds.",
        remedy:
            "Renew the authority and the webhook's certificate, and put the new one into caBundle (cert-manager's cainjector does it by itself)."
    )
    static let apiServiceDown = Rule(
        "apiservice-unavailable",
        .warning,
        needs: [.apiServices],
        keepFiringFor: .minutes(5),
        summary:
            "An aggregated API is not available: its resources cannot be read, and the deletion of namespaces hangs.",
        remedy: "Make the pods of its Service ready, or delete the APIService if nothing serves it any more."
    )
    static let autoscalerAtMax = Rule(
        "hpa-at-max",
        .warning,
        needs: [.autoscalers],
        keepFiringFor: .minutes(5),
        summary: "An autoscaler is at its maximum: it cannot compensate for more load or the loss of a zone.",
        remedy: "Raise maxReplicas, and make sure that the nodes or their autoscaler have room."
    )
    static let autoscalerBlind = Rule(
        "hpa-blind",
        .warning,
        needs: [.autoscalers],
        summary: "An autoscaler cannot compute a number of replicas: it does not react to load.",
        remedy:
            "Read its conditions (kubectl describe hpa): most often the metrics API is missing or the pods have no requests."
    )
    static let autoscalerStuck = Rule(
        "hpa-unable-to-scale",
        .warning,
        needs: [.autoscalers],
        summary: "An autoscaler cannot read or set the scale of its target.",
        remedy: "Check that its scaleTargetRef exists and has a scale subresource, and the controller's rights."
    )
    static let autoscalerFixed = Rule(
        "hpa-fixed",
        .info,
        needs: [.autoscalers],
        summary: "minReplicas and maxReplicas of an autoscaler are equal: it cannot scale.",
        remedy: "Raise maxReplicas, or delete the autoscaler and set replicas."
    )

    package static let rules = [
        podsBlocked, withoutEndpoints, itselfBlocked, singleEndpoint, authorityExpiring, apiServiceDown,
        autoscalerAtMax, autoscalerBlind, autoscalerStuck, autoscalerFixed, heartbeatsBlocked, slow,
    ]

    /// One finding a rule and configuration, which names the webhooks: a configuration may have dozens of them, all on
    /// one Service.
    static func evaluate<Configuration: WebhookConfiguration>(
        _ webhooks: [EvaluatedWebhook],
        _ configuration: Configuration,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        let object = context.object(Configuration.kindName, configuration.meta)
        let ignored = configuration.meta.ignoredRules
        let dead = webhooks.filter { $0.endpoints == 0 }
        // One finding for each cause: the lesser rule is raised only where the more severe one is disabled.
        let isBlockingEvaluated = output.isEvaluated(podsBlocked)
        let blocking = dead.filter { isBlockingEvaluated && $0.blocksPods == true }
        if !blocking.isEmpty {
            output.raise(
                podsBlocked,
                object,
                ignored: ignored,
                "no ready endpoint, and pods cannot be created without an answer: \(list(blocking))"
            )
        }
        let others = dead.filter { !isBlockingEvaluated || $0.blocksPods != true }
        if !others.isEmpty {
            let closed = others.count { $0.webhook.failsClosed }
            let effect =
                closed == 0
                ? "matching requests pass unchecked"
                : closed == others.count ? "matching requests are refused" : "\(closed) of \(others.count) fail closed"
            output.raise(
                withoutEndpoints,
                object,
                ignored: ignored,
                "no ready endpoint, \(effect): \(list(others))"
            )
        }
        let selfBlocking = webhooks.filter { $0.blocksItself == true && $0.selectsOwnPods }
        if !selfBlocking.isEmpty {
            output.raise(itselfBlocked, object, ignored: ignored, "is called for its own pods: \(list(selfBlocking))")
        }
        let single = webhooks.filter { $0.endpoints == 1 && $0.webhook.failsClosed }
        // On one node a second endpoint would be lost with the first.
        if !single.isEmpty && context.index.nodes.count(where: \.isUsable) > 1 {
            output.raise(singleEndpoint, object, ignored: ignored, "one ready endpoint: \(list(single))")
        }
        let blind = webhooks.filter { $0.blocksHeartbeats }
        if !blind.isEmpty {
            output.raise(
                heartbeatsBlocked,
                object,
                ignored: ignored,
                "fails closed on writes of nodes or of their or the control plane's leases: \(list(blind))"
            )
        }
        let slowOnes = webhooks.filter { $0.webhook.failsClosed && $0.webhook.timeoutSeconds > 15 }
        if let longest = slowOnes.map(\.webhook.timeoutSeconds).max() {
            output.raise(slow, object, ignored: ignored, "waits up to \(longest) s and fails closed: \(list(slowOnes))")
        }
        evaluateAuthorities(webhooks, object, ignored, context, &output)
    }

    private static func evaluateAuthorities(
        _ webhooks: [EvaluatedWebhook],
        _ object: FindingObject,
        _ ignored: StringID,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        let expiring = webhooks.filter { webhook in
            webhook.webhook.authorityExpiry.map { $0.seconds - context.now.seconds < 7 * 86_400 } ?? false
        }
        guard let first = expiring.compactMap(\.webhook.authorityExpiry).min() else { return }
        let left = first.seconds - context.now.seconds
        let when = left <= 0 ? "has expired" : "expires in \(Int64(clamping: left / 3_600)) h"
        output.raise(authorityExpiring, object, ignored: ignored, "its caBundle \(when): \(list(expiring))")
    }

    /// `a.example.com (shop/stuck)`, at most three of them.
    private static func list(_ webhooks: [EvaluatedWebhook]) -> String {
        let named = webhooks.prefix(3)
            .map { webhook in
                webhook.service.map { "\(webhook.name) (\($0))" } ?? webhook.name
            }
        let rest = webhooks.count - named.count
        return named.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }

    static func evaluate(_ service: APIService, _ context: CollectionContext, _ output: inout SignalOutput) {
        guard service.available != .isTrue else { return }
        let reason = context.text(service.reason)
        output.raise(
            apiServiceDown,
            context.object("APIService", service.meta),
            ignored: service.meta.ignoredRules,
            "served by \(context.text(service.serviceNamespace))/\(context.text(service.serviceName)), not Available"
                + (reason.isEmpty ? "" : " (\(reason))")
        )
    }

    static func evaluate(
        _ autoscaler: HorizontalPodAutoscaler,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        let object = context.object("HorizontalPodAutoscaler", autoscaler.meta)
        let ignored = autoscaler.meta.ignoredRules
        let target = "\(context.text(autoscaler.targetKind)) \(context.text(autoscaler.targetName))"
        if autoscaler.maxReplicas == autoscaler.minReplicas {
            output.raise(
                autoscalerFixed,
                object,
                ignored: ignored,
                "minReplicas and maxReplicas are both \(autoscaler.maxReplicas)"
            )
        } else if autoscaler.isAtMax && autoscaler.maxReplicas > autoscaler.minReplicas {
            output.raise(
                autoscalerAtMax,
                object,
                ignored: ignored,
                "\(target) is at \(autoscaler.currentReplicas) of at most \(autoscaler.maxReplicas) replicas"
            )
        }
        if autoscaler.isScaling == false {
            output.raise(
                autoscalerBlind,
                object,
                ignored: ignored,
                "cannot compute the number of replicas of \(target)"
            )
        }
        if autoscaler.ableToScale == .isFalse {
            output.raise(autoscalerStuck, object, ignored: ignored, "cannot read or set the scale of \(target)")
        }
    }
}
