import ClusterState
import ControlPlaneProbes
import Testing

struct APIServerAnswersTests {
    @Test(
        arguments: [
            ("[+]ping ok\n[+]etcd ok\n", true),
            ("[+]etcd-readiness ok\n[-]etcd failed: reason withheld\nreadyz check failed\n", false),
            ("[+]etcd excluded: ok\n", nil),
            ("[+]etcd-readiness ok\n", nil),
            ("ok", nil),
            ("", nil),
            ("<html>etcd ok</html>", nil),
        ] as [(String, Bool?)]
    )
    func etcdLineOfReadyz(body: String, expected: Bool?) throws {
        let reading = ProbeReading([try apiServer(1, "/readyz?verbose", 200, body)])
        #expect(reading.results.apiServers[0].isEtcdReady == expected)
    }

    @Test func readyzComesBeforeLivez() throws {
        let reading = ProbeReading([
            try apiServer(1, "/livez?verbose", 200, "[+]etcd ok"),
            try apiServer(1, "/readyz?verbose", 500, "[-]etcd failed: reason withheld"),
        ])
        #expect(reading.results.apiServers[0].isEtcdReady == false)
        #expect(!reading.results.apiServers[0].isReady)
    }

    @Test func keepsDurationVersionAndEarliestExpiry() throws {
        let reading = ProbeReading([
            try apiServer(1, "/readyz?verbose", 200, "ok", seconds: 0.25, expiry: 2_000),
            try apiServer(1, "/livez?verbose", 200, "ok", seconds: 0.5, expiry: 1_000),
            try apiServer(1, "/version", 200, #"{"minor":"33+","gitVersion":"v1.34.2-fork"}"#, seconds: 1),
            try apiServer(2, "/version", 403, #"{"gitVersion":"no"}"#),
        ])
        let server = reading.results.apiServers[0]
        #expect(server.seconds == 0.25 && server.version == "v1.34.2-fork" && server.minor == 33)
        #expect(server.certificateExpiry == Timestamp(seconds: 1_000))
        #expect(reading.results.apiServers[1].version == nil && reading.results.apiServers[1].minor == nil)
    }

    @Test func expiryIsKnownOfInstancesThatDoNotAnswer() throws {
        let reading = ProbeReading([try apiServer(1, "/readyz?verbose", 0, expiry: 1_000)])
        #expect(reading.results.apiServers[0].certificateExpiry == Timestamp(seconds: 1_000))
        #expect(!reading.results.apiServers[0].isReachable)
    }

    @Test func namesAreHostAndPortInOrder() throws {
        let endpoints = [
            "https://[2001:DB8::1]:6443/x", "http://API.example", "https://api.example", "https://10.0.0.9:8443",
        ]
        let answers = try endpoints.map {
            ProbeAnswer(
                source: .apiserver,
                endpoint: try #require(ProbeEndpoint($0)),
                path: "/readyz?verbose",
                status: 200
            )
        }
        #expect(
            ProbeReading(answers).results.apiServers.map(\.name) == [
                "10.0.0.9:8443", "[2001:db8::1]:6443", "api.example:443", "api.example:80",
            ]
        )
    }

    @Test(arguments: [
        "", "192.0.2.1:6443", "https://", "https://:6443", "https://a:0", "https://a:65536", "https://a:x",
        "https://[::1",
        "https://[]:1", "ftp://a", "unix:///run/etcd.sock", "https://a b",
    ])
    func refusesWhatIsNoURL(text: String) {
        #expect(ProbeEndpoint(text) == nil)
    }

    @Test func sourceStates() throws {
        func state(_ answers: [ProbeAnswer]) -> ProbedSource { ProbeReading(answers).apiServer }
        #expect(state([]) == ProbedSource(.disabled, "no API server was asked"))
        #expect(
            state([try apiServer(1, "/readyz?verbose", 0), try apiServer(2, "/readyz?verbose", 0)])
                == ProbedSource(.unreachable, "none of the 2 API servers that were asked answered")
        )
        #expect(
            state([try apiServer(1, "/readyz?verbose", 401)])
                == ProbedSource(.unauthorized, "API server 192.0.2.1:6443 answered 401 to /readyz")
        )
        #expect(
            state([try apiServer(1, "/readyz?verbose", 200), try apiServer(2, "/readyz?verbose", 403)])
                == ProbedSource(.forbidden, "API server 192.0.2.2:6443 answered 403 to /readyz")
        )
        #expect(
            state([try apiServer(1, "/readyz?verbose", 404, "404 page not found")])
                == ProbedSource(.malformed, "API server 192.0.2.1:6443 answered 404 to /readyz")
        )
        #expect(
            state([try apiServer(1, "/livez?verbose", 200)])
                == ProbedSource(.malformed, "API server 192.0.2.1:6443 was not asked for /readyz")
        )
        #expect(
            state([try apiServer(1, "/readyz?verbose", 0), try apiServer(1, "/livez?verbose", 200)])
                == ProbedSource(.ok, "1 of 1 API servers answered")
        )
        #expect(state([try apiServer(1, "/readyz?verbose", 500)]).state == .ok)
    }
}
