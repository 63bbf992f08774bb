/// What API servers and etcd members tell of themselves at /metrics: the samples that the exporter reads among others that
/// it does not.
extension SimulatorState {
    /// The media type of the text format.
    static let metricsType = "text/plain; version=0.0.4; charset=utf-8"

    /// The metrics of an API server. `deprecatedRequestGauge` in apiserver/pkg/endpoints/metrics/metrics.go writes the
    /// first family.
    static let apiServerMetrics = """
        # HELP apiserver_requested_deprecated_apis [STABLE] Gauge of deprecated APIs that have been requested.
        # TYPE apiserver_requested_deprecated_apis gauge
        apiserver_requested_deprecated_apis{group="",removed_release="",resource="endpoints",subresource="",version="v1"} 1
        apiserver_requested_deprecated_apis{group="shop.example.com",removed_release="1.40",resource="carts",\
        subresource="",version="v1beta1"} 1
        # HELP apiserver_request_total [STABLE] Counter of apiserver requests.
        # TYPE apiserver_request_total counter
        apiserver_request_total{code="200",group="",resource="endpoints",scope="namespace",verb="GET",version="v1"} 42
        # HELP process_start_time_seconds [ALPHA] Start time of the process since unix epoch in seconds.
        # TYPE process_start_time_seconds gauge
        process_start_time_seconds 1.79500000044e+09

        """

    /// The metrics of a member, as etcd 3.6 writes them.
    ///
    /// - Parameters:
    ///   - hasLeader: Whether it knows of a leader.
    ///   - isLeader: Whether it is the leader.
    ///   - bytes: The size of its database.
    /// - Returns: The text.
    static func etcdMetrics(hasLeader: Bool, isLeader: Bool, bytes: UInt64) -> String {
        """
        # HELP etcd_mvcc_db_total_size_in_bytes Total size of the underlying database physically allocated in bytes.
        # TYPE etcd_mvcc_db_total_size_in_bytes gauge
        etcd_mvcc_db_total_size_in_bytes \(bytes)
        # HELP etcd_mvcc_db_total_size_in_use_in_bytes Total size of the underlying database logically in use in bytes.
        # TYPE etcd_mvcc_db_total_size_in_use_in_bytes gauge
        etcd_mvcc_db_total_size_in_use_in_bytes \(bytes)
        # HELP etcd_server_has_leader Whether or not a leader exists. 1 is existence, 0 is not.
        # TYPE etcd_server_has_leader gauge
        etcd_server_has_leader \(hasLeader ? 1 : 0)
        # HELP etcd_server_heartbeat_send_failures_total The total number of leader heartbeat send failures.
        # TYPE etcd_server_heartbeat_send_failures_total counter
        etcd_server_heartbeat_send_failures_total 0
        # HELP etcd_server_is_leader Whether or not this member is a leader. 1 if is, 0 otherwise.
        # TYPE etcd_server_is_leader gauge
        etcd_server_is_leader \(isLeader ? 1 : 0)
        # HELP etcd_server_quota_backend_bytes Current backend storage quota size in bytes.
        # TYPE etcd_server_quota_backend_bytes gauge
        etcd_server_quota_backend_bytes 8.589934592e+09

        """
    }
}
