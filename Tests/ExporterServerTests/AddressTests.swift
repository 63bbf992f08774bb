import Collection
import Testing

@testable import ExporterServer

struct AddressTests {
    @Test(arguments: [
        (":10142", "", 10_142, "localhost"), ("localhost:0", "localhost", 0, "localhost"),
        ("[::1]:8080", "::1", 8_080, "[::1]"), ("0.0.0.0:65535", "0.0.0.0", 65_535, "localhost"),
        ("[::]:1", "::", 1, "localhost"),
    ])
    func readsAddresses(_ text: String, _ host: String, _ port: Int, _ urlHost: String) throws {
        let address = try ListenAddress(parsing: text)
        #expect(address == ListenAddress(host: host, port: port))
        #expect(address.description == text)
        #expect(address.urlHost == urlHost)
    }

    @Test(arguments: [
        "", "10142", "host", "host:", ":65536", ":-1", ":+1", "::1:80", "[host]:80", "a b:80", "[::1]", "h:1x",
    ])
    func refusesAddresses(_ text: String) {
        #expect(throws: ValueProblem.self) { try ListenAddress(parsing: text) }
    }

    @Test(arguments: ["/metrics", "/", "/a/b-c_d.e~f"])
    func takesPaths(_ text: String) throws {
        #expect(try TelemetryPath.parse(text) == text)
    }

    @Test(arguments: ["", "metrics", "/livez", "/readyz", "/a?b", "/a b", "/ä", "/%41"])
    func refusesPaths(_ text: String) {
        #expect(throws: ValueProblem.self) { try TelemetryPath.parse(text) }
    }

    @Test func readsListsFromVariables() throws {
        let setting = Setting<ListenAddress>("web.listen-address") { text throws(ValueProblem) in
            try ListenAddress(parsing: text)
        }
        #expect(setting.variable == "KUBE_HA_EXPORTER_WEB_LISTEN_ADDRESS")
        let environment = [setting.variable: ":1, [::1]:2"]
        #expect(try setting.values([], environment).map(\.description) == [":1", "[::1]:2"])
        #expect(try setting.values([":3"], environment).map(\.description) == [":3"])
        #expect(try setting.values([], [:]).isEmpty)
    }
}
