package import ClusterState

/// What one instance of the control plane answered to one request.
package struct ProbeAnswer: Hashable, Sendable {
    /// ``Source/apiserver`` or ``Source/etcd``.
    package var source: Source
    /// The etcd cluster that the endpoint was named for; nothing to API servers.
    package var etcdCluster: String
    package var endpoint: ProbeEndpoint
    package var method: String
    /// With the query: `/readyz?verbose`.
    package var path: String
    /// The HTTP status; 0 where no answer came.
    package var status: Int
    /// The body, empty where no answer came.
    package var body: [UInt8]
    /// How long the request took, in seconds; nil where that was not recorded.
    package var seconds: Double?
    /// Earliest notAfter of the chain that the instance presents.
    package var certificateExpiry: Timestamp?
    /// Why no answer came; nil where one did, and where that was not recorded.
    package var failure: ProbeFailure?

    /// The etcd cluster that is meant where none is named.
    package static let mainCluster = "main"

    /// Creates an answer.
    package init(
        source: Source,
        etcdCluster: String = mainCluster,
        endpoint: ProbeEndpoint,
        method: String = "GET",
        path: String,
        status: Int,
        body: [UInt8] = [],
        seconds: Double? = nil,
        certificateExpiry: Timestamp? = nil
    ) {
        self.source = source
        self.etcdCluster = etcdCluster
        self.endpoint = endpoint
        self.method = method
        self.path = path
        self.status = status
        self.body = body
        self.seconds = seconds
        self.certificateExpiry = certificateExpiry
    }

    /// Whether anything answered.
    var isAnswered: Bool { status != 0 }

    /// The path without its query.
    var route: Substring { path.prefix { $0 != "?" } }

    /// The query's items, as written.
    var queryItems: [Substring] {
        path.dropFirst(route.count + 1).split(separator: "&")
    }
}
