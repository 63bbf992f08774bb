import ClusterState
import HASignals

/// Objects that cost little to write and much to judge: what somebody with rights in one namespace may create.
struct CheapObjects {
    private(set) var state = ClusterState()
    private var counter: UInt64 = 0
    private let namespace: StringID

    /// Each with its name; built when it is asked for.
    static let all: [(name: String, build: @Sendable () -> ClusterState)] = [
        (
            "10,000 pods with labels of their own, 3,000 policies of 20 NotIn with 50 values",
            {
                var cluster = CheapObjects()
                for pod in 0..<10_000 {
                    cluster.addPod(
                        (0..<20).map { ("key-\($0)", "value-\(pod * 7 % 9_973)-\($0)") } + [("pod", "\(pod)")]
                    )
                }
                for policy in 0..<3_000 {
                    cluster.addPolicy(notIn: 20, values: 50) { key, value in
                        "value-\((policy * 31 + value * 101) % 9_973)-\(key)"
                    }
                }
                return cluster.state
            }
        ),
        (
            "3,000 pods of 200 labels, 500 policies of 200 NotIn",
            {
                var cluster = CheapObjects()
                for pod in 0..<3_000 {
                    cluster.addPod((0..<200).map { ("key-\($0)", "value-\((pod + $0) % 1_500)") } + [("pod", "\(pod)")])
                }
                for policy in 0..<500 {
                    cluster.addPolicy(notIn: 200, values: 5) { key, value in
                        "value-\((policy * 3 + key + value) % 1_500)"
                    }
                }
                return cluster.state
            }
        ),
        (
            "200,000 subjects of role bindings",
            {
                var cluster = CheapObjects()
                cluster.addSubjects(200_000)
                return cluster.state
            }
        ),
        (
            "5,000 pods with labels of their own, 1,000 budgets that select all of them",
            {
                var cluster = CheapObjects()
                for node in 0..<100 { cluster.addNode(node) }
                for pod in 0..<5_000 { cluster.addPod([("app", "web"), ("pod", "\(pod)")], node: pod % 100) }
                for budget in 0..<1_000 { cluster.addBudget(budget) }
                return cluster.state
            }
        ),
        (
            "5,000 Services without endpoints, 5,000 Deployments without pods that all of them select",
            {
                var cluster = CheapObjects()
                for workload in 0..<5_000 { cluster.addWorkload(workload) }
                for service in 0..<5_000 { cluster.addService(service, selecting: [("app", "web")]) }
                return cluster.state
            }
        ),
        (
            "5,000 Services that select nothing, by one label less than 5,000 Deployments have",
            {
                var cluster = CheapObjects()
                for workload in 0..<5_000 { cluster.addWorkload(workload) }
                for service in 0..<5_000 { cluster.addService(service, selecting: [("app", "web"), ("role", "none")]) }
                return cluster.state
            }
        ),
    ]

    private init() {
        for source in Source.allCases { state.sources[source] = SourceStatus(state: .ok) }
        namespace = state.interner.intern("tenant")
        state.namespaces.upsert(Namespace(meta: meta("tenant", in: .empty)))
    }

    private mutating func uid() -> UID {
        counter += 1
        return UID(high: counter &* 0x9e37_79b9_7f4a_7c15, low: counter)
    }

    private mutating func labels(_ pairs: [(String, String)], in namespace: StringID) -> LabelsID {
        var words = [namespace.value]
        for (key, value) in pairs {
            words += [state.interner.intern(key).value, state.interner.intern(value).value]
        }
        return state.interner.intern(words, as: LabelsID.self)
    }

    private mutating func meta(_ name: String, in namespace: StringID) -> ObjectMeta {
        ObjectMeta(
            uid: uid(),
            namespace: namespace,
            name: state.interner.intern(name),
            labels: labels([], in: namespace),
            owner: .none,
            created: Seconds(value: 1_795_000_000),
            generation: 1
        )
    }

    private mutating func addNode(_ number: Int) {
        var node = Node(meta: meta("node-\(number)", in: .empty))
        node.ready = .isTrue
        state.nodes.upsert(node)
    }

