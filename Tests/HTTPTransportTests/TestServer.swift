import Foundation
import Testing

@testable import HTTPTransport

/// `Servers/server.py` as a process of its own; it ends with this value.
final class TestServer: Sendable {
    /// What the server shows and asks for.
    struct Security {
        var certificate: TestCertificates.Pair
        var clientAuthority: String?
        /// HTTP/2 with this many streams a connection; nil for HTTP/1.1 alone.
        var streamLimit: Int?
    }

    let port: Int
    private let controlPort: Int
    private let process: Process
    private let input = Pipe()
    private let isSecure: Bool
    private let control = CurlTransport()

    /// - Parameters:
    ///   - security: nil for plain HTTP/1.1.
    ///   - isSilent: Whether it accepts connections and never says a word.
    ///   - pods: What it serves as an API server: so many pods of so many bytes, in one page.
    /// - Throws: Where it does not start.
    init(_ security: Security? = nil, isSilent: Bool = false, pods: (count: Int, bytes: Int)? = nil) throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Servers/server.py")
        var arguments = ["python3", script.path()]
        if let security {
            arguments += ["--certificate", security.certificate.chain, "--key", security.certificate.key]
            if let authority = security.clientAuthority { arguments += ["--client-ca", authority] }
            if let limit = security.streamLimit { arguments += ["--http2", String(limit)] }
        }
        if isSilent { arguments.append("--silent") }
        if let pods { arguments += ["--pods", String(pods.count), "--pod-bytes", String(pods.bytes)] }
        isSecure = security != nil
        process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = ""
        while !line.hasSuffix("\n") {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { break }
            line += String(decoding: data, as: UTF8.self)
        }
        let words = line.split(whereSeparator: \.isWhitespace)
        try #require(words.count == 3 && words[0] == "READY", "the test server did not start: \(line)")
        port = try #require(Int(words[1]))
        controlPort = try #require(Int(words[2]))
    }

    deinit {
        stop()
    }

    /// Ends the process; its port refuses connections afterwards.
    func stop() {
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
    }

    func url(_ path: String, host: String = "127.0.0.1") -> String {
        "\(isSecure ? "https" : "http")://\(host):\(port)\(path)"
    }

    /// Stops or continues the process.
    func send(signal: Int32) {
        kill(process.processIdentifier, signal)
    }

    /// A counter of the server, 0 where nothing was counted.
    func counter(_ name: String) async throws -> Int {
        let request = TransportRequest(url: "http://127.0.0.1:\(controlPort)/stats", proxy: .none)
        let response = try await control.send(request)
        for line in try await response.text().split(separator: "\n") where line.hasPrefix("\(name) ") {
            return Int(line.dropFirst(name.count + 1)) ?? 0
        }
        return 0
    }

    /// Returns once a counter has reached a value.
    func wait(for name: String, toReach value: Int) async throws {
        while try await counter(name) < value {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}

extension TransportResponse {
    /// The whole body.
    func bytes() async throws(TransportError) -> [UInt8] {
        var result: [UInt8] = []
        for try await chunk in body { result += chunk }
        return result
    }

    /// The whole body as text.
    func text() async throws(TransportError) -> String {
        String(decoding: try await bytes(), as: UTF8.self)
    }
}
