import HTTPTransport

/// Reads and writes the one Lease of an election.
package struct LeaseClient: Sendable {
    private let client: APIClient
    private let namespace: String
    private let name: String

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - client: Sends the requests.
    ///   - namespace: The lease's namespace.
    ///   - name: The lease's name.
    package init(client: APIClient, namespace: String, name: String) {
        self.client = client
        self.namespace = namespace
        self.name = name
    }

    private var collection: String { "/apis/coordination.k8s.io/v1/namespaces/\(namespace)/leases" }

    /// Reads the lease as it is in etcd: without a resourceVersion in the request the answer comes from no cache.
    ///
    /// - Parameter limit: How long it may take.
    /// - Returns: The lease.
    /// - Throws: ``RequestFailure``, of kind `notFound` where there is no lease.
    package func get(within limit: Duration) async throws(RequestFailure) -> ElectionLease {
        try lease(try await client.read("\(collection)/\(name)", limits: Self.limits(limit), byteLimit: 1 << 20))
    }

    /// Creates the lease.
    ///
    /// - Parameters:
    ///   - record: What it says.
    ///   - limit: How long it may take.
    /// - Returns: The lease with the version that it got.
    /// - Throws: ``RequestFailure``, with code 409 where there is one already.
    package func create(
        _ record: ElectionRecord,
        within limit: Duration
    ) async throws(RequestFailure) -> ElectionLease {
        try await write("POST", collection, record, nil, limit)
    }

    /// Replaces the lease.
    ///
    /// - Parameters:
    ///   - lease: What it says, and the version that is replaced.
    ///   - limit: How long it may take.
    /// - Returns: The lease with the version that it got.
    /// - Throws: ``RequestFailure``, with code 409 where the lease is of another version by now.
    package func update(
        _ lease: ElectionLease,
        within limit: Duration
    ) async throws(RequestFailure) -> ElectionLease {
        try await write("PUT", "\(collection)/\(name)", lease.record, lease, limit)
    }

    /// Has the credentials read again after the API server refused them.
    package func invalidateCredentials() async {
        await client.invalidateCredentials()
    }

    private func write(
        _ method: String,
        _ target: String,
        _ record: ElectionRecord,
        _ replaced: ElectionLease?,
        _ limit: Duration
    ) async throws(RequestFailure) -> ElectionLease {
        let document = LeaseDocument(record, name: name, namespace: namespace, replacing: replaced)
        guard let bytes = try? document.bytes else { throw .malformed("the lease \(name) cannot be written as JSON") }
        return try lease(try await client.write(method, target, bytes, limits: Self.limits(limit)))
    }

    private static func limits(_ limit: Duration) -> TimeLimits {
        TimeLimits(connect: limit, head: limit, idle: limit, total: limit)
    }

    private func lease(_ bytes: [UInt8]) throws(RequestFailure) -> ElectionLease {
        guard let lease = LeaseDocument.lease(bytes) else {
            throw .malformed("the answer for the lease \(namespace)/\(name) is not a Lease")
        }
        return lease
    }
}
