/// Which listener a request came in at.
package enum SimulatedEndpoint: Sendable, Hashable {
    /// The address in front of all API servers: any that runs answers.
    case loadBalancer
    /// One API server, counted from 0.
    case apiServer(Int)
    /// One etcd member, counted from 0.
    case etcd(Int)
}

/// A request as the simulator takes it, whatever carries it.
package struct SimulatedRequest: Sendable {
    /// `GET`, `POST` …
    package var method: String
    /// The path, percent-decoded.
    package var path: String
    /// The query's parameters, percent-decoded, in order.
    package var query: [(name: String, value: String)]
    /// Header fields in order.
    package var headers: [(name: String, value: String)]
    /// The whole body.
    package var body: [UInt8]
    /// Where it came in.
    package var endpoint: SimulatedEndpoint
    /// When it came in, on the cluster's time.
    var arrivedAt: Duration = .zero

    /// Creates a request.
    ///
    /// - Parameters:
    ///   - method: `GET`, `POST` …
    ///   - target: Path and query as in the request line: `/api/v1/pods?limit=500`.
    ///   - headers: Header fields in order.
    ///   - body: The whole body.
    ///   - endpoint: Where it came in.
    package init(
        method: String = "GET",
        target: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        endpoint: SimulatedEndpoint = .loadBalancer
    ) {
        self.method = method
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = Self.decoded(parts.first ?? "", plusIsSpace: false)
        query = (parts.count > 1 ? parts[1] : "").split(separator: "&")
            .map { pair in
                let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (
                    Self.decoded(sides[0], plusIsSpace: true),
                    sides.count > 1 ? Self.decoded(sides[1], plusIsSpace: true) : ""
                )
            }
        self.headers = headers
        self.body = body
        self.endpoint = endpoint
    }

    /// The first value of a header field, its name compared without regard to case.
    package func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }

    /// The first value of a query parameter; empty where it is missing.
    func parameter(_ name: String) -> String {
        query.first { $0.name == name }?.value ?? ""
    }

    /// Whether a parameter is given as true, in the words of Go's `strconv.ParseBool`.
    func isTrue(_ name: String) -> Bool {
        ["1", "t", "T", "true", "TRUE", "True"].contains(parameter(name))
    }

    /// The bearer token; nil where there is none.
    var bearerToken: String? {
        guard let value = header("authorization"), value.lowercased().hasPrefix("bearer ") else { return nil }
        return String(value.dropFirst("bearer ".count))
    }

    private static func decoded(_ text: Substring, plusIsSpace: Bool) -> String {
        var output: [UInt8] = []
        let bytes = Array(text.utf8)
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x25, index + 2 < bytes.count,
                let byte = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
            {
                output.append(byte)
                index += 3
            } else {
                output.append(plusIsSpace && bytes[index] == 0x2B ? 0x20 : bytes[index])
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
