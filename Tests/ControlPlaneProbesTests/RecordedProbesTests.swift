import ClusterState
import ControlPlaneProbes
import TestFixtures
import Testing

struct RecordedProbesTests {
    @Test func healthyClusterIsHealthy() throws {
        let reading = ProbeReading(try answers(.healthy))
        #expect(reading.apiServer == ProbedSource(.ok, "2 of 2 API servers answered"))
        #expect(reading.results.apiServers.map(\.name) == ["192.0.2.11:6443", "192.0.2.12:6443"])
        #expect(reading.results.apiServers.allSatisfy { $0.isReachable && $0.isReady && $0.isEtcdReady == true })
        #expect(reading.results.apiServers.allSatisfy { $0.seconds == nil && $0.certificateExpiry == nil })

        #expect(reading.etcd == ProbedSource(.ok, "3 of 3 etcd members answered"))
        let cluster = try reading.cluster()
        #expect(cluster.name == "main")
        #expect(cluster.memberLabels == ["cp-1", "cp-2", "cp-3"])
        #expect(
            cluster.members.map(\.id) == [
                758_659_209_188_475_983, 16_558_758_182_256_318_546,
                13_148_557_906_461_751_675,
            ]
        )
        #expect(cluster.members.allSatisfy { $0.isHealthy && $0.leader == 758_659_209_188_475_983 && !$0.isLearner })
        #expect(cluster.members.allSatisfy { $0.alarms.isEmpty && $0.toldAlarms && $0.version == "3.6.13" })
        let second = cluster.members[1]
        #expect(second.raftIndex == 1_435 && second.raftAppliedIndex == 1_435)
        #expect(second.databaseBytes == 3_485_696 && second.databaseInUseBytes == 3_485_696)
        #expect(second.databaseQuotaBytes == 8_589_934_592)
    }

    @Test func degradedClusterNamesWhatIsDown() throws {
        let reading = ProbeReading(try answers(.degraded))
        #expect(reading.apiServer == ProbedSource(.ok, "1 of 2 API servers answered"))
        #expect(reading.results.apiServers.map(\.isReachable) == [true, false])
        #expect(reading.results.apiServers.map(\.isServing) == [true, false])
        #expect(reading.results.apiServers[1].isEtcdReady == nil)

        #expect(reading.etcd == ProbedSource(.ok, "2 of 3 etcd members answered"))
        #expect(try reading.cluster().members.map(\.isHealthy) == [true, true, false])
        let third = try reading.member("cp-3")
        #expect(!third.isReachable && third.leader == nil && third.raftIndex == nil && !third.toldAlarms)
        #expect(try reading.member("cp-2").databaseInUseBytes == 3_952_640)
    }

    @Test func memberWithoutLeaderIsUnhealthyWhateverItsSerializableCheckSays() throws {
        let recorded = try answers(.quorumLost)
        #expect(recorded.contains { $0.path == "/health?serializable=true" && $0.status == 200 })
        let reading = ProbeReading(recorded)
        #expect(reading.apiServer == ProbedSource(.disabled, "no API server was asked"))
        #expect(reading.etcd == ProbedSource(.ok, "1 of 3 etcd members answered"))
        let cluster = try reading.cluster()
        #expect(cluster.memberLabels == ["e1", "e2", "e3"])
        #expect(cluster.members.map(\.isReachable) == [true, false, false])
        #expect(cluster.members.allSatisfy { !$0.isHealthy && $0.leader == nil })
        #expect(!cluster.isAlarmKnown, "the question for alarms goes through the leader")
        #expect(try reading.member("e1").raftIndex == 2_557)
    }

    @Test func readyzMaySayReadyWithEtcdGone() throws {
        // As an API server of 1.36 answered with its etcd stopped: nothing in /readyz lists etcd, /livez does.
        let readyz = "[+]ping ok\n[+]log ok\n[+]informer-sync ok\n[+]shutdown ok\nreadyz check passed\n"
        let livez = "[+]ping ok\n[-]etcd failed: reason withheld\n[+]log ok\nlivez check failed\n"
        let reading = ProbeReading([
            try apiServer(11, "/readyz?verbose", 200, readyz), try apiServer(11, "/livez?verbose", 500, livez),
        ])
        #expect(reading.results.apiServers[0].isReady)
        #expect(reading.results.apiServers[0].isEtcdReady == false)
        #expect(!reading.results.apiServers[0].isServing)
    }
}
