import ClusterState
import Exposition
import HASignals
import Testing

struct AccessControlTests {
    /// A cluster in which one user is bound, cluster-wide or in namespace `shop`, to a role of these rules.
    static func cluster(_ rules: [PolicyRule], clusterWide: Bool = true) -> ClusterBuilder {
        var cluster = ClusterBuilder()
        cluster.clusterRole("role", rules)
        bind(&cluster, "User", "ann", to: "role", namespace: clusterWide ? nil : "shop")
        return cluster
    }

    static func bind(
        _ cluster: inout ClusterBuilder,
        _ kind: String,
        _ name: String,
        in subjectNamespace: String = "",
        to role: String,
        isClusterRole: Bool = true,
        namespace: String? = nil
    ) {
        var subject = Subject(
            kind: cluster.id(kind),
            namespace: cluster.id(subjectNamespace),
            name: cluster.id(name)
        )
        subject.resolveAccount(&cluster.state.interner)
        let reference = RoleReference(name: cluster.id(role), isClusterRole: isClusterRole)
        if let namespace {
            cluster.state.roleBindings.upsert(
                RoleBinding(
                    meta: cluster.meta("RoleBinding", namespace, "\(role)-\(kind)-\(subjectNamespace)-\(name)"),
                    role: reference,
                    subjects: [subject]
                )
            )
        } else {
            cluster.state.clusterRoleBindings.upsert(
                ClusterRoleBinding(
                    meta: cluster.meta("ClusterRoleBinding", "", "\(role)-\(kind)-\(subjectNamespace)-\(name)"),
                    role: reference,
                    subjects: [subject]
                )
            )
        }
    }

    /// The capabilities that somebody holds.
    static func capabilities(_ cluster: ClusterBuilder) -> [String] {
        cluster.collect().table.samples(of: "kube_ha_rbac_disruptive_subjects")
            .filter { $0.value > 0 }.compactMap { $0["capability"] }.sorted()
    }

    static func admins(_ cluster: ClusterBuilder) -> Double {
        cluster.collect().table.samples(of: "kube_ha_rbac_cluster_admin_subjects").map(\.value).reduce(0, +)
    }

    static let everything = PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"])

    @Test func eachCapabilityComesFromItsOwnRights() {
        func of(_ verbs: [String], _ group: String, _ resources: [String]) -> [String] {
            Self.capabilities(Self.cluster([PolicyRule(verbs: verbs, apiGroups: [group], resources: resources)]))
        }
        #expect(of(["delete"], "", ["nodes"]) == ["delete_nodes"])
        #expect(of(["deletecollection"], "", ["pods"]) == ["delete_pods"])
        #expect(of(["create"], "", ["pods/eviction"]) == ["evict_pods"])
        #expect(of(["delete"], "policy", ["poddisruptionbudgets"]) == ["delete_disruption_budgets"])
        for resource in ["deployments", "statefulsets", "daemonsets", "replicasets"] {
            #expect(of(["delete"], "apps", [resource]) == ["delete_workloads"])
        }
        #expect(of(["delete"], "", ["persistentvolumeclaims"]) == ["delete_volumes"])
        #expect(of(["delete"], "", ["persistentvolumes"]) == ["delete_volumes"])
        // Rights of another group, verb or resource are none of these.
        #expect(of(["delete"], "apps", ["pods"]) == [])
        #expect(of(["create"], "", ["pods"]) == [])
        #expect(of(["get", "list", "watch"], "", ["nodes", "pods"]) == [])
        #expect(of(["delete"], "", ["pods/eviction"]) == [])
        #expect(of(["delete"], "", ["deployments"]) == [])
    }

    /// To drain a node takes both: to cordon it, and to evict its pods.
    @Test func drainingTakesCordonAndEviction() {
        let cordon = PolicyRule(verbs: ["patch"], apiGroups: [""], resources: ["nodes"])
        let evict = PolicyRule(verbs: ["create"], apiGroups: [""], resources: ["pods/eviction"])
        #expect(Self.capabilities(Self.cluster([cordon])) == [])
        #expect(Self.capabilities(Self.cluster([cordon, evict])) == ["drain_nodes", "evict_pods"])
        // Rights add up over bindings: the same subject is the same (kind, namespace, name).
        var cluster = Self.cluster([cordon])
        cluster.state.roles.upsert(Role(meta: cluster.meta("Role", "shop", "evictor"), rules: [evict]))
        Self.bind(&cluster, "User", "ann", to: "evictor", isClusterRole: false, namespace: "shop")
        #expect(Self.capabilities(cluster) == ["drain_nodes", "evict_pods"])
    }

