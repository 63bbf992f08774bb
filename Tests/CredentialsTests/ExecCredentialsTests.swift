import ConfigurationFiles
import FoundationEssentials
import Glibc
import HTTPTransport
import KubernetesWire
import TestClocks
import Testing

@testable import KubernetesClient

/// Runs real programs: `/bin/sh` with a script of the test's, under names of its own.
struct ExecCredentialsTests {
    private let world = World()
    private let folder: TestFolder

    init() throws {
        folder = try TestFolder()
    }

    /// `config` of a cluster goes to the plugin as JSON: what YAML means by a scalar, and keys in the order written.
    @Test func writesConfigurationAsJSON() throws {
        func json(_ yaml: String) throws -> String {
            let root = try ConfigurationFile(Array(yaml.utf8), name: "test").root
            return String(decoding: JSONValue(root).encoded, as: UTF8.self)
        }
        let written = try json("a: [1, 2.5, yes, ~, \"yes\", 'q\"\\']\n\"é\\n\\x01\": {}\nbig: 1e999\n")
        #expect(written == #"{"a":[1,2.5,true,null,"yes","q\"\\"],"é\n\u0001":{},"big":"1e999"}"#)
        // What is written is read the same.
        #expect(try json(written) == written)
    }

    /// A source with a plugin that runs the script; the script's folder is `$DIR`.
    private func source(
        _ script: String,
        version: String = "v1",
        exec: String = "",
        cluster: String = "server: https://x.example:6443",
        user: String = "",
        command: String = "/bin/sh",
        variables: [String: String] = [:]
    ) throws -> any CredentialSource {
        try access(script, version, exec, cluster, user, command, variables).credentials
    }

    private func access(
        _ script: String,
        _ version: String,
        _ exec: String,
        _ cluster: String,
        _ user: String,
        _ command: String,
        _ variables: [String: String]
    ) throws -> ClusterAccess {
        let file = try folder.write("plugin.sh", script)
        let path = try folder.write(
            "config",
            """
            current-context: a
            contexts:
            - {name: a, context: {cluster: c, user: u}}
            clusters:
            - name: c
              cluster:
                \(cluster.replacing("\n", with: "\n    "))
            users:
            - name: u
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/\(version)
                  command: \(command)
                  interactiveMode: IfAvailable
                  args: [\(file), second argument]
                  \(exec.replacing("\n", with: "\n      "))
                \(user.replacing("\n", with: "\n    "))
            """
        )
        return try ClusterAccess.find(
            kubeconfig: path,
            environment: world.environment(variables.merging(["DIR": folder.path]) { own, _ in own })
        )
    }

    /// Prints a token with the number of the run; `$1` of the format is what else `status` has.
    private func counting(_ more: String = "") -> String {
        """
        echo run >> $DIR/runs
        n=$(grep -c run $DIR/runs)
        echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"token-'$n'"\(more)}}'
        """
    }

    private var runs: Int { folder.read("runs").split(separator: "\n").count }

    // MARK: Caching

    @Test func keepsAnAnswerWithoutExpiry() async throws {
        let source = try source(counting())
        for _ in 0..<3 {
            #expect(try await source.authorization() == Authorization(bearerToken: "token-1"))
            world.clock.advance(by: .seconds(100_000))
        }
        #expect(runs == 1)
    }

