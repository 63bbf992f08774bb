import ClusterState
import FoundationEssentials
import KubernetesWire
import Testing

/// Gateway API objects, which come as JSON only.
struct GatewayJSONTests {
    private func read(_ source: Source, _ text: String, into state: inout ClusterState) throws -> ListMeta {
        let resource = try #require(APIResource.of(source))
        guard case .json(let reader) = resource.reader else { throw CancellationError() }
        resource.change(.begin, in: &state)
        let meta = try reader.stage(&state, Array(text.utf8), denied: [])
        resource.change(.commit, in: &state)
        return meta
    }

    @Test func recordedGateways() throws {
        var state = ClusterState()
        let bytes = try Fixture.bytes("three-zone-degraded/gateway.networking.k8s.io_v1_gateways.json")
        _ = try read(.gateways, String(decoding: bytes, as: UTF8.self), into: &state)
        let rows = state.gateways.all.sorted {
            state.interner.string($0.meta.name) < state.interner.string($1.meta.name)
        }
        #expect(rows.map { state.interner.string($0.meta.name) } == ["internal", "public"])
        #expect(rows.map(\.isProgrammed) == [false, true])
        #expect(rows.map(\.addresses) == [0, 1])
        #expect(rows.map { state.interner.string($0.gatewayClass) } == ["envoy", "envoy"])
        #expect(rows.map { state.interner.string($0.programmedReason) } == ["AddressNotAssigned", "Programmed"])
        #expect(rows.allSatisfy { $0.meta.created == Seconds(clamping: 1_795_337_502) })
    }

    @Test func recordedRoutes() throws {
        var state = ClusterState()
        let bytes = try Fixture.bytes("three-zone-degraded/gateway.networking.k8s.io_v1_httproutes.json")
        _ = try read(.httproutes, String(decoding: bytes, as: UTF8.self), into: &state)
        let half = try #require(state.httpRoutes.all.first { state.interner.string($0.meta.name) == "half-broken" })
        #expect(half.backends.map { state.interner.string($0.name) } == ["web", "stuck", "no-such-service"])
        #expect(half.statuses.map(\.parent) == half.parents)
        #expect(half.statuses.map(\.accepted) == [.isTrue])
        #expect(half.statuses.map(\.resolvedRefs) == [.isFalse])
        #expect(half.parents.map { state.interner.string($0.namespace) } == ["edge"])
        #expect(half.hostnames.map { state.interner.string($0) } == ["half-broken.example.com"])
    }

    /// What is left out has a default, and what has no weight gets no requests.
    @Test func routeDefaults() throws {
        var state = ClusterState()
        let meta = try read(
            .httproutes,
            """
            {"kind": "HTTPRouteList", "metadata": {"resourceVersion": "7", "continue": "more"}, "items": [{
              "metadata": {"name": "r", "namespace": "shop", "labels": {"b": "2", "a": "1"},
                "annotations": {"kube-ha-exporter/ignore": "*"}},
              "spec": {"parentRefs": [{"name": "g"}, {"kind": "Service", "group": "", "name": "s"}],
                "rules": [{"backendRefs": [{"name": "one"}, {"name": "none", "weight": 0}, {"name": "one"},
                  {"kind": "Bucket", "group": "example.com", "name": "b"}, {"name": "far", "namespace": "other"}]}]}}]}
            """,
            into: &state
        )
        #expect(meta.resourceVersion == "7" && meta.continueToken == "more")
        let row = try #require(state.httpRoutes.all.first)
        let text = Description(interner: state.interner)
        #expect(row.parents.map(\.isGateway) == [true, false])
        #expect(row.parents.allSatisfy { $0.namespace == row.meta.namespace })
        #expect(row.backends.map { "\(text.text($0.namespace))/\(text.text($0.name))" } == ["shop/one", "other/far"])
        #expect(text.text(row.meta.labels) == "shop: a=1,b=2")
        #expect(text.text(row.meta.ignoredRules) == "*")
        state.httpRoutes.removeAll()
        state.sweepIfDue(force: true)
        #expect(state.interner.counts == (0, 0, 0, 0))
    }

