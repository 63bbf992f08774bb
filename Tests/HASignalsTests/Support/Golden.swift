import Exposition
import Foundation
import HASignals
import Testing

/// Compares text with a file under Goldens/. With RECORD_GOLDENS set, the file is written anew and the test fails, so
/// that no run that records can pass for one that compares.
enum Golden {
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Goldens")

    static func expect(_ text: String, matches name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = folder.appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["RECORD_GOLDENS"] != nil {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try text.write(to: file, atomically: true, encoding: .utf8)
            Issue.record("recorded \(name)", sourceLocation: sourceLocation)
            return
        }
        let wanted = try String(contentsOf: file, encoding: .utf8)
        guard text != wanted else { return }
        let got = text.split(separator: "\n")
        let old = wanted.split(separator: "\n")
        let difference = got.difference(from: old).prefix(20)
            .map { change -> String in
                switch change {
                case .insert(_, let line, _): "+ \(line)"
                case .remove(_, let line, _): "- \(line)"
                }
            }
        Issue.record(
            "\(name) differs:\n\(difference.joined(separator: "\n"))",
            sourceLocation: sourceLocation
        )
    }

    /// The same of one area of several: its families, and of those about areas what is said of it.
    static func text(_ table: SampleTable, of area: any Area.Type) -> String {
        let names = Set(area.families.map { "\($0.descriptor.name)" })
        let others = Set(SignalRunner.families.map { "\($0.descriptor.name)" })
        let lines = text(table).split(separator: "\n")
            .filter { line in
                if line == "# EOF" { return true }
                let words = line.split { $0 == " " || $0 == "{" }.map(String.init)
                guard let name = line.hasPrefix("# ") ? words[2] : words.first else { return false }
                let isOwn = line.contains("area=\"\(area.name.rawValue)\"") || !line.contains("area=\"")
                return names.contains(name) || others.contains(name) && isOwn
            }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The exposition of a table in text format 0.0.4, samples of a family in order of their labels: the order of
    /// samples is not part of what is promised.
    static func text(_ table: SampleTable) -> String {
        var writer = ExpositionWriter([table], format: .text004, endOfExposition: true)
        var bytes: [UInt8] = []
        while let slice = writer.nextSlice() { bytes += slice }
        var result: [Substring] = []
        var samples: [Substring] = []
        let text = String(decoding: bytes, as: UTF8.self)
        for line in text.split(separator: "\n") {
            if line.hasPrefix("#") {
                result += samples.sorted()
                samples = []
                result.append(line)
            } else {
                samples.append(line)
            }
        }
        result += samples.sorted()
        return result.joined(separator: "\n") + "\n"
    }
}
