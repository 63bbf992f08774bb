import ClusterState
import Testing

@testable import KubernetesClient

struct ServerURLTests {
    @Test(arguments: [
        ("https://a.b:6443", "https://a.b:6443", true), ("HTTPS://a", "https://a", true),
        ("a", "https://a", true), ("a:6443", "https://a:6443", true), ("10.0.0.1", "https://10.0.0.1", true),
        ("http://localhost:8080/", "http://localhost:8080", false),
        ("https://[fd00::1]:6443/", "https://[fd00::1]:6443", true),
        ("[fe80::1%25eth0]", "https://[fe80::1%25eth0]", true),
        ("https://rancher/k8s/clusters/c-1//", "https://rancher/k8s/clusters/c-1", true),
    ])
    func completes(given: String, text: String, isTLS: Bool) throws {
        let url = try ServerURL(given)
        #expect(url.text == text)
        #expect(url.isTLS == isTLS)
    }

    @Test(arguments: [
        ("", "names no host"), ("https://", "names no host"), ("https://:443", "names no host"),
        ("https:///x", "names no host"), ("unix://x", "must begin with https:// or http://"),
        ("https://a b", "has a character that no host name has"),
        ("https://a/b c", "has a blank or control character in its path"),
        ("https://a:", "has a port that is not between 1 and 65535"),
        ("https://a:0", "has a port that is not between 1 and 65535"),
        ("https://a:+1", "has a port that is not between 1 and 65535"),
        ("https://a#b", "must end with its path, without “?” or “#”"),
        ("https://fd00::1", "has an IPv6 address without its brackets"),
        ("https://[fd00::1", "has a “[” without its “]”"),
        ("https://[fd00::1]6443", "has no “:” after its address"),
        ("https://[a.b]", "has no IPv6 address in its brackets"),
        ("https://u:p@a", "must not have a user name or password in it"),
    ])
    func refuses(given: String, problem: String) {
        #expect(throws: ServerURL.Problem(description: problem)) { try ServerURL(given) }
    }

    @Test(arguments: ["http://p:3128", "https://u:p@p", "socks5://p:1080/", "SOCKS5H://[::1]:1080"])
    func takesProxies(url: String) {
        #expect(ServerURL.problem(proxy: url) == nil)
    }

    @Test(arguments: [
        ("2026-11-22T08:54:25Z", 1_795_337_665.0), ("2026-11-22T09:54:25+01:00", 1_795_337_665.0),
        ("2026-11-22T03:24:25.5-05:30", 1_795_337_665.5), ("2026-11-22T08:54:25+00:00", 1_795_337_665.0),
    ])
    func readsTimesWithAnyOffset(text: String, seconds: Double) {
        #expect(Timestamp(anyOffset: text)?.seconds == seconds)
    }

    @Test(arguments: [
        "", "x", "2026-11-22", "2026-11-22T08:54:25", "2026-11-22T08:54:25+99:00", "+01:00", "1795337665",
    ])
    func refusesOtherTimes(text: String) {
        #expect(Timestamp(anyOffset: text) == nil)
    }
}
