import ClusterState

extension Ingresses {
    static let backendUnavailable = Rule(
        "ingress-backend-unavailable",
        .warning,
        needs: [.one(.ingresses), .services, .endpointSlices],
        keepFiringFor: .minutes(5),
        summary: "An Ingress sends requests to a Service that does not exist or has no ready endpoint.",
        remedy:
            "Correct the backend's name, or make its pods ready; remove the path from the Ingress if it is not needed."
    )
    static let classMissing = Rule(
        "ingress-class-missing",
        .warning,
        needs: [.one(.ingresses), .one(.ingressclasses)],
        summary: "An Ingress names an IngressClass that does not exist, so no controller serves it.",
        remedy: "Set spec.ingressClassName to a class that kubectl get ingressclass lists, or mark one of them default."
    )
    static let defaultsSeveral = Rule(
        "ingress-default-class-several",
        .info,
        needs: [.one(.ingressclasses)],
        summary: "Several IngressClasses are marked default: an Ingress without a class may get any of them.",
        remedy: "Remove the annotation ingressclass.kubernetes.io/is-default-class from all but one."
    )
    static let controllerSingle = Rule(
        "ingress-controller-single",
        .warning,
        needs: [.one(.ingresses), .one(.ingressclasses), .workloads, .pods, .nodes],
        summary:
            "The controller of an IngressClass in use has one healthy pod: its loss interrupts all traffic of the class.",
        remedy:
            "Scale the controller to two or more replicas, spread over nodes and zones, and check the pods that are not Ready."
    )
    static let gatewayNotProgrammed = Rule(
        "gateway-not-programmed",
        .warning,
        needs: [.one(.gateways)],
        summary: "A Gateway or one of its listeners is not programmed: its traffic is not served.",
        remedy:
            "Read the conditions of the Gateway and its listeners (kubectl describe gateway); check its class's controller and the address and ports that it requests."
    )
    static let routeNotAccepted = Rule(
        "httproute-not-accepted",
        .warning,
        needs: [.one(.httproutes), .one(.gateways)],
        summary: "No Gateway accepts an HTTPRoute, so it gets no requests.",
        remedy: "Compare its parentRefs with the existing Gateways, their listeners, hostnames and allowedRoutes."
    )
    static let routeBackendUnavailable = Rule(
        "httproute-backend-unavailable",
        .warning,
        needs: [.one(.httproutes), .services, .endpointSlices],
        keepFiringFor: .minutes(5),
        summary: "An HTTPRoute sends requests to a Service that does not exist or has no ready endpoint.",
        remedy: "Correct the backendRef, or make its pods ready; set the weight of an unused backend to 0."
    )
    static let routeUnresolved = Rule(
        "httproute-refs-unresolved",
        .warning,
        needs: [.one(.httproutes), .one(.gateways), .services, .endpointSlices],
        summary: "A Gateway cannot resolve an HTTPRoute's references, although each Service exists and has endpoints.",
        remedy:
            "Read the condition ResolvedRefs: most often a ReferenceGrant for another namespace is missing, or the port is wrong."
    )

    package static let rules = [
        backendUnavailable, classMissing, defaultsSeveral, controllerSingle, gatewayNotProgrammed, routeNotAccepted,
        routeBackendUnavailable, routeUnresolved,
    ]

    static func evaluate(
        _ row: Ingress,
        _ facts: inout BackendFacts,
        _ known: IngressClasses,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        guard !context.isBeingDeleted(row.meta) else { return }
        let object = context.object("Ingress", row.meta)
        let ignored = row.meta.ignoredRules
        if output.isEvaluated(backendUnavailable) {
            let problems = facts.problems(row.serviceKeys, in: row.meta.namespace)
            if !problems.isEmpty {
                output.raise(backendUnavailable, object, ignored: ignored, problems.joined(separator: "; "))
            }
        }
        guard output.isEvaluated(classMissing), !known.exists(for: row) else { return }
        if row.ingressClass.isEmpty || row.isClassFromAnnotation {
            // Controllers older than IngressClass (and GKE's to this day) take Ingresses by the annotation, or those
            // without any: an address shows that one did.
            if row.hasLoadBalancerAddress { return }
        }
        output.raise(
            classMissing,
            object,
            ignored: ignored,
            row.ingressClass.isEmpty
                ? "it names no class, and none is the default"
                : "IngressClass \(context.text(row.ingressClass)) does not exist"
        )
    }

