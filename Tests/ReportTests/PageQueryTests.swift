import ClusterState
import HASignals
import Testing

@testable import Report

struct PageQueryTests {
    @Test func readsWhatItWrites() throws {
        var query = PageQuery()
        query.severity = .warning
        query.area = .storageClasses
        query.namespace = "a b&c=ä+%"
        query.sort = .hosts
        query.isReversed = true
        query.refresh = nil
        query[.findings] = 3
        #expect(
            query.text
                == "?severity=warning&area=storage_classes&namespace=a%20b%26c%3D%C3%A4%2B%25&sort=hosts&order=reverse"
                + "&refresh=off&findings=3"
        )
        #expect(try PageQuery(query.text.dropFirst()) == query)
        #expect(PageQuery().text.isEmpty)
    }

    /// A form sends each of its fields, empty ones too (HTML, «application/x-www-form-urlencoded»).
    @Test func takesWhatAFormSends() throws {
        let query = try PageQuery("severity=&area=&namespace=two+words")
        #expect(query.severity == nil && query.area == nil)
        #expect(query.namespace == "two words")
    }

    @Test(arguments: [
        "severity=Critical", "area=none", "sort=up", "order=down", "refresh=4", "refresh=3601", "refresh=on",
        "findings=-1", "findings=1e3", "unknown=", "a", "=", "severity=info&severity=info", "namespace=%e4",
        "namespace=%4", "%=1",
    ])
    func refusesWhatItDoesNotKnow(_ text: String) {
        #expect(throws: PageQueryError.self) { try PageQuery(text) }
    }

    /// RFC 3986, 2.3: letters, digits, `-`, `.`, `_` and `~` stand for themselves.
    @Test(arguments: [
        ("a-Z.0_~", "a-Z.0_~"), ("a/b", "a%2Fb"), ("\n", "%0A"), ("ä", "%C3%A4"), ("\u{202E}", "%E2%80%AE"),
        ("%", "%25"),
    ])
    func encodesNames(_ name: String, _ encoded: String) {
        #expect(PercentCoding.encoded(name) == encoded)
        #expect(PercentCoding.decoded(encoded) == name)
    }
}
