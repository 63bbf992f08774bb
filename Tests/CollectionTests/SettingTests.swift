import Testing

@testable import Collection

struct SettingTests {
    @Test(arguments: [
        ("15s", 15_000), ("1m30s", 90_000), ("500ms", 500), ("1.5h", 5_400_000), ("0", 0), ("0s", 0), (".5s", 500),
        ("1h0m1s", 3_601_000), ("2000us", 2), ("2000µs", 2),
    ])
    func readsDurations(_ text: String, _ milliseconds: Int) throws {
        #expect(try DurationText.parse(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        ("", "is not a duration"), ("15", "has no unit after 15"), ("s", "is not a duration"),
        ("15x", "unknown unit \"x\""),
        ("-1s", "is not a duration"), ("1..2s", "is not a duration"), (".s", "is not a duration"),
        ("15 s", "unknown unit \" s\""),
        ("99999999999h", "is too long"), ("9999999999999999999999s", "is too long"), ("2562048h", "is too long"),
        ("9223372036s9223372036s", "is too long"), ("１5s", "is not a duration"),
    ])
    func refusesDurations(_ text: String, _ problem: String) throws {
        let error = try #require(throws: ValueProblem.self) { try DurationText.parse(text) }
        #expect(error.message.contains(problem))
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
            variable.description == "KUBE_HA_EXPORTER_EXPECTED_ZONES \"many\": is not a whole number of at least 1"
        )
        let flag = try #require(throws: SettingError.self) { try setting.value("0\n\u{1B}", [:]) }
        #expect(flag.description == "--expected.zones \"0\u{FFFD}\u{FFFD}\": is not a whole number of at least 1")
    }

    enum Form: String, CaseIterable { case text, json }

    @Test func offersTheWordsOfAChoice() throws {
        let setting = Setting<Form>(choice: "log-format")
        #expect(try setting.value("json", [:]) == .json)
        let error = try #require(throws: SettingError.self) { try setting.value("xml", [:]) }
        #expect(error.problem == "must be one of text, json")
    }

    /// Bookmarks come once a minute (DefaultBookmarkFrequency in apiserver/pkg/storage/cacher/cacher.go): two of them have
    /// to fit.
    @Test(arguments: [(119, 1), (120, 0), (300, 0)])
    func staleAfterBelowTwoBookmarksIsWarnedOf(_ seconds: Int, _ lines: Int) {
        var settings = CollectionSettings()
        settings.staleAfter = .seconds(seconds)
        #expect(settings.warnings.count == lines)
        #expect(settings.warnings.allSatisfy { $0.contains("--stale-after is below 2m") })
    }
}