    static func evaluateDefaults(_ known: IngressClasses, _ context: CollectionContext, _ output: inout SignalOutput) {
        guard known.defaults.count > 1 else { return }
        let names = known.defaults.map(context.text).sorted().joined(separator: ", ")
        output.raise(defaultsSeveral, .cluster, "\(known.defaults.count) default classes: \(names)")
    }

    static func evaluateController(
        _ row: IngressClass,
        _ workloads: [Int],
        _ spread: Spread,
        isUsed: Bool,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        // On a single usable node a second replica would not help.
        guard isUsed, spread.healthy == 1, context.index.nodes.count(where: { $0.isUsable }) > 1 else { return }
        let names = workloads.map { context.object(context.index.workloads[$0]) }
            .map { "\($0.kind) \($0.namespace)/\($0.name)" }
        output.raise(
            controllerSingle,
            context.object("IngressClass", row.meta),
            ignored: row.meta.ignoredRules,
            "one healthy pod of \(names.sorted().joined(separator: ", "))"
        )
    }

    static func evaluateGateway(_ row: Gateway, _ context: CollectionContext, _ output: inout SignalOutput) {
        guard !row.isProgrammed, !context.isBeingDeleted(row.meta) else { return }
        let reason = row.programmedReason.isEmpty ? "" : " (\(context.text(row.programmedReason)))"
        let message =
            switch row.programmed {
            case .absent: "no controller has written the condition Programmed"
            case .isFalse: "Programmed is False\(reason)"
            case .unknown: "Programmed is Unknown\(reason)"
            case .isTrue where row.programmedGeneration >= row.meta.generation:
                "Programmed is False of listener \(row.failedListeners.map(context.text).sorted().joined(separator: ", "))"
            case .isTrue:
                "Programmed is True for generation \(row.programmedGeneration), not for \(row.meta.generation)"
            }
        output.raise(
            gatewayNotProgrammed,
            context.object("Gateway", row.meta),
            ignored: row.meta.ignoredRules,
            message
        )
    }

    static func evaluateRoute(
        _ row: HTTPRoute,
        _ attachment: RouteAttachment,
        _ facts: inout BackendFacts,
        _ context: CollectionContext,
        _ output: inout SignalOutput
    ) {
        guard !context.isBeingDeleted(row.meta) else { return }
        let object = context.object("HTTPRoute", row.meta)
        let ignored = row.meta.ignoredRules
        // A route without parents is a draft: no Gateway is to accept it.
        if !attachment.isAccepted, !row.parents.isEmpty {
            let missing = attachment.missing.map { "\(context.text($0.namespace))/\(context.text($0.name))" }
            output.raise(
                routeNotAccepted,
                object,
                ignored: ignored,
                missing.count == row.parents.count
                    ? "Gateway \(missing.sorted().joined(separator: ", ")) does not exist"
                    : "no parent accepts generation \(row.meta.generation)"
            )
        }
        guard output.isEvaluated(routeBackendUnavailable) else { return }
        let problems = facts.problems(row.serviceKeys, in: row.meta.namespace)
        if !problems.isEmpty {
            output.raise(routeBackendUnavailable, object, ignored: ignored, problems.joined(separator: "; "))
        } else if attachment.isAccepted, !attachment.areReferencesResolved {
            output.raise(
                routeUnresolved,
                object,
                ignored: ignored,
                "ResolvedRefs is not True under every parent that accepts the route"
            )
        }
    }
}
