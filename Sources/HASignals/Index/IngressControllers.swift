import ClusterState

/// Finds the workloads that serve an IngressClass, by the labels that the controllers' own charts and manifests set.
struct IngressControllers {
    private struct Label {
        var key: KnownLabel
        var value: String
    }

    /// `spec.controller` of the usual controllers, without what follows a further slash, and the labels of their pods.
    private static let usualLabels: [String: [Label]] = [
        "k8s.io/ingress-nginx": [Label(key: .appName, value: "ingress-nginx")],
        "nginx.org/ingress-controller": [
            Label(key: .appName, value: "nginx-ingress"), Label(key: .app, value: "nginx-ingress"),
        ],
        "traefik.io/ingress-controller": [
            Label(key: .appName, value: "traefik"), Label(key: .app, value: "traefik"),
        ],
        "haproxy.org/ingress-controller": [
            Label(key: .appName, value: "kubernetes-ingress"),
            Label(key: .run, value: "haproxy-ingress"),
        ],
        "haproxy-ingress.github.io/controller": [Label(key: .appName, value: "haproxy-ingress")],
        "ingress-controllers.konghq.com/kong": [Label(key: .appName, value: "kong")],
        "projectcontour.io/projectcontour": [
            Label(key: .appName, value: "contour"), Label(key: .app, value: "envoy"),
        ],
        "ingress.k8s.aws/alb": [Label(key: .appName, value: "aws-load-balancer-controller")],
        "istio.io/ingress-controller": [Label(key: .istio, value: "ingressgateway")],
        "skipper.zalando.org/ingress": [Label(key: .application, value: "skipper-ingress")],
        "openshift.io/ingress-to-route": [
            Label(key: .openShiftIngressController, value: "default")
        ],
    ]

    /// Controllers that set up a load balancer or proxy elsewhere and carry no traffic themselves: without their pods only
    /// changes are not applied. AWS Load Balancer Controller and EKS Auto Mode, GKE, Azure Application Gateway, Alibaba
    /// Cloud ALB, Oracle Cloud, ngrok, VMware Avi. Recognized by what stands before the first slash, since the rest
    /// names one of several classes.
    private static let outsideDataPath: Set<String> = [
        "ingress.k8s.aws", "eks.amazonaws.com", "networking.gke.io", "cloud.google.com", "azure",
        "ingress.k8s.alibabacloud", "oci.oraclecloud.com", "k8s.ngrok.com", "ako.vmware.com",
    ]

    private let context: CollectionContext

    init(_ context: CollectionContext) {
        self.context = context
    }

    /// Positions of the workloads that serve the class; empty where that is not known.
    func workloads(of row: IngressClass) -> [Int] {
        let interner = context.state.interner
        // A chart gives its IngressClass the labels of its pods.
        if let key = interner.find(.appName), let name = interner.label(key, in: row.meta.labels) {
            let instance = interner.label(.appInstance, in: row.meta.labels)
            let own = matching { labels in
                guard interner.label(key, in: labels) == name, isController(labels) else { return false }
                guard let instance, let other = interner.label(.appInstance, in: labels) else {
                    return true
                }
                return instance == other
            }
            if !own.isEmpty { return own }
        }
        let controller = context.text(row.controller)
        let parts = controller.split(separator: "/").prefix(2).joined(separator: "/")
        for label in Self.usualLabels[controller] ?? Self.usualLabels[parts] ?? [] {
            guard let key = interner.find(label.key), let value = interner.find(label.value) else { continue }
            let own = matching { interner.label(key, in: $0) == value && isController($0) }
            if !own.isEmpty { return own }
        }
        return []
    }

    /// Whether the pods of the class's controller carry the requests themselves.
    func carriesTraffic(_ row: IngressClass) -> Bool {
        let controller = context.text(row.controller)
        let owner = controller.split(separator: "/").first.map(String.init) ?? ""
        return !Self.outsideDataPath.contains(owner) && controller != "k8s.io/ingress-gce"
    }

    /// Of a chart's parts, the one that takes the requests: not its default backend, its database or its jobs.
    private func isController(_ labels: LabelsID) -> Bool {
        let interner = context.state.interner
        guard let part = interner.label(.appComponent, in: labels) else { return true }
        let name = context.text(part)
        return ["controller", "ingress-controller", "app", "proxy", "envoy"].contains(name)
    }

    private func matching(_ isWanted: (LabelsID) -> Bool) -> [Int] {
        let workloads = context.index.workloads
        return workloads.indices.filter { workloads[$0].templateLabels.map(isWanted) ?? false }
    }
}