    /// ResourceMatches in pkg/apis/rbac/v1/evaluation_helpers.go: `*`, the exact resource, or `*/subresource`.
    @Test func starsMatchAsTheAPIServerMatchesThem() {
        func of(_ verbs: [String], _ groups: [String], _ resources: [String]) -> [String] {
            Self.capabilities(Self.cluster([PolicyRule(verbs: verbs, apiGroups: groups, resources: resources)]))
        }
        #expect(of(["*"], [""], ["pods"]) == ["delete_pods"])
        #expect(of(["delete"], ["*"], ["pods"]) == ["delete_pods"])
        for resource in ["pods/eviction", "*/eviction"] {
            #expect(of(["create"], [""], [resource]) == ["evict_pods"], "\(resource)")
        }
        for resource in ["pods/*", "*/*"] { #expect(of(["*"], ["*"], [resource]) == [], "\(resource)") }
        #expect(of(["create"], [""], ["*"]) == ["evict_pods"])
        #expect(of(["delete"], ["apps"], ["*"]) == ["delete_workloads"])
        #expect(
            of(["*"], ["*"], ["*"]) == [
                "delete_disruption_budgets", "delete_nodes", "delete_pods", "delete_volumes", "delete_workloads",
                "drain_nodes", "evict_pods",
            ]
        )
    }

    /// A request to create or to delete a collection names no object, so a rule about named ones does not allow it.
    @Test func resourceNamesCountExceptForCreateAndDeleteCollection() {
        func of(_ verb: String, _ resource: String) -> [String] {
            Self.capabilities(
                Self.cluster([
                    PolicyRule(verbs: [verb], apiGroups: [""], resources: [resource], resourceNames: ["one"])
                ])
            )
        }
        #expect(of("delete", "nodes") == ["delete_nodes"])
        #expect(of("deletecollection", "nodes") == [])
        #expect(of("create", "pods/eviction") == [])
        // `*` still has delete in it, but no more: nor is it every right.
        #expect(of("*", "*").contains("delete_nodes"))
        #expect(!of("*", "*").contains("evict_pods"))
        let named = PolicyRule(verbs: ["*"], apiGroups: ["*"], resources: ["*"], resourceNames: ["one"])
        #expect(Self.admins(Self.cluster([named])) == 0)
    }

    /// A rule of nonResourceURLs has no resources: it is about paths such as /metrics.
    @Test func nonResourceURLsGrantNothingHere() {
        let rule = PolicyRule(verbs: ["*"], apiGroups: [], resources: [])
        #expect(Self.capabilities(Self.cluster([rule])) == [])
        #expect(Self.admins(Self.cluster([rule])) == 0)
    }

