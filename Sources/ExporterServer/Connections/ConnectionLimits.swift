package import NIOCore

/// The limits of connections: for one client address, and for all together. All of them are here.
package struct ConnectionLimits: Sendable {
    /// The time from accepting a connection to the first whole request head, and from our half close to the client's.
    package var head = TimeAmount.seconds(10)
    /// The time from a request head to the moment at which the last byte of the answer has gone to the system.
    package var answer = TimeAmount.seconds(60)
    /// The time from an answer to the next whole request head.
    package var idle = TimeAmount.seconds(60)
    /// The size of all header fields of a request, names and values.
    package var headerBytes = 16 << 10
    /// The header fields of a request.
    package var headerFields = 100
    /// Parts of later requests that are held back while one is answered; two for a request without a body.
    package var heldParts = 512
    /// Open connections in all.
    package var connections: Int
    /// Open connections of one address.
    package var connectionsPerAddress = 64
    /// Expositions that are being sent, in all.
    package var expositions = 64
    /// Expositions that are being sent to one address.
    package var expositionsPerAddress = 8
    /// Pages and reports that are being made, in all: each takes a core for some milliseconds, and some megabytes.
    package var reports = 8
    /// Pages and reports that are being made for one address.
    package var reportsPerAddress = 4
    /// `SO_SNDBUF` of each connection, in bytes, which Linux doubles: what a reader that does not read ties up.
    package var sendBufferBytes = 128 << 10
    /// What is read from a connection at once, in bytes: a scrape's request has a few hundred.
    package var receiveBufferBytes = 4 << 10
    /// How long nothing is accepted once descriptors or memory ran out.
    package var acceptPause = TimeAmount.seconds(1)

    /// Creates the limits of a process.
    ///
    /// - Parameter descriptors: How many descriptors it may have open. Connections get less than a quarter of them, so
    ///   that clients cannot keep the cluster from being read.
    package init(descriptors: Int) {
        connections = max(1, min(512, descriptors / 4 - 1))
    }
}
