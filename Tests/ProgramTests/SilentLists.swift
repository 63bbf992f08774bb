import Foundation
import Glibc
import Synchronization

/// An API server that answers what it serves and its version, and takes requests for lists without a word.
final class SilentLists: Sendable {
    private static let answers = [
        "/api": #"{"kind":"APIVersions","versions":["v1"]}"#,
        "/apis": #"{"kind":"APIGroupList","groups":[]}"#,
        "/version": #"{"major":"1","minor":"36","gitVersion":"v1.36.0"}"#,
    ]

    private let listener: Loopback
    private let lists = Mutex<[String: Int]>([:])

    /// The port it listens on.
    var port: UInt16 { listener.port }
    /// How often the list was asked for that was asked for most.
    var mostRequests: Int { lists.withLock { $0.values.max() ?? 0 } }

    init() throws {
        listener = try Loopback.listening(backlog: 16)
        Thread.detachNewThread { [listener, weak self] in
            while let connection = listener.accepted() {
                Thread.detachNewThread { self?.serve(connection) }
            }
        }
    }

    deinit { listener.stop() }

    private func serve(_ connection: Loopback) {
        let words = connection.receiveHead().split(separator: " ")
        guard words.count > 1 else { return }
        let target = String(words[1])
        guard let answer = Self.answers[target] else {
            lists.withLock { $0[target, default: 0] += 1 }
            while connection.receiveSome() > 0 {}
            return
        }
        let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: \(answer.utf8.count)\r\n\r\n"
        try? connection.send(head + answer)
    }
}