    @Test func keepsAnAnswerUntilItExpires() async throws {
        // 20 minutes after the start of the test's time, written with an offset.
        let source = try source(counting(#","expirationTimestamp":"2027-01-15T09:20:00+01:00""#))
        #expect(try await source.authorization().bearerToken == "token-1")
        world.clock.advance(by: .seconds(1_199))
        #expect(try await source.authorization().bearerToken == "token-1")
        world.clock.advance(by: .seconds(1))
        #expect(try await source.authorization().bearerToken == "token-2")
        // The second answer has already ended by our clock: used, but not asked for anew with each request.
        #expect(try await source.authorization().bearerToken == "token-2")
        world.clock.advance(by: .seconds(5))
        #expect(try await source.authorization().bearerToken == "token-3")
        #expect(runs == 3)
    }

    @Test func runsAgainOn401() async throws {
        let source = try source(counting())
        #expect(try await source.authorization().bearerToken == "token-1")
        world.clock.advance(by: .seconds(60))
        await source.invalidate()
        #expect(try await source.authorization().bearerToken == "token-2")
        // The other requests that carried the first token get their 401 too: the second stays.
        for _ in 0..<30 { await source.invalidate() }
        #expect(try await source.authorization().bearerToken == "token-2")
        world.clock.advance(by: .seconds(5))
        await source.invalidate()
        #expect(try await source.authorization().bearerToken == "token-3")
        #expect(runs == 3)
    }

    @Test func runsOnceForAllThatWait() async throws {
        let source = try source(counting())
        let tokens = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<50 { group.addTask { try? await source.authorization().bearerToken } }
            return await group.reduce(into: [String?]()) { $0.append($1) }
        }
        #expect(tokens == Array(repeating: "token-1", count: 50))
        #expect(runs == 1)
    }

    @Test func doesNotRunAFailingPluginForEachRequest() async throws {
        let source = try source("echo run >> $DIR/runs; test -e $DIR/well || exit 3\n" + counting())
        let first = await failure(source)
        #expect(await failure(source) == first)
        #expect(runs == 1)
        world.clock.advance(by: .seconds(5))
        #expect(await failure(source) == first)
        #expect(runs == 2)
        try folder.write("well", "")
        world.clock.advance(by: .seconds(5))
        #expect(try await source.authorization().bearerToken == "token-4")
    }

    // MARK: What the plugin is given

    @Test(arguments: ["v1", "v1beta1"])
    func tellsThePluginWhatItIsFor(version: String) async throws {
        let source = try source(
            """
            echo "$KUBERNETES_EXEC_INFO" > $DIR/info
            echo "$1|$INHERITED|$OWN|$EMPTY|$(id -u >/dev/null && tty)" > $DIR/given
            echo 'kind: ExecCredential'
            echo 'apiVersion: client.authentication.k8s.io/\(version)'
            echo 'status: {token: from-yaml}'
            """,
            version: version,
            exec: "env: [{name: OWN, value: own}, {name: EMPTY}]",
            variables: ["INHERITED": "yes", "OWN": "replaced", "EMPTY": "replaced"]
        )
        #expect(try await source.authorization().bearerToken == "from-yaml")
        #expect(
            folder.read("info")
                == #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/\#(version)","#
                + "\"spec\":{\"interactive\":false}}\n"
        )
        #expect(folder.read("given") == "second argument|yes|own||not a tty\n")
    }

