import Glibc
import NIOCore

/// Why an address could not be listened on, in one line.
package struct ListenError: Error, Sendable, CustomStringConvertible {
    /// The address as it was given.
    package let address: ListenAddress
    /// What the system said, and what to do.
    package let reason: String

    /// Makes the error of what binding threw.
    init(_ address: ListenAddress, _ error: any Error) {
        self.address = address
        reason = Self.reason(error, address)
    }

    /// All in one line.
    package var description: String { "cannot listen on \(address): \(reason)" }

    private static func reason(_ error: any Error, _ address: ListenAddress) -> String {
        if let error = error as? IOError {
            switch error.errnoCode {
            case EADDRINUSE:
                return "the address is in use; stop the program that has it, or choose another by --web.listen-address"
            case EACCES: return "permission denied; choose a port from 1024 on by --web.listen-address"
            case EADDRNOTAVAIL: return "this machine has no such address; choose another by --web.listen-address"
            default: return strerror(error.errnoCode).map { String(cString: $0) } ?? "error \(error.errnoCode)"
            }
        }
        if error is SocketAddressError {
            return "the host \(address.host) is not known; choose another by --web.listen-address"
        }
        return "\(error)"
    }

    /// Whether the machine lacks the address family altogether.
    static func isWithoutIPv6(_ error: any Error) -> Bool {
        guard let error = error as? IOError else { return false }
        return error.errnoCode == EAFNOSUPPORT || error.errnoCode == EADDRNOTAVAIL
    }
}
