/// The state of an etcd member by its own metrics: server/etcdserver/metrics.go and server/storage/mvcc/metrics.go of etcd, with
/// the same names since 3.4.
struct EtcdMetrics: Hashable {
    /// Where they are asked for.
    static let path = "/metrics"
    /// The families that are read.
    static let families = [
        "etcd_server_has_leader", "etcd_server_is_leader", "etcd_mvcc_db_total_size_in_bytes",
        "etcd_mvcc_db_total_size_in_use_in_bytes", "etcd_server_quota_backend_bytes",
    ]

    /// Whether the member knows of a leader; nil where it did not report it.
    let hasLeader: Bool?
    /// Whether the member is the leader.
    let isLeader: Bool
    let databaseBytes: Double?
    let databaseInUseBytes: Double?
    /// nil also where quota is switched off: a number of 0 or below.
    let databaseQuotaBytes: Double?

    /// Reads the answer; nil where it has no sample of etcd's.
    init?(_ answer: ProbeAnswer) {
        guard answer.status == 200 else { return nil }
        var values: [String: Double] = [:]
        for sample in MetricSample.samples(answer.body) where sample.labels.isEmpty {
            values[sample.name] = sample.value
        }
        let known = values.filter { Self.families.contains($0.key) }
        guard !known.isEmpty else { return nil }
        func amount(_ name: String) -> Double? { known[name].flatMap { $0.isFinite && $0 > 0 ? $0 : nil } }
        hasLeader = known["etcd_server_has_leader"].map { $0 == 1 }
        isLeader = known["etcd_server_is_leader"] == 1
        databaseBytes = amount("etcd_mvcc_db_total_size_in_bytes")
        databaseInUseBytes = amount("etcd_mvcc_db_total_size_in_use_in_bytes")
        databaseQuotaBytes = amount("etcd_server_quota_backend_bytes")
    }
}