    /// observedGeneration is optional in a condition, and 0 is how Go writes none: neither tells that the condition is out
    /// of date.
    @Test(arguments: [("", 5), ("\"observedGeneration\": 0,", 5), ("\"observedGeneration\": 4,", 4)])
    func conditionsWithoutGenerationAreCurrent(generation: String, expected: Int64) throws {
        var state = ClusterState()
        let condition = { (type: String) in "{\(generation) \"type\": \"\(type)\", \"status\": \"True\"}" }
        let metadata = "\"metadata\": {\"name\": \"x\", \"namespace\": \"edge\", \"generation\": 5}"
        _ = try read(
            .gateways,
            """
            {"kind": "GatewayList", "items": [{\(metadata), "status": {"conditions": [\(condition("Programmed"))]}}]}
            """,
            into: &state
        )
        _ = try read(
            .httproutes,
            """
            {"kind": "HTTPRouteList", "items": [{\(metadata), "status": {"parents": [{"parentRef": {"name": "x"},
              "conditions": [\(condition("Accepted")), \(condition("ResolvedRefs"))]}]}}]}
            """,
            into: &state
        )
        let gateway = try #require(state.gateways.all.first)
        #expect(gateway.programmedGeneration == expected)
        #expect(gateway.isProgrammed == (expected == 5))
        let status = try #require(state.httpRoutes.all.first?.statuses.first)
        #expect(status.acceptedGeneration == expected && status.resolvedRefsGeneration == expected)
    }

    /// A listener's condition Programmed that is False, and nothing else; what is left over of a listener that was taken
    /// out of the spec is not looked at.
    @Test func listenersThatAreNotProgrammed() throws {
        var state = ClusterState()
        func listener(_ name: String, _ type: String, _ status: String) -> String {
            "{\"name\": \"\(name)\", \"conditions\": [{\"type\": \"\(type)\", \"status\": \"\(status)\"}]}"
        }
        let listeners = [
            listener("a", "Programmed", "True"), listener("b", "Programmed", "False"),
            listener("c", "Programmed", "Unknown"), listener("d", "Conflicted", "False"), "{\"name\": \"e\"}",
            listener("gone", "Programmed", "False"),
        ]
        _ = try read(
            .gateways,
            """
            {"kind": "GatewayList", "items": [{"metadata": {"name": "x"}, "spec": {"listeners": [
              {"name": "a", "hostname": "*.example.com", "port": 443},
              {"name": "b"}, {"name": "c"}, {"name": "d"}, {"name": "e"}]}, "status": {
              "conditions": [{"type": "Programmed", "status": "True"}],
              "listeners": [\(listeners.joined(separator: ", "))]}}]}
            """,
            into: &state
        )
        let row = try #require(state.gateways.all.first)
        #expect(row.failedListeners.map { state.interner.string($0) } == ["b"])
        #expect(!row.isProgrammed)
        #expect(row.listeners.map { state.interner.string($0.hostname) } == ["*.example.com", "", "", "", ""])
        #expect(row.listeners.map(\.port) == [443, 0, 0, 0, 0])
    }

    /// Bytes that are not the list asked for end in an error that names the place; nothing is taken.
    @Test(
        arguments: [
            ("{\"kind\": \"Status\", \"code\": 403}", "malformed JSON, GatewayList: unexpected kind Status"),
            (
                "{\"kind\": \"GatewayList\", \"items\": [{\"metadata\": {\"generation\": \"x\"}}]}",
                "malformed JSON, GatewayList.items.0.metadata.generation: the value is not of type Int64"
            ),
            (
                "{\"kind\": \"GatewayList\", \"items\": [{}]}",
                "malformed JSON, GatewayList.items.0: metadata is missing"
            ),
            ("{\"kind\": \"Gatew", "malformed JSON, GatewayList: the bytes are not JSON or a value is out of range"),
        ])
    func malformedListsAreRefused(text: String, message: String) throws {
        var state = ClusterState()
        let error = try #require(throws: JSONError.self) { _ = try read(.gateways, text, into: &state) }
        #expect(error.description == message)
        #expect(state.gateways.count == 0)
    }
}
