import Collection
import HTTPTypes
import Hummingbird
import Logging
import NIOEmbedded
import Testing

@testable import ExporterServer

struct AddressQuotaTests {
    @Test func limitsAnAddressAndAllTogether() {
        let quota = AddressQuota(limit: 3, perAddress: 2)
        var held = [quota.take("192.0.2.1"), quota.take("192.0.2.1")]
        #expect(held.allSatisfy { $0 != nil })
        #expect(quota.take("192.0.2.1") == nil)
        held.append(quota.take("192.0.2.2"))
        #expect(held.last != nil)
        #expect(quota.take("192.0.2.3") == nil)
        held.removeFirst()
        let again = quota.take("192.0.2.1")
        #expect(again != nil)
        #expect(quota.take("192.0.2.1") == nil)
        withExtendedLifetime((held, again)) {}
    }

    @Test func connectionsTakeLessThanAQuarterOfTheDescriptors() {
        #expect(ConnectionLimits(descriptors: 1 << 20).connections == 512)
        #expect(ConnectionLimits(descriptors: 1_024).connections < 256)
        #expect(ConnectionLimits(descriptors: 64).connections == 15)
    }

    /// An answer that is not written yet counts.
    @Test(arguments: [HTTPRequest.Method.get, .head])
    func refusesTheNinthExpositionOfAnAddress(_ method: HTTPRequest.Method) async throws {
        let server = Samples.server()
        await server.collector.collect()
        let responder = server.responder
        func ask(_ path: String) async throws -> Response {
            let head = HTTPRequest(method: method, scheme: "http", authority: "localhost", path: path)
            let context = ExporterContext(
                source: ApplicationRequestContextSource(channel: EmbeddedChannel(), logger: Logger(label: "test"))
            )
            return try await responder.respond(
                to: Request(head: head, body: RequestBody(buffer: ByteBuffer())),
                context: context
            )
        }
        var answers: [Response] = []
        for _ in 0..<8 { answers.append(try await ask("/metrics")) }
        #expect(answers.allSatisfy { $0.status == .ok })
        let ninth = try await ask("/metrics")
        // Without a body there is nothing to be read late.
        #expect(ninth.status == (method == .get ? .serviceUnavailable : .ok))
        #expect((ninth.headers[.retryAfter] != nil) == (method == .get))
        #expect(try await ask("/livez").status == .ok)
        answers.removeLast()
        #expect(try await ask("/metrics").status == .ok)
    }
}
