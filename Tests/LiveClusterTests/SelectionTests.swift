import ClusterSimulator
import ClusterState
import KubernetesClient
import Testing

/// `--resources`, `--namespaces`, `--namespaces-denylist`, from the requests to what `/metrics` says.
struct SelectionTests {
    private func namespaces(_ said: Scrape) -> Set<String> {
        var found: Set<String> = []
        for name in said.names where !name.hasPrefix("kube_ha_exporter") {
            for series in said.series(name) {
                if let namespace = series.labels["namespace"], !namespace.isEmpty { found.insert(namespace) }
            }
        }
        return found
    }

    private func families(_ said: Scrape, of namespace: String) -> [String] {
        said.names.filter { !said.all($0, ["namespace": namespace]).isEmpty }.sorted()
    }

    @Test func allowedNamespacesAloneAreAskedFor() async throws {
        let bench = try FaultBench(selection: ResourceSelection(namespaces: ["kube-system", "edge"]))
        let said = try await bench.start()
        for namespace in ["kube-system", "edge"] {
            #expect(bench.requests.containing("/namespaces/\(namespace)/pods?limit").count == 1)
            #expect(bench.requests.containing("/namespaces/\(namespace)/pods?watch").count == 1)
            #expect(bench.requests.containing("/namespaces/\(namespace)/deployments?limit").count == 1)
        }
        #expect(bench.requests.containing("/api/v1/pods").isEmpty)
        #expect(bench.requests.containing("/apis/apps/v1/deployments").isEmpty)
        // What has no namespace is read as a whole, and so are the leases of the control plane.
        #expect(bench.requests.containing("/api/v1/nodes?watch").count == 1)
        #expect(bench.requests.containing("/namespaces/kube-system/leases?watch").count == 1)
        #expect(said.unknownSources == [:])
        #expect(namespaces(said).isSubset(of: ["kube-system", "edge"]))
        let pods = bench.cluster.objects(.pods).filter { ["kube-system", "edge"].contains($0.namespace) }.count
        #expect(said.value("kube_ha_exporter_source_objects", ["source": "pods"]) == Double(pods))
        #expect(said.has("kube_ha_workload_replicas_available"))
        // A watch of one namespace that breaks loses nothing of the other.
        try bench.cluster.inject(.watchesExpired(.pods))
        bench.pass(2)
        let again = try await bench.metrics()
        #expect(again.value("kube_ha_exporter_source_objects", ["source": "pods"]) == Double(pods))
        #expect(
            again.series("kube_ha_workload_replicas_available") == said.series("kube_ha_workload_replicas_available")
        )
    }

    @Test func deniedNamespacesAreNotSaidAnythingOf() async throws {
        let bench = try FaultBench(selection: ResourceSelection(deniedNamespaces: ["team-001"]))
        let said = try await bench.start()
        bench.cluster.churn(20)
        bench.pass(30)
        let later = try await bench.metrics()
        for scrape in [said, later] {
            let found = namespaces(scrape)
            #expect(!found.contains("team-001"), "\(families(scrape, of: "team-001"))")
            #expect(found.contains("kube-system"))
            #expect(found.contains("edge"))
        }
        #expect(bench.requests.containing("/api/v1/pods?watch").count == 1)
    }

    @Test func deniedAndAllowed() async throws {
        let selection = ResourceSelection(namespaces: ["edge", "team-001"], deniedNamespaces: ["team-001"])
        let bench = try FaultBench(selection: selection)
        let said = try await bench.start()
        #expect(bench.requests.containing("/namespaces/edge/pods?watch").count == 1)
        #expect(bench.requests.containing("/namespaces/team-001/").isEmpty)
        #expect(!namespaces(said).contains("team-001"))
    }

    /// What is not read is disabled, and makes nothing unknown.
    @Test func resourcesThatAreNotReadAreDisabled() async throws {
        let sources: Set<Source> = [.nodes, .pods, .deployments, .replicasets, .leases]
        let bench = try FaultBench(selection: ResourceSelection(sources: sources))
        let said = try await bench.start()
        #expect(said.unknownSources == [:])
        for source in ["services", "poddisruptionbudgets", "nodeleases", "clusterroles"] {
            #expect(said.state(source) == "disabled", "\(source)")
            #expect(said.value("kube_ha_exporter_source_up", ["source": source]) == nil)
            #expect(bench.requests.containing("/\(source)?").isEmpty)
        }
        #expect(bench.requests.containing("kube-node-lease").isEmpty)
        #expect(said.value("kube_ha_nodes_ready", ["role": "worker"]) == 6)
        #expect(said.has("kube_ha_workload_replicas_available"))
        #expect(!said.has("kube_ha_services"))
        #expect(!said.has("kube_ha_node_lease_age_seconds"))
        #expect(said.status("services") == "not_applicable")
        #expect(said.status("nodes") == "ok")
        #expect(!said.isEvaluated("node-heartbeat-stale"))
    }
}
