import ClusterState
import ControlPlaneProbes
import HTTPTransport
import Testing

/// Why nobody answered, and what follows from it.
struct ProbeFailureTests {
    private static let refused = ProbeFailure(.connectionFailed(host: "a:1", reason: "Connection refused"))
    private static let untrusted = ProbeFailure(.tlsFailed(host: "b:1", reason: "certificate has expired"))

    private func silent(_ answer: ProbeAnswer, _ failure: ProbeFailure?) -> ProbeAnswer {
        var answer = answer
        answer.failure = failure
        return answer
    }

    @Test func onlyTLSAndOurOwnOptionsLackTrust() {
        #expect(
            Self.refused == ProbeFailure(reason: "cannot connect to a:1: Connection refused", isTrustLacking: false)
        )
        #expect(!ProbeFailure(.timedOut(stage: "total")).isTrustLacking)
        #expect(!ProbeFailure(.connectionLost(reason: "reset")).isTrustLacking)
        #expect(Self.untrusted.isTrustLacking)
        #expect(ProbeFailure(.invalidRequest("client key /a cannot be used")).isTrustLacking)
    }

    @Test func silenceTellsItsReason() throws {
        let answers = [
            silent(try apiServer(1, "/readyz?verbose", 0), Self.refused),
            silent(try etcd(1, memberList, 0), Self.refused),
        ]
        let reading = ProbeReading(answers)
        #expect(
            reading.apiServer
                == ProbedSource(
                    .unreachable,
                    "none of the 1 API servers that were asked answered: cannot connect to a:1: Connection refused"
                )
        )
        #expect(
            reading.etcd
                == ProbedSource(
                    .unreachable,
                    "none of the 1 etcd endpoints that were asked answered: cannot connect to a:1: Connection refused"
                )
        )
    }

    @Test func trustIsToldBeforeAllElse() throws {
        let reading = ProbeReading([
            silent(try apiServer(1, "/readyz?verbose", 0), Self.refused),
            silent(try apiServer(2, "/readyz?verbose", 0), Self.untrusted),
            silent(try etcd(1, memberList, 0), Self.refused), silent(try etcd(1, healthPath, 0), Self.untrusted),
        ])
        for source in [reading.apiServer, reading.etcd] {
            #expect(source.reason.hasSuffix("answered: TLS with b:1 failed: certificate has expired"))
        }
        #expect(reading.results.apiServers.map(\.isTrustLacking) == [false, true])
        #expect(reading.results.isAPIServerTrustLacking)
        #expect(try reading.cluster().isTrustLacking)
    }

    @Test func oneAnswerIsNoSilence() throws {
        let reading = ProbeReading([
            try apiServer(1, "/readyz?verbose", 200), silent(try apiServer(2, "/readyz?verbose", 0), Self.untrusted),
        ])
        #expect(reading.apiServer == ProbedSource(.ok, "1 of 2 API servers answered"))
    }
}
