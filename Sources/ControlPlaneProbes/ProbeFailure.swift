package import HTTPTransport

/// Why a question to an instance of the control plane was not answered.
package struct ProbeFailure: Hashable, Sendable {
    /// One line for people.
    package var reason: String
    /// Whether the instance and we could not agree on TLS, or our own options cannot be used.
    ///
    /// A wrong CA, an expired certificate, a certificate of ours that the instance refuses: it may be as healthy as can be,
    /// so this is no sign of an instance that is down.
    package var isTrustLacking: Bool
    /// Whether the connection stood, TLS included, when the question failed: somebody is there who does not answer.
    package var isConnected: Bool

    /// Creates a failure.
    package init(reason: String, isTrustLacking: Bool, isConnected: Bool = false) {
        self.reason = reason
        self.isTrustLacking = isTrustLacking
        self.isConnected = isConnected
    }

    /// What became of a transfer.
    package init(_ error: TransportError) {
        reason = "\(error)"
        switch error {
        case .tlsFailed, .invalidRequest: isTrustLacking = true
        default: isTrustLacking = false
        }
        isConnected =
            switch error {
            case .timedOut(stage: "connect"): false
            case .timedOut, .connectionLost, .overrun: true
            default: false
            }
    }
}

extension Sequence<ProbeFailure?> {
    /// The failure that explains best why no instance answered: one of trust where there is any, else the first.
    var mostSpecific: ProbeFailure? {
        var first: ProbeFailure?
        for case let failure? in self {
            if failure.isTrustLacking { return failure }
            first = first ?? failure
        }
        return first
    }
}
