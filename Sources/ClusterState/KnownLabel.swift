/// The labels whose keys the program knows. A label is read by one of these or by a key that a selector or a flag names, so
/// that a redacted capture, which keeps these and those, keeps all labels that anything is computed from.
package enum KnownLabel: String, CaseIterable, Sendable {
    // Where nodes and volumes are, and which role a node has.
    case zone = "topology.kubernetes.io/zone"
    case region = "topology.kubernetes.io/region"
    case betaZone = "failure-domain.beta.kubernetes.io/zone"
    case betaRegion = "failure-domain.beta.kubernetes.io/region"
    case hostname = "kubernetes.io/hostname"
    case controlPlaneRole = "node-role.kubernetes.io/control-plane"
    case masterRole = "node-role.kubernetes.io/master"
    /// What MicroK8s has instead of the role (microk8s-resources/default-args/kubelet).
    case microK8sControlPlane = "node.kubernetes.io/microk8s-controlplane"
    case etcdRole = "node-role.kubernetes.io/etcd"
    // Which pods are the control plane's, and which leases its instances.
    case component, tier
    case k8sApp = "k8s-app"
    case apiServerIdentity = "apiserver.kubernetes.io/identity"
    case peerAdvertiseAddress = "kubernetes.io/peer-advertise-address"
    // What belongs together.
    case serviceName = "kubernetes.io/service-name"
    case controllerRevisionHash = "controller-revision-hash"
    case podTemplateHash = "pod-template-hash"
    case namespaceName = "kubernetes.io/metadata.name"
    /// Which application a workload is part of, unless `--application-label` names another label.
    case partOf = "app.kubernetes.io/part-of"
    case appName = "app.kubernetes.io/name"
    case appInstance = "app.kubernetes.io/instance"
    case appComponent = "app.kubernetes.io/component"
    // What charts of Ingress controllers label their pods with.
    case app, run, istio, application
    case openShiftIngressController = "ingresscontroller.operator.openshift.io/deployment-ingresscontroller"
    // What controllers of the Gateway API label the proxies of a Gateway with.
    case gatewayName = "gateway.networking.k8s.io/gateway-name"
    case envoyGatewayName = "gateway.envoyproxy.io/owning-gateway-name"
    case envoyGatewayNamespace = "gateway.envoyproxy.io/owning-gateway-namespace"
}

extension Interner {
    /// The id of the label's key; nil where no object of the cluster has it.
    package func find(_ label: KnownLabel) -> StringID? { find(label.rawValue) }

    /// The value of a label; nil where the set does not have it.
    package func label(_ label: KnownLabel, in id: LabelsID) -> StringID? {
        find(label).flatMap { self.label($0, in: id) }
    }
}
