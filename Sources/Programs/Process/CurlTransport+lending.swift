package import HTTPTransport

extension CurlTransport {
    /// Lends a transport to the body and ends it afterwards, whatever came of the body.
    ///
    /// OpenSSL frees what it has when the process exits, under the feet of a thread that is still shaking hands.
    package static func lend<Value>(_ body: (CurlTransport) async throws -> Value) async throws -> Value {
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
