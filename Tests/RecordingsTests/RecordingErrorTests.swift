import ClusterState
import Glibc
import Recordings
import TestFixtures
import Testing

struct RecordingErrorTests {
    @Test func folderThatIsNotThere() throws {
        let error = try #require(throws: RecordingError.self) { _ = try Recording.read(directory: "/no/such/folder") }
        #expect(
            "\(error)" == "cannot read the folder /no/such/folder: No such file or directory; "
                + "name a folder that holds a recording"
        )
    }

    @Test func fileInsteadOfFolder() throws {
        let path = "\(Fixture.healthy.path)/version.json"
        let error = try #require(throws: RecordingError.self) { _ = try Recording.read(directory: path) }
        #expect("\(error)" == "cannot read the folder \(path): Not a directory; name a folder that holds a recording")
    }

    @Test func folderWithoutRecording() throws {
        let folder = try TemporaryFolder(["README": [], "core_v1_pods.json": [], "version.json": []])
        let error = try #require(throws: RecordingError.self) { _ = try Recording.read(directory: folder.path) }
        #expect(error == .noRecording(folder.path))
        #expect("\(error)".hasPrefix("\(folder.path) holds no recording: no file such as core_v1_pods.pb"))
    }

    @Test func fileThatCannotBeRead() throws {
        // A dangling link: unreadable for every user, unlike one without permissions.
        let folder = try TemporaryFolder(["probes.jsonl": []])
        try folder.link("core_v1_pods.pb", to: "gone")
        let error = try #require(throws: RecordingError.self) { _ = try Recording.read(directory: folder.path) }
        #expect(
            "\(error)" == "cannot read core_v1_pods.pb: No such file or directory; make it readable, or remove it "
                + "to continue without it"
        )
    }

    @Test func truncatedListNamesFileAndByte() throws {
        let whole = try FileSet(.healthy)
        let pods = try #require(whole.files["core_v1_pods.pb"])
        for length in [0, 3, 10, 40, 1_000, pods.count / 2, pods.count - 1] {
            var files = whole
            files.files["core_v1_pods.pb"] = Array(pods.prefix(length))
            let refusal = try files.refusal()
            #expect(refusal.hasPrefix("core_v1_pods.pb: malformed protobuf at byte "), "\(length): \(refusal)")
            #expect(refusal.hasSuffix("record it again, or remove it to continue without it"))
        }
    }

    @Test func garbledItemNamesItsByte() throws {
        var files = try FileSet(.healthy)
        // Eleven bytes that each say that another follows: a varint of more than 64 bits.
        let list = envelope(kind: "PodList", field(2, Array(repeating: 0xff, count: 11)))
        files.files["core_v1_pods.pb"] = list
        let first = try #require(list.firstIndex(of: 0xff))
        let refusal = try files.refusal()
        #expect(
            refusal == "core_v1_pods.pb: malformed protobuf at byte \(first + 10), Pod: varint of more than 64 bits; "
                + "record it again, or remove it to continue without it"
        )
    }

    @Test func listOfAnotherKind() throws {
        var files = try FileSet(.healthy)
        files.files["core_v1_pods.pb"] = files.files["core_v1_nodes.pb"]
        #expect(try files.refusal() == "core_v1_pods.pb holds a NodeList, not a PodList; record it again")
        files.files["core_v1_pods.pb"] = envelope(kind: "Pod", [])
        #expect(try files.refusal() == "core_v1_pods.pb holds a Pod, not a PodList; record it again")
        files.files["core_v1_pods.pb"] = envelope(kind: "", [])
        #expect(try files.refusal().hasPrefix("core_v1_pods.pb"))
    }

    @Test func refusalInsteadOfList() throws {
        var files = try FileSet(.healthy)
        files.files["core_v1_pods.pb"] = envelope(
            kind: "Status",
            field(3, "pods is forbidden:\nno") + field(4, "Forbidden") + [6 << 3, 0x93, 3]
        )
        #expect(
            try files.refusal() == "core_v1_pods.pb holds no list but the API server's answer 403 Forbidden: "
                + "pods is forbidden: no; remove it and name the state in sources.json"
        )
    }

    @Test func firstPageIsNoList() throws {
        var files = try FileSet(.healthy)
        files.files["core_v1_pods.pb"] = envelope(kind: "PodList", field(1, field(3, "token")))
        #expect(
            try files.refusal()
                == "core_v1_pods.pb holds only the first page of a list; record it again without limit"
        )
    }

    @Test func twoFilesOfAResource() throws {
        var files = try FileSet(.healthy)
        files.files["policy_v1beta1_poddisruptionbudgets.pb"] = files.files["policy_v1_poddisruptionbudgets.pb"]
        #expect(
            try files.refusal() == "policy_v1_poddisruptionbudgets.pb and policy_v1beta1_poddisruptionbudgets.pb "
                + "are both of poddisruptionbudgets; remove one of them"
        )
    }

    @Test(arguments: [
        ("garbage", "not JSON"),
        ("[]", "not a JSON object"),
        (#"{"source":"etcd"}"#, "'endpoint' is missing"),
        (#"{"source":"etcd","endpoint":"https://a","path":"/health","status":"200"}"#, "'status' has a wrong type"),
        (
            #"{"source":"pods","endpoint":"https://a","path":"/health","status":200}"#,
            "source is 'pods', not apiserver or etcd"
        ),
        (
            #"{"source":"etcd","endpoint":"a:2379","path":"/health","status":200}"#,
            "endpoint 'a:2379' is not an http or https URL"
        ),
        (
            #"{"source":"etcd","endpoint":"https://a","path":"health","status":200}"#,
            "path 'health' does not begin with a slash"
        ),
        (
            #"{"source":"etcd","endpoint":"https://a","path":"/health","status":99}"#,
            "99 is not an HTTP status (0 where no answer came)"
        ),
        (
            #"{"source":"etcd","endpoint":"https://a","path":"/health","status":200,"seconds":-1}"#,
            "-1.0 is not a duration in seconds"
        ),
        (
            #"{"source":"etcd","endpoint":"https://a","path":"/health","status":200,"certificateExpiry":"soon"}"#,
            "certificateExpiry 'soon' is not a time"
        ),
    ])
    func garbageAmongProbesNamesTheLine(line: String, reason: String) throws {
        var files = try FileSet(.quorumLost)
        let good = #"{"source":"etcd","endpoint":"https://a","path":"/health","status":200}"#
        files.set("probes.jsonl", "\(good)\n\r\n\(line)\nmore garbage\n")
        #expect(try files.refusal() == "probes.jsonl line 3: \(reason); correct the line or remove it")
    }

    @Test func probesKeepDurationExpiryAndCluster() throws {
        var files = try FileSet(.quorumLost)
        files.set(
            "probes.jsonl",
            #"""
            {"source":"apiserver","endpoint":"https://192.0.2.1:6443","path":"/readyz?verbose","status":200,"body":"ok","seconds":0.5}
            {"source":"apiserver","endpoint":"https://192.0.2.2:6443","path":"/readyz?verbose","status":200,"certificateExpiry":"2027-01-01T00:00:00Z"}
            {"source":"etcd","etcdCluster":"events","endpoint":"https://192.0.2.1:2379","path":"/health","status":0}
            """#
        )
        let probes = try files.read().probes
        #expect(probes.apiServers.map(\.seconds) == [0.5, nil])
        #expect(probes.apiServers.map(\.certificateExpiry) == [nil, Timestamp(rfc3339: "2027-01-01T00:00:00Z")])
        #expect(probes.etcdClusters.map(\.name) == ["events"])
    }

    @Test(arguments: ["", "yesterday", "2026-11-22", "2026-11-22T08:29:00Z 2026-11-22T08:29:00Z"])
    func badTime(text: String) throws {
        var files = try FileSet(.quorumLost)
        files.set("recorded-at.txt", text)
        #expect(
            try files.refusal()
                == "recorded-at.txt: '\(text.prefix(40))' is not a time; write one such as 2026-11-22T08:52:26Z"
        )
    }

    @Test func noTimeAtAll() throws {
        var files = try FileSet(.quorumLost)
        files.files["recorded-at.txt"] = nil
        #expect(try files.refusal().hasPrefix("no recorded-at.txt, and no object that has a time"))
    }

    @Test func badVersion() throws {
        var files = try FileSet(.healthy)
        files.set("version.json", #"{"major":"1","gitVersion":"v1.36.0"}"#)
        #expect(
            try files.refusal()
                == "version.json: 'minor' is missing; write what the API server's /version answers"
        )
        files.set("version.json", "1.36")
        #expect(try files.refusal().hasPrefix("version.json: not a JSON object"))
    }

    @Test(arguments: [
        (#"{"podz": "ok"}"#, "unknown source 'podz'; the sources are namespaces, nodes, "),
        (#"{"pods": "fine"}"#, "unknown state 'fine' of pods; the states are ok, not_synced, "),
        (#"{"pods": 1}"#, "'pods' has a wrong type; write an object such as {\"pods\": \"forbidden\"}"),
        (#"["pods"]"#, "not a JSON object; write an object such as "),
        ("{", "not JSON; write an object such as "),
    ])
    func badSources(text: String, reason: String) throws {
        var files = try FileSet(.healthy)
        files.set("sources.json", text)
        #expect(try files.refusal().hasPrefix("sources.json: \(reason)"))
    }

    private func field(_ number: UInt8, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

    /// A length-delimited field of fewer than 128 bytes.
    private func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(bytes.count)] + bytes
    }

    private func envelope(kind: String, _ object: [UInt8]) -> [UInt8] {
        [0x6b, 0x38, 0x73, 0] + field(1, field(1, "v1") + field(2, kind)) + field(2, object)
    }

    /// Nobody writes to the pipe: opening it would be waited for.
    @Test func refusesAPipe() throws {
        let folder = try TemporaryFolder([:])
        try #require(mkfifo("\(folder.path)/core_v1_pods.pb", 0o600) == 0)
        let error = try #require(throws: RecordingError.self) { _ = try Recording.read(directory: folder.path) }
        #expect("\(error)".contains("core_v1_pods.pb: it is a pipe, a device or a folder, not a regular file"))
    }
}