    /// Nodes and volumes are in no namespace: a RoleBinding to cluster-admin gives no right on them, and makes no admin.
    @Test func roleBindingsGrantWithinTheirNamespaceOnly() {
        let cluster = Self.cluster([Self.everything], clusterWide: false)
        #expect(
            Self.capabilities(cluster) == [
                "delete_disruption_budgets", "delete_pods", "delete_volumes", "delete_workloads", "evict_pods",
            ]
        )
        #expect(Self.admins(cluster) == 0)
        let volumes = PolicyRule(verbs: ["delete"], apiGroups: [""], resources: ["persistentvolumes"])
        #expect(Self.capabilities(Self.cluster([volumes], clusterWide: false)) == [])
    }

    @Test func adminsAreThoseBoundToClusterAdminOrToEveryRight() {
        var cluster = Self.cluster([Self.everything])
        cluster.clusterRole("cluster-admin", [Self.everything])
        Self.bind(&cluster, "Group", "ops", to: "cluster-admin")
        Self.bind(&cluster, "ServiceAccount", "ci", in: "sandbox", to: "cluster-admin")
        let snapshot = cluster.collect()
        for kind in ["User", "Group", "ServiceAccount"] {
            #expect(snapshot.value("kube_ha_rbac_cluster_admin_subjects", ["subject_kind": kind]) == 1)
        }
        #expect(snapshot.objects("cluster-admins") == ["Group /ops", "ServiceAccount sandbox/ci", "User /ann"])
        // Of an admin one finding says it all.
        #expect(snapshot.objects("disruptive-subjects") == [])
    }

    /// A role that was deleted, or never made, grants nothing to whom it was given, cluster-admin included.
    @Test func bindingToAMissingRoleGrantsNothing() {
        var cluster = ClusterBuilder()
        Self.bind(&cluster, "User", "ann", to: "cluster-admin")
        Self.bind(&cluster, "User", "ann", to: "gone", isClusterRole: false, namespace: "shop")
        #expect(Self.capabilities(cluster) == [])
        #expect(Self.admins(cluster) == 0)
        // A Role of the same name in another namespace is not the one that is meant.
        cluster.state.roles.upsert(Role(meta: cluster.meta("Role", "other", "gone"), rules: [Self.everything]))
        #expect(Self.capabilities(cluster) == [])
    }

    /// What a ClusterRole aggregates the API server has written into its rules; they are taken as they stand there.
    @Test func aggregatedRolesAreTakenAsFilledIn() {
        let filledIn = Self.cluster([
            PolicyRule(verbs: ["get"], apiGroups: [""], resources: ["pods"]),
            PolicyRule(verbs: ["delete"], apiGroups: [""], resources: ["pods"]),
        ])
        #expect(Self.capabilities(filledIn) == ["delete_pods"])
    }

    @Test func theSystemsOwnSubjectsAreLeftOut() {
        var cluster = ClusterBuilder()
        cluster.clusterRole("cluster-admin", [Self.everything])
        Self.bind(&cluster, "Group", "system:masters", to: "cluster-admin")
        Self.bind(&cluster, "User", "system:kube-controller-manager", to: "cluster-admin")
        Self.bind(&cluster, "Group", "kubeadm:cluster-admins", to: "cluster-admin")
        Self.bind(&cluster, "ServiceAccount", "operator", in: "kube-system", to: "cluster-admin")
        #expect(Self.admins(cluster) == 0)
        #expect(Self.capabilities(cluster) == [])
    }

    /// Two subjects of one name are two if kind or namespace differ, and one if they do not.
    @Test func subjectsAreToldByKindNamespaceAndName() {
        var cluster = Self.cluster([PolicyRule(verbs: ["delete"], apiGroups: [""], resources: ["pods"])])
        Self.bind(&cluster, "User", "ann", to: "role", namespace: "shop")
        Self.bind(&cluster, "Group", "ann", to: "role")
        Self.bind(&cluster, "ServiceAccount", "ann", in: "a", to: "role")
        Self.bind(&cluster, "ServiceAccount", "ann", in: "b", to: "role")
        let snapshot = cluster.collect()
        #expect(snapshot.value("kube_ha_rbac_disruptive_subjects", ["capability": "delete_pods"]) == 4)
    }

    @Test func subjectsThatTheOperatorNamesAreLeftOut() {
        var cluster = Self.cluster([Self.everything])
        Self.bind(&cluster, "ServiceAccount", "argocd", in: "gitops", to: "role")
        cluster.settings.ignoredSubjects = ["gitops/*"]
        #expect(cluster.collect().objects("cluster-admins") == ["User /ann"])
        cluster.settings.ignoredSubjects = ["gitops/argocd", "ann"]
        #expect(cluster.collect().objects("cluster-admins") == [])
    }

    @Test func findingsTellWhatAndWhere() {
        let delete = PolicyRule(verbs: ["delete"], apiGroups: [""], resources: ["pods"])
        #expect(Self.cluster([delete]).collect().message("disruptive-subjects") == "may delete pods everywhere")
        #expect(
            Self.cluster([delete], clusterWide: false).collect().message("disruptive-subjects")
                == "may delete pods in some namespaces"
        )
    }

    /// Without roles only cluster admins can be told; who is disruptive somewhere is unknown, not zero.
    @Test func withoutRolesDisruptiveSubjectsAreUnknown() {
        var cluster = Self.cluster([Self.everything])
        cluster.state.sources[.rolebindings] = SourceStatus(state: .forbidden)
        let snapshot = cluster.collect()
        #expect(snapshot.table.samples(of: "kube_ha_rbac_disruptive_subjects").isEmpty)
        #expect(!snapshot.isEvaluated("disruptive-subjects"))
        #expect(snapshot.value("kube_ha_rbac_cluster_admin_subjects", ["subject_kind": "User"]) == 1)
    }

    // MARK: Rights given to anybody

    private static let anybody = "rbac-open-to-anybody"
    private static let delete = PolicyRule(verbs: ["delete"], apiGroups: [""], resources: ["pods"])

    /// Groups that everybody is in are not the system's own subjects (user-facing groups of
    /// apiserver/pkg/authentication/user/user.go): a right given to them is given to anybody.
    @Test(
        arguments: [
            ("Group", "system:authenticated"), ("Group", "system:unauthenticated"), ("Group", "system:serviceaccounts"),
            ("Group", "system:serviceaccounts:shop"), ("User", "system:anonymous"),
        ]
    )
    func rightsGivenToAnybody(_ kind: String, _ name: String) {
        var cluster = ClusterBuilder()
        cluster.clusterRole("cluster-admin", [Self.everything])
        cluster.clusterRole("deleter", [Self.delete])
        Self.bind(&cluster, kind, name, to: "deleter")
        #expect(cluster.collect().objects(Self.anybody) == ["\(kind) /\(name)"])
        #expect(cluster.collect().objects("disruptive-subjects") == ["\(kind) /\(name)"])
        #expect(cluster.collect().message(Self.anybody)?.hasSuffix("may delete pods everywhere") == true)
        Self.bind(&cluster, kind, name, to: "cluster-admin")
        #expect(cluster.collect().objects("cluster-admins") == ["\(kind) /\(name)"])
        #expect(cluster.collect().message(Self.anybody)?.hasSuffix("has every right cluster-wide") == true)
        #expect(cluster.collect().areas.first { $0.name == .rbac }?.status == .warning)
    }

    /// The service accounts of a namespace are anybody to other namespaces, not to their own; those of kube-system are
    /// the system's. A name of one kind of subject says nothing as another kind.
    @Test func groupsThatAreNotAnybody() {
        var cluster = ClusterBuilder()
        cluster.clusterRole("deleter", [Self.delete])
        Self.bind(&cluster, "Group", "system:serviceaccounts:shop", to: "deleter", namespace: "shop")
        Self.bind(&cluster, "Group", "system:serviceaccounts:kube-system", to: "deleter")
        Self.bind(&cluster, "Group", "system:masters", to: "deleter")
        Self.bind(&cluster, "User", "system:authenticated", to: "deleter")
        Self.bind(&cluster, "Group", "system:anonymous", to: "deleter")
        #expect(cluster.collect().objects(Self.anybody) == [])
        #expect(Self.capabilities(cluster) == [])
        Self.bind(&cluster, "Group", "system:serviceaccounts:shop", to: "deleter", namespace: "data")
        #expect(cluster.collect().objects(Self.anybody) == ["Group /system:serviceaccounts:shop"])
    }

    /// What every user may do from the start (system:basic-user, system:discovery) disrupts nothing.
    @Test func harmlessRightsOfAnybodyAreNoFinding() {
        var cluster = ClusterBuilder()
        let review = PolicyRule(
            verbs: ["create"],
            apiGroups: ["authorization.k8s.io"],
            resources: ["selfsubjectaccessreviews"]
        )
        cluster.clusterRole("system:basic-user", [review])
        Self.bind(&cluster, "Group", "system:authenticated", to: "system:basic-user")
        #expect(cluster.collect().objects(Self.anybody) == [])
    }

    /// A ServiceAccount authenticates as a user of this name (SplitUsername in
    /// apiserver/pkg/authentication/serviceaccount/util.go): it is one subject, however it is bound.
    @Test func aServiceAccountBoundAsUserIsThatServiceAccount() {
        var cluster = ClusterBuilder()
        cluster.clusterRole("cluster-admin", [Self.everything])
        Self.bind(&cluster, "User", "system:serviceaccount:shop:robot", to: "cluster-admin")
        Self.bind(&cluster, "ServiceAccount", "robot", in: "shop", to: "cluster-admin")
        Self.bind(&cluster, "User", "system:serviceaccount:kube-system:robot", to: "cluster-admin")
        Self.bind(&cluster, "User", "system:serviceaccount:shop", to: "cluster-admin")
        Self.bind(&cluster, "User", "system:serviceaccount:shop:a:b", to: "cluster-admin")
        #expect(cluster.collect().objects("cluster-admins") == ["ServiceAccount shop/robot"])
    }
}

extension ClusterBuilder {
    fileprivate mutating func clusterRole(_ name: String, _ rules: [PolicyRule]) {
        state.clusterRoles.upsert(ClusterRole(meta: meta("ClusterRole", "", name), rules: rules))
    }
}
