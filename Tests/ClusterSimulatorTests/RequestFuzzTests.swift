import ClusterSimulator
import Testing

/// Whatever is asked, there is an answer of a known kind.
struct RequestFuzzTests {
    private static let fragments = [
        "api", "apis", "v1", "apps", "pods", "namespaces", "kube-system", "leases", "coordination.k8s.io",
        "deployments",
        "gateway.networking.k8s.io", "gateways", "", "..", "%2F", "%", "%zz", "\u{1F600}", "simulator", "faults",
        "churn",
        "rollouts", "readyz", "livez", "version", "health", "v3", "maintenance", "status", "tokenreviews",
        "authentication.k8s.io", "kube-scheduler",
    ]
    private static let paths = [
        "/api/v1/pods", "/api/v1/namespaces/kube-system/pods", "/apis/gateway.networking.k8s.io/v1/gateways",
        "/apis/coordination.k8s.io/v1/namespaces/default/leases",
        "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler", "/apis/apps/v1",
        "/simulator/faults",
        "/simulator/churn", "/simulator/rollouts", "/readyz", "/health", "/v3/maintenance/status",
        "/apis/authentication.k8s.io/v1/tokenreviews",
    ]
    private static let parameters = [
        "watch=1", "watch=maybe", "limit=-1", "limit=99999999999999999999", "limit=9223372036854775807", "limit=3",
        "continue=", "continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoiLyJ9", "continue=AAAA",
        "resourceVersion=0",
        "resourceVersion=-5", "resourceVersion=9223372036854775807", "timeoutSeconds=9223372036854775807",
        "timeoutSeconds=-1", "sendInitialEvents=true", "resourceVersionMatch=NotOlderThan",
        "resourceVersionMatch=Exact",
        "fieldSelector=metadata.name=x", "fieldSelector==", "fieldSelector=,", "verbose", "exclude=etcd", "=", "&&",
        "%00=%",
        "allowWatchBookmarks=true",
    ]
    private static let bodies = [
        "", "{", "null", "[]", "{}", #"{"fault":"etcd-restored","revision":9223372036854775807}"#,
        #"{"fault":"etcd-restored","revision":-1}"#, #"{"perSecond":1e999}"#, #"{"fault":"garbage"}"#,
        #"{"metadata":{"name":"a"},"spec":{"renewTime":"2026-99-99T99:99:99Z"}}"#,
        #"{"metadata":{"name":"a","labels":[1]},"spec":[]}"#, #"{"fault":"too-many-requests","retryAfterSeconds":-1}"#,
        #"{"metadata":{"name":"a"},"spec":{"renewTime":"0000-01-01T00:00:00.123456789Z","leaseDurationSeconds":1}}"#,
    ]

    @Test(arguments: [11, 12, 13] as [UInt64])
    func everyRequestIsAnswered(_ seed: UInt64) async throws {
        let cluster = try makeCluster(seed: seed, podBytes: 0)
        var random = SplitMix64(seed: seed)
        func pick(_ from: [String]) -> String { from[random.below(from.count)] }
        let known: Set = [200, 201, 400, 401, 403, 404, 405, 406, 409, 410, 415, 422, 429, 500, 503, 504]
        var seen: Set<Int> = []
        for round in 0..<1500 {
            let fragments = (0...random.below(6)).map { _ in "/" + pick(Self.fragments) }.joined()
            let path = random.below(3) == 0 ? fragments : pick(Self.paths)
            let query = (0..<random.below(4)).map { _ in pick(Self.parameters) }.joined(separator: "&")
            let accepts = ["application/json", "application/vnd.kubernetes.protobuf", "", "text/html", ";;,,as="]
            let request = SimulatedRequest(
                method: pick(["GET", "GET", "GET", "POST", "PUT", "DELETE", "PATCH", ""]),
                target: path + (query.isEmpty ? "" : "?" + query),
                headers: [("Accept", pick(accepts)), ("content-type", pick(["application/json", "x"]))],
                body: Array(pick(Self.bodies).utf8),
                endpoint: [.loadBalancer, .apiServer(random.below(5)), .etcd(random.below(5))][random.below(3)]
            )
            let response = await cluster.respond(to: request)
            if let status = response.head?.status {
                #expect(known.contains(status))
                seen.insert(status)
            }
            if round % 50 == 0 {
                cluster.advance(by: .seconds(2))
                cluster.clearAllFaults()
                cluster.setChurn(perSecond: 1)
            }
        }
        #expect(seen.isSuperset(of: [200, 400, 404, 405, 406]))
        cluster.clearAllFaults()
        cluster.setChurn(perSecond: 0)
        cluster.advance(by: .seconds(30))
        #expect(cluster.objects(.pods).count == 80)
    }
}
