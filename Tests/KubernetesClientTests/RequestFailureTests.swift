import ClusterState
import HTTPTransport
import KubernetesClient
import KubernetesWire
import Testing

struct RequestFailureTests {
    private func failure(
        _ status: Int,
        _ body: String,
        _ headers: [(name: String, value: String)] = []
    ) -> RequestFailure {
        RequestFailure(ResponseHead(status: status, headers: headers), Array(body.utf8))
    }

    /// A real API server whose etcd is gone answers JSON under text/plain.
    @Test func readsAStatusInJSONWhateverItIsCalled() {
        let answer = failure(
            504,
            #"{"metadata":{},"status":"Failure","message":"Timeout: request did not complete","reason":"Timeout","#
                + #""details":{"retryAfterSeconds":3},"code":504}"#,
            [("content-type", "text/plain; charset=utf-8")]
        )
        #expect("\(answer)" == "504 Timeout: Timeout: request did not complete")
        #expect(answer.kind == .transient)
        #expect(answer.sourceState == nil)
        #expect(answer.retryAfter == .seconds(3))
    }

    @Test func readsAStatusInProtobuf() {
        let message = Array("pods is forbidden".utf8)
        let status: [UInt8] =
            [0x1a, UInt8(message.count)] + message + [0x22, 9] + Array("Forbidden".utf8) + [0x30, 0x93, 3]
        let type: [UInt8] = [0x12, 6] + Array("Status".utf8)
        let envelope: [UInt8] = [0x0a, UInt8(type.count)] + type + [0x12, UInt8(status.count)] + status
        let answer = RequestFailure(ResponseHead(status: 403, headers: []), Envelope.prefix + envelope)
        #expect("\(answer)" == "403 Forbidden: pods is forbidden")
        #expect(answer.kind == .forbidden)
        #expect(answer.sourceState == .forbidden)
    }

    @Test func takesTheTextOfWhateverStandsInBetween() {
        let answer = failure(503, "\n<html>no healthy upstream</html>\nmore", [("Retry-After", " 7 ")])
        #expect("\(answer)" == "503: <html>no healthy upstream</html>")
        #expect(answer.retryAfter == .seconds(7))
        #expect("\(failure(502, ""))" == "502: no explanation")
        #expect("\(failure(500, "{\"kind\": 3"))" == "500: {\"kind\": 3")
    }

    /// issue 12, point 6: what a server or a proxy repeats of a request.
    @Test(arguments: [
        #"{"kind":"Status","message":"no user for S3CRET-token","reason":"Unauthorized","code":401}"#,
        #"{"kind":"Status","message":"x","reason":"S3CRET-token","code":401}"#,
        "<html>you sent Authorization: Bearer S3CRET-token</html>",
        "you sent Authorization: Bearer S3CRET-of-another",
        "you sent eyJhbGciOiJSUzI1NiIsImtpZCI6S3CRET",
        String(repeating: "x", count: 1_016) + "S3CRET-token",
        String(repeating: "x", count: 195) + "S3CRET-token",
    ])
    func hidesTheTokenThatAnAnswerRepeats(_ body: String) {
        let answer = RequestFailure(
            ResponseHead(status: 401, headers: []),
            Array(body.utf8),
            hiding: "S3CRET-token"
        )
        #expect(!"\(answer) \(answer.cause)".contains("S3C"))
    }

    @Test func retryAfterIsBounded() {
        #expect(failure(429, "", [("retry-after", "86400")]).retryAfter == .seconds(300))
        #expect(failure(429, "", [("retry-after", "-5")]).retryAfter == nil)
        #expect(failure(429, "", [("retry-after", "Sun, 22 Nov 2026 08:23:10 GMT")]).retryAfter == nil)
    }

    @Test(arguments: [
        (401, RequestFailure.Kind.unauthorized, SourceState.unauthorized), (403, .forbidden, .forbidden),
        (406, .malformed, .malformed), (302, .malformed, .malformed),
    ])
    func statusesMeanStates(_ status: Int, _ kind: RequestFailure.Kind, _ state: SourceState) {
        #expect(failure(status, "x").kind == kind)
        #expect(failure(status, "x").sourceState == state)
    }

    @Test func faultsOfTheTransportMeanStates() {
        let failures: [(TransportError, RequestFailure.Kind, SourceState)] = [
            (.nameResolution(host: "a", reason: "no such host"), .unreachable, .unreachable),
            (.connectionFailed(host: "a", reason: "refused"), .unreachable, .unreachable),
            (.tlsFailed(host: "a", reason: "unknown CA"), .unreachable, .unreachable),
            (.timedOut(stage: "head"), .unreachable, .unreachable), (.timedOut(stage: "idle"), .silent, .unreachable),
            (.timedOut(stage: "liveness"), .unreachable, .unreachable),
        ]
        for (error, kind, state) in failures {
            #expect(RequestFailure.transport(error).kind == kind)
            #expect(RequestFailure.transport(error).sourceState == state)
        }
        #expect(RequestFailure.credentials(CredentialError("x")).sourceState == .unauthorized)
        // What we did not read fast enough says nothing against the server: the source only ages.
        #expect(RequestFailure.transport(.overrun).kind == .overrun)
        #expect(RequestFailure.transport(.overrun).sourceState == nil)
        #expect(RequestFailure.slow("x").kind == .unreachable)
        #expect(RequestFailure.slow("x").sourceState == .unreachable)
    }

    /// What is one fault to whoever reads the log has one cause, whatever each request says of it.
    @Test func causesAreTheSameForAllResources() {
        #expect(failure(403, "cannot list pods").cause == failure(403, "cannot list nodes").cause)
        #expect(failure(503, "pods").cause == failure(503, "nodes").cause)
        #expect(failure(503, "pods").cause != failure(500, "pods").cause)
        #expect(RequestFailure.transport(.timedOut(stage: "head")).cause == "timed out")
        #expect(RequestFailure.transport(.timedOut(stage: "idle")).cause == "timed out")
        let lost = RequestFailure.transport(.connectionLost(reason: "a: stream 7"))
        #expect(lost.cause == RequestFailure.transport(.connectionLost(reason: "a: stream 9")).cause)
        let refused = RequestFailure.transport(.connectionFailed(host: "a", reason: "refused"))
        #expect(refused.cause != RequestFailure.transport(.tlsFailed(host: "a", reason: "expired")).cause)
    }

    /// `removed-version-404.http` is what a real API server says of a resource that is not there; `404 page not found`
    /// it says of a group that is not there, and so does any proxy of anything: discovery tells these apart.
    @Test func onlyAStatusSaysThatAResourceIsNotThere() {
        let status = #"{"kind":"Status","status":"Failure","message":"gone","reason":"NotFound","code":404}"#
        #expect(failure(404, status).kind == .notFound)
        #expect(failure(404, status).sourceState == .absent)
        let others = [
            "404 page not found\n", "<html>default backend - 404</html>", "", #"{"error":"no such route"}"#,
            #"{"kind":"Status","reason":"Forbidden","code":403}"#,
        ]
        for body in others {
            #expect(failure(404, body).kind == .transient, "\(body)")
            #expect(failure(404, body).sourceState == nil, "\(body)")
        }
    }
}
