package import HTTPTransport

extension CurlTransport {
    /// Runs the body with a transport, and shuts the transport down afterwards, also where the body throws.
    ///
    /// OpenSSL frees what it has when the process exits, under the feet of a thread that is still shaking hands.
    package static func withTransport<Value>(_ body: (CurlTransport) async throws -> Value) async throws -> Value {
        let transport = CurlTransport()
        do {
            let value = try await body(transport)
            await transport.shutdown()
            return value
        } catch {
            await transport.shutdown()
            throw error
        }
    }
}
