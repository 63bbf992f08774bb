import Glibc

extension ConnectionKey {
    /// The local address of a socket, written as libcurl writes it; nil where it has none.
    init?(socket: Int32) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var host = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN) + 32)
        var port = [CChar](repeating: 0, count: 8)
        let isNamed = withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                getsockname(socket, address, &length) == 0
                    && getnameinfo(
                        address,
                        length,
                        &host,
                        socklen_t(host.count),
                        &port,
                        socklen_t(port.count),
                        NI_NUMERICHOST | NI_NUMERICSERV
                    ) == 0
            }
        }
        guard isNamed, let number = Int(Self.text(port)) else { return nil }
        // A link-local address carries its interface here, and does not in libcurl.
        self.init(address: String(Self.text(host).prefix { $0 != "%" }), port: number)
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