    @Test func tellsThePluginTheCluster() async throws {
        let authority = FakePEM.certificate("ca")
        try folder.write("ca.crt", authority)
        let source = try source(
            "echo \"$KUBERNETES_EXEC_INFO\" > $DIR/info\n" + counting(),
            exec: "provideClusterInfo: true",
            cluster: """
                server: x.example:6443/
                certificate-authority: ca.crt
                tls-server-name: kubernetes
                proxy-url: http://proxy:3128
                extensions:
                - {name: other, extension: {x: 1}}
                - name: client.authentication.k8s.io/exec
                  extension: {audience: "a\\"b", list: [1, true, null]}
                """
        )
        _ = try await source.authorization()
        #expect(
            folder.read("info")
                == #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"cluster":{"#
                + #""server":"https://x.example:6443","tls-server-name":"kubernetes","certificate-authority-data":""#
                + Data(authority.utf8).base64EncodedString()
                + #"","proxy-url":"http://proxy:3128","config":{"audience":"a\"b","list":[1,true,null]}},"#
                + "\"interactive\":false}}\n"
        )
    }

    @Test func tellsThePluginThatVerificationIsOff() async throws {
        let source = try source(
            "echo \"$KUBERNETES_EXEC_INFO\" > $DIR/info\n" + counting(),
            exec: "provideClusterInfo: true",
            cluster: "server: https://x\ninsecure-skip-tls-verify: true"
        )
        _ = try await source.authorization()
        #expect(folder.read("info").contains(#""cluster":{"server":"https://x","insecure-skip-tls-verify":true}"#))
    }

    @Test func findsThePluginBesideTheKubeconfigAndInPath() async throws {
        try folder.link("bin/plugin", to: "/bin/sh")
        let beside = try source(counting(), command: "./bin/plugin")
        #expect(try await beside.authorization().bearerToken == "token-1")
        let path = ["PATH": "/usr/bin:/bin:\(folder.path)/bin"]
        let inPath = try source(counting(), command: "plugin", variables: path)
        #expect(try await inPath.authorization().bearerToken == "token-2")
    }

    @Test func takesACertificateFromThePlugin() async throws {
        let certificate = FakePEM.certificate("from-plugin")
        let key = FakePEM.key("from-plugin")
        let escape = { (text: String) in text.replacing("\n", with: "\\n") }
        try folder.write(
            "answer",
            """
            {"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":
              {"clientCertificateData":"\(escape(certificate))","clientKeyData":"\(escape(key))"}}
            """
        )
        let data = Data(FakePEM.certificate("own").utf8).base64EncodedString()
        let keyData = Data(FakePEM.key("own").utf8).base64EncodedString()
        let source = try source(
            "cat $DIR/answer",
            user: "client-certificate-data: \(data)\nclient-key-data: \(keyData)"
        )
        #expect(
            try await source.authorization()
                == Authorization(
                    clientCertificate: .memory(Array(certificate.utf8)),
                    clientKey: .memory(Array(key.utf8))
                )
        )
    }

    @Test func keepsTheUsersCertificateBesideTheToken() async throws {
        try folder.write("tls.pem", FakePEM.certificate("own") + FakePEM.key("own"))
        let source = try source(counting(), user: "client-certificate: tls.pem\nclient-key: tls.pem")
        let own = PEMSource.memory(Array((FakePEM.certificate("own") + FakePEM.key("own")).utf8))
        #expect(
            try await source.authorization()
                == Authorization(bearerToken: "token-1", clientCertificate: own, clientKey: own)
        )
    }

    // MARK: What goes wrong

    private func answer(_ status: String, version: String = "v1", kind: String = "ExecCredential") -> String {
        "{\"kind\":\"\(kind)\",\"apiVersion\":\"client.authentication.k8s.io/\(version)\",\"status\":\(status)}"
    }

    @Test func namesWhatIsWrongWithTheAnswer() async throws {
        let tooBig = String(repeating: "x", count: 300_000)
        let cases = [
            ("", ":1:1: the key \"kind\" is missing"),
            ("S3CRET", ":1:1: must be a mapping, not a text"),
            (
                "{\"token\": \"S3CRET",
                ":1:18: is neither YAML nor JSON: found unexpected end of stream while scanning a quoted scalar"
            ),
            (answer("{}", kind: "Status"), ":1:9: kind: must be ExecCredential"),
            (
                answer("{}", version: "v1beta1"),
                ":1:39: apiVersion: must be client.authentication.k8s.io/v1, as the kubeconfig says"
            ),
            (answer("null"), ":1:82: status: is empty"),
            (answer("{}"), ":1:82: status: has neither a token nor a client certificate"),
            (answer("{\"token\":\"\"}"), ":1:82: status: has neither a token nor a client certificate"),
            (
                answer("{\"token\":\"S3CRET x\"}"),
                ":1:91: status.token: has a blank, line break or character that a bearer token cannot have"
            ),
            (answer("{\"token\":17}"), ":1:91: status.token: must be a text, not a number; put it in quotes"),
            (
                answer("{\"clientKeyData\":\"S3CRET\"}"),
                ":1:99: status.clientKeyData: holds no PEM private key (no “-----BEGIN PRIVATE KEY-----” in it)"
            ),
            (
                answer("{\"clientCertificateData\":\"-----BEGIN CERTIFICATE-----\"}"),
                ":1:82: status: has only one of clientCertificateData and clientKeyData"
            ),
            (
                answer("{\"token\":\"S3CRET\",\"expirationTimestamp\":\"soon\"}"),
                ":1:122: status.expirationTimestamp: is not an RFC 3339 time"
            ),
            (tooBig, " printed more than 262144 bytes"),
        ]
        for (output, problem) in cases {
            try folder.write("answer", output)
            let message = await failure(try source("cat $DIR/answer"))
            let origin = "\(folder.path)/config:13:16: users[0].user.exec.command: exec plugin /bin/sh"
            let expected = problem.hasPrefix(":") ? origin + ": its output" + problem : origin + problem
            #expect(message?.hasPrefix(expected) == true, "\(message ?? "no error") instead of \(expected)")
            #expect(message?.contains("S3CRET") == false)
        }
    }

    @Test(arguments: [
        (
            "echo 'first line' >&2; printf 'second\\tline\\n' >&2; exit 7",
            " failed with exit status 7: first line second line"
        ),
        ("exit 1", " failed with exit status 1, without a word on standard error"),
        ("kill -9 $$", " was ended by signal 9, without a word on standard error"),
        (
            "echo token eyJhbGciOiJSUzI1NiJ9.S3CRET.S3CRET refused >&2; exit 1",
            " failed with exit status 1: token [removed] refused"
        ),
        ("echo \"wrong $MY_SECRET!\" >&2; exit 1", " failed with exit status 1: wrong [removed]!"),
        ("echo \"no $DB_PASS, $API_KEY or $OTHER_TOKEN\" >&2; exit 1", ": no [removed], [removed] or [removed]"),
        (
            "echo 'sent Authorization: Bearer S3CRET, then \"bearer S3CRET\"' >&2; exit 1",
            ": sent Authorization: Bearer [removed] then \"bearer [removed]"
        ),
        ("echo \"cannot read $MY_TOKEN_FILE\" >&2; exit 1", ": cannot read /run/token"),
        ("printf 'a\\342\\200\\256b\\342\\201\\251' >&2; exit 1", ": a b"),
        (
            "i=0; while [ $i -lt 20000 ]; do echo 'a long story' >&2; i=$((i+1)); done; echo end >&2; exit 1",
            "a long story a long story end"
        ),
    ])
    func saysWhatThePluginSaid(script: String, message: String) async throws {
        let source = try source(
            script,
            exec: "env: [{name: MY_SECRET, value: S3CRET-value}]",
            // Our own environment, which the plugin inherits.
            variables: [
                "DB_PASS": "S3CRET-1", "API_KEY": "S3CRET-12", "OTHER_TOKEN": "S3CRET-2", "MY_TOKEN_FILE": "/run/token",
            ]
        )
        let line = try #require(await failure(source))
        #expect(line.hasSuffix(message), "\(line)")
        #expect(line.hasPrefix("\(folder.path)/config:13:16: users[0].user.exec.command: exec plugin /bin/sh "))
        #expect(line.utf8.count < 1_000 && !line.contains("S3CRET") && !line.contains("\n"))
    }

    @Test func aChattyPluginIsFine() async throws {
        let source = try source(
            "i=0; while [ $i -lt 20000 ]; do echo 'a long story' >&2; i=$((i+1)); done\n" + counting()
        )
        #expect(try await source.authorization().bearerToken == "token-1")
    }

    @Test func saysWhereThePluginWasLookedFor() async throws {
        let origin = "\(folder.path)/config:13:16: users[0].user.exec.command: exec plugin "
        #expect(
            await failure(try source("", exec: "installHint: |\n  run\n  this", command: "no-such-plugin"))
                == origin + "no-such-plugin was not found in PATH, or is not executable; the kubeconfig says: run this"
        )
        #expect(
            await failure(try source("", command: "./none"))
                == origin + "./none was not found at \(folder.path)/./none, or is not executable; install it"
        )
        try folder.write("text", "no program")
        let line = try #require(await failure(try source("", command: "./text")))
        #expect(line == origin + "./text was not found at \(folder.path)/./text, or is not executable; install it")
    }

    // MARK: The time limit

    @Test(.timeLimit(.minutes(10)), arguments: ["", "trap '' TERM\n"])
    func endsAPluginThatHangs(trap: String) async throws {
        let source = try source(trap + "sleep 1000 & echo $! > $DIR/child; echo $$ > $DIR/pid; wait; sleep 1000")
        let asked = Task { await failure(source) }
        await world.clock.waitForSleeper(until: .seconds(30))
        // Both processes are there; a loop, since nothing tells when a file is.
        while Int32(folder.read("pid").trimmingBlanks) == nil { await Task.yield() }
        world.clock.advance(by: .seconds(30))
        #expect(
            await asked.value
                == "\(folder.path)/config:13:16: users[0].user.exec.command: exec plugin /bin/sh gave no answer in 30 s "
                + "and was ended"
        )
        let pid = try #require(Int32(folder.read("pid").trimmingBlanks))
        #expect(kill(pid, 0) != 0 && errno == ESRCH)
        // What it started is ended with it, in its own time: a signal that is sent has not yet arrived.
        let child = try #require(Int32(folder.read("child").trimmingBlanks))
        while !Self.isEnded(child) { await Task.yield() }
        // The request that waits afterwards is answered at once, without another run.
        #expect(await failure(source) != nil)
    }

    @Test func anotherRequestsCancellationDoesNotEndTheRun() async throws {
        let source = try source("while ! test -e $DIR/go; do :; done\n" + counting())
        let first = Task { try? await source.authorization().bearerToken }
        await world.clock.waitForSleeper(until: .seconds(30))
        let second = Task { try? await source.authorization().bearerToken }
        first.cancel()
        try folder.write("go", "")
        #expect(await second.value == "token-1")
        #expect(runs == 1)
    }

    /// The time limit does not pass here: only cancellation ends the run.
    @Test(.timeLimit(.minutes(10)), arguments: [1, 30])
    func cancellationOfAllWhoWaitEndsAPluginThatHangs(requests: Int) async throws {
        let source = try source("sleep 1000 & echo $! > $DIR/child; echo $$ > $DIR/pid; wait; sleep 1000")
        let asked = (0..<requests).map { _ in Task { await failure(source) } }
        while Int32(folder.read("pid").trimmingBlanks) == nil { await Task.yield() }
        for task in asked { task.cancel() }
        for task in asked { #expect(await task.value?.hasSuffix("exec plugin /bin/sh was cancelled") == true) }
        let pid = try #require(Int32(folder.read("pid").trimmingBlanks))
        #expect(kill(pid, 0) != 0 && errno == ESRCH)
        let child = try #require(Int32(folder.read("child").trimmingBlanks))
        while !Self.isEnded(child) { await Task.yield() }
        // It is no failure to be remembered: who asks next has it run again.
        try folder.write("plugin.sh", counting())
        #expect(try await source.authorization().bearerToken == "token-1")
    }

    @Test(.timeLimit(.minutes(10))) func aCancelledRequestDoesNotWaitForTheRun() async throws {
        let source = try source("echo $$ > $DIR/pid; while ! test -e $DIR/go; do :; done\n" + counting())
        let first = Task { await failure(source) }
        while folder.read("pid").isEmpty { await Task.yield() }
        let second = Task { try? await source.authorization().bearerToken }
        first.cancel()
        // The plugin goes on only after this has returned: for the second, or anew where that came later.
        #expect(await first.value?.hasSuffix("was cancelled") == true)
        try folder.write("go", "")
        #expect(await second.value == "token-1")
    }

    /// Whether a process is gone or dead and not yet buried.
    private static func isEnded(_ pid: Int32) -> Bool {
        guard let status = TestFolder.text("/proc/\(pid)/stat"), let state = status.split(separator: ")").last else {
            return true
        }
        return state.hasPrefix(" Z") || state.hasPrefix(" X")
    }
}
