import Glibc
import Testing

/// A TCP connection or listener on 127.0.0.1.
final class Loopback: Sendable {
    private let descriptor: Int32
    /// The port that is listened on or connected to.
    let port: UInt16

    private init(port: UInt16) {
        descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.port = port
    }

    private init(listening descriptor: Int32, port: UInt16) {
        self.descriptor = descriptor
        self.port = port
    }

    deinit { close(descriptor) }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }

    /// Listens on a port that the system chooses.
    static func listening(backlog: Int32 = 1) throws -> Loopback {
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = address(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) + listen(descriptor, backlog)
                    + getsockname(descriptor, pointer, &length)
            }
        }
        try #require(status == 0)
        return Loopback(listening: descriptor, port: UInt16(bigEndian: address.sin_port))
    }

    /// Waits for a connection; nil once it was stopped.
    func accepted() -> Loopback? {
        let connection = accept(descriptor, nil, nil)
        return connection < 0 ? nil : Loopback(listening: connection, port: port)
    }

    /// Ends waiting for connections.
    func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Connects to a port.
    static func connected(to port: UInt16) throws -> Loopback {
        let socket = Loopback(port: port)
        var address = address(port)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(status == 0)
        return socket
    }

    /// Sends a text.
    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        let sent = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        try #require(sent == bytes.count)
    }

    /// Reads until the other side closes.
    func receiveAll() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    /// Reads up to the empty line after a head, as far as it comes.
    func receiveHead() -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while recv(descriptor, &byte, 1, 0) == 1 {
            bytes.append(byte)
            if bytes.suffix(4) == [13, 10, 13, 10] { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads at least one byte.
    func receiveSome() -> Int {
        var buffer = [UInt8](repeating: 0, count: 1_024)
        return recv(descriptor, &buffer, buffer.count, 0)
    }
}
