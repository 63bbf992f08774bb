import Collection
import Testing

@testable import ExporterServer

struct PasswordTests {
    /// Test vectors of crypt_blowfish (wrapper.c, Openwall).
    @Test(arguments: [
        ("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        ("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
        ("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
    ])
    func knowsThePasswordOfAHash(_ password: String, _ text: String) throws {
        let hash = try PasswordHash(parsing: text)
        #expect(hash.matches(password))
        #expect(!hash.matches(password + "x"))
        #expect(!hash.matches(""))
        #expect(!hash.matches(password + "\0"))
        #expect(!hash.matches(String(repeating: "x", count: 10_000)))
        #expect(!"\(hash)".contains(text.suffix(20)))
    }

    @Test(arguments: [
        "", "secret", "$1$abc$def", "$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe",
        "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyO:W",
        "$2a$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "$2a$+5$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
    ])
    func refusesWhatIsNoHash(_ text: String) {
        #expect(throws: ValueProblem.self) { try PasswordHash(parsing: text) }
    }

    @Test func remembersWhatWasRight() async throws {
        let hash = try PasswordHash(parsing: "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")
        // Without a place to wait, only what is remembered is answered.
        let checks = PasswordChecks(waiting: 1, waitingPerAddress: 1)
        #expect(await checks.check("U*U", of: "ann", hash, from: "a") == .right)
        #expect(await checks.check("wrong", of: "ann", hash, from: "a") == .wrong)
        #expect(await checks.check("U*U", of: "bob", nil, from: "a") == .wrong)
        let full = PasswordChecks(waiting: 0, waitingPerAddress: 0)
        #expect(await full.check("U*U", of: "ann", hash, from: "a") == .busy)
        // Another hash for the user: what was right for the old one is not.
        let other = try PasswordHash(parsing: "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK")
        #expect(await checks.check("U*U", of: "ann", other, from: "a") == .wrong)
        #expect(await checks.check("U*U*", of: "ann", other, from: "a") == .right)
    }

    @Test func digestsTellTextsApart() {
        let digester = SecretDigester()
        #expect(digester.digest("ab", "c") == digester.digest("ab", "c"))
        #expect(digester.digest("ab", "c") != digester.digest("a", "bc"))
        #expect(digester.digest("ab") != SecretDigester().digest("ab"))
        #expect(Secrets.areEqual([1, 2], [1, 2]))
        #expect(!Secrets.areEqual([1, 2], [1, 3]))
        #expect(!Secrets.areEqual([1, 2], [1, 2, 3]))
    }
}
