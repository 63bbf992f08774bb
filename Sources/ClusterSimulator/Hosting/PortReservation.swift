import Glibc

/// A TCP port that is free on several addresses, held until a server listens on it.
///
/// A cluster names the ports of its API servers and etcd members in its objects, so they must be known before it is
/// made, and it must be there before it is served. The sockets held here are bound but do not listen: Linux gives
/// their port to nobody who asks for any, and lets a server with SO_REUSEADDR bind it.
package final class PortReservation: Sendable {
    /// The addresses with the port that was found.
    package let addresses: [SimulatorAddress]
    private let sockets: [Int32]

    /// How many ports are tried that turn out to be taken on one of the other addresses.
    private static let attempts = 50

    /// Reserves a port.
    ///
    /// - Parameter addresses: Where the port must be free. They have one port in common, 0 for any.
    /// - Throws: ``SimulatorServerError`` where an address cannot be bound.
    package init(_ addresses: [SimulatorAddress]) throws(SimulatorServerError) {
        var attempt = 1
        while true {
            do throws(SimulatorServerError) {
                (self.addresses, sockets) = try Self.bindAll(addresses)
                return
            } catch {
                guard addresses.first?.port == 0, attempt < Self.attempts else { throw error }
                attempt += 1
            }
        }
    }

    deinit {
        for socket in sockets { close(socket) }
    }

    private static func bindAll(
        _ addresses: [SimulatorAddress]
    ) throws(SimulatorServerError) -> ([SimulatorAddress], [Int32]) {
        var bound: [SimulatorAddress] = []
        var sockets: [Int32] = []
        do throws(SimulatorServerError) {
            for address in addresses {
                let wanted = SimulatorAddress(host: address.host, port: bound.first?.port ?? address.port)
                let (socket, port) = try bindOne(wanted)
                sockets.append(socket)
                bound.append(SimulatorAddress(host: address.host, port: port))
            }
        } catch {
            for socket in sockets { close(socket) }
            throw error
        }
        return (bound, sockets)
    }

    private static func bindOne(_ address: SimulatorAddress) throws(SimulatorServerError) -> (Int32, Int) {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address.host, String(address.port), &hints, &found)
        defer { if let found { freeaddrinfo(found) } }
        guard code == 0, let info = found?.pointee else {
            throw .cannotListen(address, reason: String(cString: gai_strerror(code)))
        }
        let socket = Glibc.socket(info.ai_family, info.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { throw .listening(on: address, code: errno) }
        var yes: Int32 = 1
        var name = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isBound =
            setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size)) == 0
            && bind(socket, info.ai_addr, info.ai_addrlen) == 0
            && withUnsafeMutablePointer(to: &name) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
            } == 0
        guard isBound else {
            let code = errno
            close(socket)
            throw .listening(on: address, code: code)
        }
        // The port stands at the same place for both families, in network order.
        let port = withUnsafeBytes(of: &name) { UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self)) }
        return (socket, Int(port))
    }
}
