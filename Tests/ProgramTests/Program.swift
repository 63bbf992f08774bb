import Foundation
import Testing

/// One of the programs as it was built, run as a user runs it.
struct Program {
    /// How a run ended.
    struct Outcome {
        let code: Int32
        let output: String
        let errors: String
    }

    private let process = Process()
    private let folder: URL
    /// Both streams go to files, which never fill up as pipes do.
    private var outputFile: URL { folder.appending(path: "output") }
    private var errorFile: URL { folder.appending(path: "errors") }

    /// Starts the program. Of the environment it gets nothing but what is given.
    init(_ arguments: [String], _ environment: [String: String] = [:], named name: String = "kube-ha-exporter") throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "program-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for file in [outputFile, errorFile] {
            try #require(FileManager.default.createFile(atPath: file.path, contents: nil))
        }
        process.executableURL = try Self.binary(name)
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        try process.run()
    }

    /// Runs the program to its end.
    static func run(
        _ arguments: [String],
        _ environment: [String: String] = [:],
        named name: String = "kube-ha-exporter"
    ) async throws -> Outcome {
        try await Program(arguments, environment, named: name).outcome()
    }

    /// It is built into the folder in which the tests are.
    private static func binary(_ name: String) throws -> URL {
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let binary = tests.deletingLastPathComponent().appending(path: name)
        try #require(FileManager.default.isExecutableFile(atPath: binary.path), "not built: \(binary.path)")
        return binary
    }

    /// Waits until the program has ended.
    func outcome() async throws -> Outcome {
        while process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
        defer { try? FileManager.default.removeItem(at: folder) }
        return Outcome(code: process.terminationStatus, output: try output, errors: try errors)
    }

    /// What it has written to standard output so far.
    var output: String {
        get throws { try String(contentsOf: outputFile, encoding: .utf8) }
    }

    /// What it has written to standard error so far.
    var errors: String {
        get throws { try String(contentsOf: errorFile, encoding: .utf8) }
    }

    /// Waits for the port of `listening address=…:PORT` in the log.
    func port() async throws -> UInt16 {
        while process.isRunning {
            let log = try errors
            if log.hasSuffix("\n"),
                let line = log.split(separator: "\n").first(where: { $0.contains("msg=listening") }),
                let port = line.split(separator: ":").last.flatMap({ UInt16($0) })
            {
                return port
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Failure("ended before it listened: \(try errors)")
    }

    /// Asks it to end.
    func terminate() {
        process.terminate()
    }

    struct Failure: Error {
        let message: String
        init(_ message: String) { self.message = message }
    }
}