    private mutating func addPod(_ pairs: [(String, String)], node: Int = 0) {
        var pod = Pod(uid: uid())
        pod.labels = labels(pairs, in: namespace)
        pod.node = state.interner.intern("node-\(node)")
        pod.flags = [.running, .ready, .restartsAlways]
        var name = "pod-\(counter)"
        name.withUTF8 { pod.setName($0, &state.interner) }
        state.pods.upsert(pod)
    }

    private mutating func addPolicy(notIn keys: Int, values: Int, _ value: (Int, Int) -> String) {
        var policy = NetworkPolicy(meta: meta("policy-\(counter)", in: namespace), directions: [.ingress, .egress])
        policy.podSelector = LabelSelector(
            requirements: (0..<keys)
                .map { key in
                    LabelRequirement(
                        key: state.interner.intern("key-\(key)"),
                        op: .notIn,
                        values: (0..<values).map { state.interner.intern(value(key, $0)) }
                    )
                }
        )
        state.networkPolicies.upsert(policy)
    }

    private mutating func addBudget(_ number: Int) {
        var budget = PodDisruptionBudget(meta: meta("budget-\(number)", in: namespace))
        // A requirement of its own each, which every pod meets.
        budget.selector = LabelSelector(requirements: [
            LabelRequirement(key: state.interner.intern("app"), op: .exists),
            LabelRequirement(
                key: state.interner.intern("pod"),
                op: .notIn,
                values: [state.interner.intern("none-\(number)")]
            ),
        ])
        budget.minAvailable = .number(1)
        budget.expectedPods = 5_000
        budget.currentHealthy = 5_000
        budget.desiredHealthy = 1
        budget.disruptionsAllowed = 4_999
        state.podDisruptionBudgets.upsert(budget)
    }

    private mutating func addWorkload(_ number: Int) {
        var row = Deployment(meta: meta("web-\(number)", in: namespace))
        row.replicas = 1
        row.observedGeneration = 1
        row.hasCompletedRollout = true
        row.template = state.interner.intern(
            PodTemplate(labels: labels([("app", "web"), ("workload", "\(number)")], in: namespace))
        )
        state.deployments.upsert(row)
    }

    private mutating func addService(_ number: Int, selecting pairs: [(String, String)]) {
        var row = Service(meta: meta("service-\(number)", in: namespace))
        row.selector = LabelSelector(
            requirements: pairs.map { key, value in
                LabelRequirement(key: state.interner.intern(key), op: .in, values: [state.interner.intern(value)])
            }
        )
        state.services.upsert(row)
    }

    private mutating func addSubjects(_ count: Int) {
        let rule = PolicyRule(verbs: ["delete"], apiGroups: [""], resources: ["pods"])
        state.roles.upsert(Role(meta: meta("deleter", in: namespace), rules: [rule]))
        let kind = state.interner.intern("User")
        for binding in 0..<count / 1_000 {
            let subjects = (0..<1_000)
                .map { Subject(kind: kind, name: state.interner.intern("user-\(binding)-\($0)")) }
            let role = RoleReference(name: state.interner.intern("deleter"), isClusterRole: false)
            state.roleBindings.upsert(
                RoleBinding(meta: meta("binding-\(binding)", in: namespace), role: role, subjects: subjects)
            )
        }
    }
}

extension SignalsBenchmark {
    /// Prints the CPU time of the first collection over each of the cheap objects, and which area took longest. Judges
    /// nothing.
    static func measureCheapObjects() {
        let clock = ThreadClock()
        for (name, build) in CheapObjects.all {
            let state = build()
            let start = clock.now
            let cluster = CollectionContext(
                state: state,
                probes: ProbeResults(),
                observations: Observations(),
                settings: SignalSettings(),
                now: Timestamp(seconds: 1_795_001_000),
                isRecording: false
            )
            var longest = (name: "index", duration: clock.now - start)
            _ = SignalRunner.collect(cluster) { area, body in
                let begin = clock.now
                body()
                if clock.now - begin > longest.duration { longest = (area.rawValue, clock.now - begin) }
            }
            let whole = clock.now - start
            print("\(milliseconds(whole)) ms\t\(name) (\(longest.name): \(milliseconds(longest.duration)) ms)")
        }
    }
}
