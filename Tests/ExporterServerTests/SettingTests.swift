import Testing

@testable import ExporterServer

struct SettingTests {
    @Test(arguments: [
        ("15s", 15_000), ("1m30s", 90_000), ("500ms", 500), ("1.5h", 5_400_000), ("0", 0), ("0s", 0), (".5s", 500),
        ("1h0m1s", 3_601_000), ("2000us", 2), ("2000µs", 2),
    ])
    func readsDurations(_ text: String, _ milliseconds: Int) throws {
        #expect(try DurationText.parse(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        ("", "is no duration"), ("15", "lacks a unit behind 15"), ("s", "is no duration"),
        ("15x", "unknown unit \"x\""),
        ("-1s", "is no duration"), ("1..2s", "is no duration"), (".s", "is no duration"),
        ("15 s", "unknown unit \" s\""),
        ("99999999999h", "is too long"), ("9999999999999999999999s", "is too long"), ("2562048h", "is too long"),
        ("9223372036s9223372036s", "is too long"), ("１5s", "is no duration"),
    ])
    func refusesDurations(_ text: String, _ problem: String) throws {
        let error = try #require(throws: ValueProblem.self) { try DurationText.parse(text) }
        #expect(error.message.contains(problem))
    }

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

    @Test func prefersTheFlag() throws {
        let setting = Setting(duration: "stale-after", minimum: 1)
        #expect(setting.variable == "KUBE_HA_EXPORTER_STALE_AFTER")
        let environment = [setting.variable: "20s"]
        #expect(try setting.value("30s", environment) == .seconds(30))
        #expect(try setting.value(nil, environment) == .seconds(20))
        #expect(try setting.value(nil, [:]) == nil)
        #expect(try setting.value(nil, [setting.variable: ""]) == nil)
    }

    @Test func namesWhereABadValueCameFrom() throws {
        let setting = Setting(number: "expected.zones", minimum: 1)
        let variable = try #require(throws: SettingError.self) {
            try setting.value(nil, ["KUBE_HA_EXPORTER_EXPECTED_ZONES": "many"])
        }
        #expect(
            variable.description == "KUBE_HA_EXPORTER_EXPECTED_ZONES \"many\": is no whole number of at least 1"
        )
        let flag = try #require(throws: SettingError.self) { try setting.value("0\n\u{1B}", [:]) }
        #expect(flag.description == "--expected.zones \"0\u{FFFD}\u{FFFD}\": is no whole number of at least 1")
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

    @Test func offersTheWordsOfAChoice() throws {
        let setting = Setting<LogFormat>(choice: "log-format")
        #expect(try setting.value("json", [:]) == .json)
        let error = try #require(throws: SettingError.self) { try setting.value("xml", [:]) }
        #expect(error.problem == "must be one of text, json")
    }

    /// Bookmarks come once a minute (DefaultBookmarkFrequency in apiserver/pkg/storage/cacher/cacher.go): two of them have
    /// to fit.
    @Test(arguments: [(119, 1), (120, 0), (300, 0)])
    func staleAfterBelowTwoBookmarksIsWarnedOf(_ seconds: Int, _ lines: Int) {
        var settings = ServerSettings()
        settings.staleAfter = .seconds(seconds)
        #expect(settings.warnings.count == lines)
        #expect(settings.warnings.allSatisfy { $0.contains("--stale-after is below 2m") })
    }
}
