import NIOCore

#if canImport(Glibc)
import Glibc
#endif

/// Why the simulator cannot be served, in one line.
package enum SimulatorServerError: Error, Sendable, Equatable, CustomStringConvertible {
    /// An address cannot be listened on.
    case cannotListen(SimulatorAddress, reason: String)
    /// A certificate or key cannot be used.
    case certificate(file: String, reason: String)

    package var description: String {
        switch self {
        case .cannotListen(let address, let reason): "cannot listen on \(address): \(reason)"
        case .certificate(let file, let reason): "cannot use \(file) for TLS: \(reason)"
        }
    }

    /// Makes the error of what binding threw.
    static func listening(on address: SimulatorAddress, _ error: any Error) -> SimulatorServerError {
        if let error = error as? IOError { return .listening(on: address, code: error.errnoCode) }
        return .cannotListen(address, reason: "\(error)")
    }

    /// Makes the error of an error number.
    static func listening(on address: SimulatorAddress, code: Int32) -> SimulatorServerError {
        let reason =
            switch code {
            case EADDRINUSE: "the address is in use; choose another port, or 0 for a free one"
            case EADDRNOTAVAIL: "this machine has no such address"
            case EACCES: "permission denied; choose a port from 1024 on"
            default: strerror(code).map { String(cString: $0) } ?? "error \(code)"
            }
        return .cannotListen(address, reason: reason)
    }
}
