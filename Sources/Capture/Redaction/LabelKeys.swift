/// The keys of labels that something reads.
///
/// Which these are is known only when every selector has been seen, so labels are filtered in a second pass: in the
/// first all are kept, and the keys that selectors name are collected.
struct LabelKeys {
    /// What the exporter reads by itself. A label that a signal reads and that is missing here makes a redacted recording
    /// differ from what it was made of: a test compares them on the fixtures, and `.ci/label-keys.py` looks for keys in
    /// the sources that no fixture has.
    static let alwaysRead: Set<String> = [
        // Where nodes are.
        "topology.kubernetes.io/zone", "topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone",
        "failure-domain.beta.kubernetes.io/region", "kubernetes.io/hostname",
        // Which pods are the control plane's, and which leases its instances.
        "component", "tier", "k8s-app", "apiserver.kubernetes.io/identity", "kubernetes.io/peer-advertise-address",
        // What belongs together.
        "kubernetes.io/service-name", "controller-revision-hash", "pod-template-hash", "kubernetes.io/metadata.name",
        // Which application a workload is part of, unless --application-label names another label.
        "app.kubernetes.io/part-of",
        // Which workload is the controller of an IngressClass.
        "app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/component", "app", "run", "istio",
        "application", "ingresscontroller.operator.openshift.io/deployment-ingresscontroller",
    ]

    /// Labels that tell a node's role.
    private static let rolePrefix = "node-role.kubernetes.io/"

    private var keys = alwaysRead
    /// Whether every selector has been seen.
    var isComplete = false

    /// Notes a key that a selector names.
    mutating func note(_ key: String) {
        keys.insert(key)
    }

    /// Whether labels with the key are kept.
    func keeps(_ key: String) -> Bool {
        !isComplete || keys.contains(key) || key.hasPrefix(Self.rolePrefix)
    }
}
