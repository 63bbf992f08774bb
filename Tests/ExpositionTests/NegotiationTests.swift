import Testing

@testable import Exposition

/// The headers of Prometheus are what the servers send by default: 2.42 as its binary has it, 2.55 as scrapes of 2.53 and
/// 2.54 were recorded, 3 as scrapes of 3.3 and 3.11 were.
struct NegotiationTests {
    static let text = "text/plain; version=0.0.4; charset=utf-8"
    static let openMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8"
    static let prometheus242 =
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
    static let prometheus255 =
        "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
        + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
    static let prometheus3 =
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
        + "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
        + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
    static let prometheus3Underscores =
        "application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.6,"
        + "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=underscores;q=0.4,"
        + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
    static let prometheus3Protobuf =
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;"
        + "escaping=allow-utf-8;q=0.7," + prometheus3

    @Test(arguments: [
        (prometheus242, openMetrics),
        (prometheus255, openMetrics),
        (prometheus3, openMetrics + "; escaping=allow-utf-8"),
        (prometheus3Underscores, openMetrics + "; escaping=underscores"),
        (prometheus3Protobuf, openMetrics + "; escaping=allow-utf-8"),
        // Prometheus 3 with scrape_protocols of one text version.
        ("text/plain;version=0.0.4;q=0.6,*/*;q=0.5", text),
        ("text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,*/*;q=0.5", text + "; escaping=allow-utf-8"),
        ("text/plain;version=1.0.0;escaping=dots", text + "; escaping=underscores"),
    ])
    func answersPrometheus(accept: String, contentType: String) {
        #expect(Negotiation.format(accept: accept).contentType == contentType)
    }

    @Test(arguments: [
        ("*/*", text), ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", text),
        ("text/plain", text), ("TEXT/Plain; Version=0.0.4", text), ("text/*", text),
        ("application/openmetrics-text", openMetrics), ("Application/OpenMetrics-Text; version=\"1.0.0\"", openMetrics),
        ("application/*", openMetrics), ("application/openmetrics-text;version=0.0.1", text),
        ("application/openmetrics-text;version=2.0.0", text), ("text/plain;version=1.0.0", text),
        // Weights.
        ("application/openmetrics-text;q=0.5,text/plain;q=0.51", text),
        ("application/openmetrics-text;q=0.501,text/plain;q=0.5", openMetrics),
        ("application/openmetrics-text;q=0.5,*/*;q=0.8", text),
        ("application/openmetrics-text,*/*", openMetrics), ("text/plain,application/openmetrics-text", text),
        ("application/openmetrics-text,text/plain", openMetrics), ("application/openmetrics-text;q=0,*/*;q=0.1", text),
        ("text/plain;q=0,*/*", openMetrics), ("text/plain;version=0.0.4;q=0.1,text/plain;q=0.9,*/*;q=0.5", openMetrics),
        ("*/*;q=0", text), ("application/json", text),
        // Escaping.
        ("application/openmetrics-text;escaping=dots", openMetrics + "; escaping=underscores"),
        ("application/openmetrics-text; version=1.0.0; escaping=values", openMetrics + "; escaping=values"),
        ("application/openmetrics-text;escaping=rot13", openMetrics),
        ("text/plain;version=0.0.4;escaping=underscores", text + "; escaping=underscores"),
        ("text/plain;version=0.0.4;q=0.9,application/openmetrics-text;escaping=values;q=0.1", text),
        // Malformed elements do not count.
        ("", text), (",,;", text), ("application/openmetrics-text;q=abc", text),
        ("application/openmetrics-text;q=1.5", text), ("application/openmetrics-text;q=-1", text),
        ("application/openmetrics-text;version", text), ("application openmetrics-text", text),
        ("application/openmetrics-text/x", text), ("application/openmetrics-text;version=\"1.0.0", text),
        ("a;b=\",\",application/openmetrics-text", openMetrics),
        (";q=1,application/openmetrics-text ; q=1 ", openMetrics),
    ])
    func answersOthers(accept: String, contentType: String) {
        #expect(Negotiation.format(accept: accept).contentType == contentType)
    }

    @Test func formatAndContentTypeBelongTogether() {
        #expect(Negotiation.format(accept: nil) == (.text004, Self.text))
        #expect(Negotiation.format(accept: Self.prometheus255) == (.openMetrics100, Self.openMetrics))
        for header in [Self.prometheus3, Self.prometheus242, "text/plain;version=1.0.0", "*/*"] {
            #expect(!Negotiation.format(accept: header).contentType.hasPrefix("text/plain; version=1.0.0"))
        }
    }

    @Test(arguments: [
        (nil, ContentEncoding.identity), ("", .identity), ("gzip", .gzip), ("GZIP", .gzip), ("x-gzip", .gzip),
        ("gzip, deflate, br", .gzip), ("deflate, br", .identity), ("*", .gzip), ("identity", .identity),
        ("gzip;q=0", .identity), ("gzip;q=0.0", .identity), ("gzip;q=0.001", .gzip), ("gzip;q=0, *", .identity),
        ("identity;q=0.5, gzip;q=0.2", .identity), ("identity;q=0.5, gzip;q=0.5", .gzip), ("identity, gzip", .gzip),
        ("identity;q=0", .notAcceptable), ("identity;q=0, gzip", .gzip), ("identity;q=0, gzip;q=0.1", .gzip),
        ("identity;q=0, gzip;q=0", .notAcceptable), ("identity;q=0, *", .gzip), ("*;q=0", .notAcceptable),
        ("*;q=0, gzip", .gzip), ("*;q=0, identity", .identity), ("br, *;q=0", .notAcceptable),
        ("gzip;q=0.5, *;q=0.8", .identity), ("gzip;q=abc", .identity), (";;,", .identity), ("gzip ; q=1.000", .gzip),
    ])
    func choosesAnEncoding(header: String?, expected: ContentEncoding) {
        #expect(Negotiation.encoding(acceptEncoding: header) == expected)
    }
}
