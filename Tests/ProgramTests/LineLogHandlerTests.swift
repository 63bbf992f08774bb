import ClusterState
import Logging
import Synchronization
import Testing

@testable import Programs

struct LineLogHandlerTests {
    private func lines(_ format: LogFormat, _ body: (Logger) -> Void) -> [String] {
        let box = Box()
        body(
            Logger(label: "test") { _ in
                LineLogHandler(
                    level: .info,
                    format: format,
                    now: { Timestamp(seconds: 1_700_000_000.25) },
                    write: { line in box.lines.withLock { $0.append(line) } }
                )
            }
        )
        return box.lines.withLock { $0 }
    }

    private final class Box: Sendable {
        let lines = Mutex<[String]>([])
    }

    @Test func writesText() {
        let lines = lines(.text) { logger in
            logger.debug("unseen")
            logger.info("listening on", metadata: ["b": "x y", "address": "[::1]:80"])
        }
        #expect(
            lines == ["time=2023-11-14T22:13:20.250Z level=info msg=\"listening on\" address=[::1]:80 b=\"x y\"\n"]
        )
    }

    @Test func keepsALineALine() {
        let lines = lines(.json) { $0.error("a\n\"b\"\u{1B}\u{85}", metadata: ["k": "\\"]) }
        #expect(
            lines == [
                "{\"time\":\"2023-11-14T22:13:20.250Z\",\"level\":\"error\","
                    + "\"msg\":\"a\\n\\\"b\\\"\\u001b\\u0085\",\"k\":\"\\\\\"}\n"
            ]
        )
    }

    /// Unicode Standard Annex 9: overrides and isolates show what follows in another order.
    @Test func escapesDirections() {
        let lines = lines(.text) { $0.error("a\u{202A}\u{202E}\u{2066}\u{2069}b") }
        #expect(lines.joined().contains(#"msg="a\u202a\u202e\u2066\u2069b""#))
    }
}
