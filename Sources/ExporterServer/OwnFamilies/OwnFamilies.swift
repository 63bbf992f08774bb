package import Exposition

/// The families about the exporter itself. They are served always, whatever is known of the cluster.
package enum OwnFamilies {
    static let areaLabels = LabelNames(["area"])
    static let renderingLabels = LabelNames(["format", "encoding"])
    static let requestLabels = LabelNames(["path", "code"])
    static let sourceLabels = LabelNames(["source"])
    static let errorLabels = LabelNames(["source", "stage"])
    static let stateLabels = LabelNames(["source", "state"])
    static let buildLabels = LabelNames(["version", "revision", "swift_version"])

    static let buildInfo = Family(
        "kube_ha_exporter_build_info",
        .info,
        labels: buildLabels,
        help: "Build of the exporter, in the labels; always 1."
    )
    static let leader = Family(
        "kube_ha_exporter_leader",
        .gauge,
        help: "1 on the replica that serves the cluster families, 0 on one that waits."
    )
    static let sourceUp = Family(
        "kube_ha_exporter_source_up",
        .gauge,
        labels: sourceLabels,
        help: "1 where the source is usable, else 0; absent for one that does not exist here or was excluded."
    )
    static let sourceObjects = Family(
        "kube_ha_exporter_source_objects",
        .gauge,
        labels: sourceLabels,
        help: "Objects held of the source."
    )
    static let sourceLastSuccess = Family(
        "kube_ha_exporter_source_last_success_timestamp_seconds",
        .gauge,
        labels: sourceLabels,
        help: "When the source was last heard of: the end of a list, an event, a bookmark, or a watch opened."
    )
    static let sourceState = Family(
        "kube_ha_exporter_source_state",
        .gauge,
        labels: stateLabels,
        help: "1 for the state that the source has, 0 for the others."
    )
    static let sourceEvents = Family(
        "kube_ha_exporter_source_events_total",
        .counter,
        labels: sourceLabels,
        help: "Watch events applied."
    )
    static let sourceRelists = Family(
        "kube_ha_exporter_source_relists_total",
        .counter,
        labels: sourceLabels,
        help: "Full lists that were received."
    )
    static let sourceReceivedBytes = Family(
        "kube_ha_exporter_source_received_bytes_total",
        .counter,
        labels: sourceLabels,
        help: "Bytes received."
    )
    static let sourceErrors = Family(
        "kube_ha_exporter_source_errors_total",
        .counter,
        labels: errorLabels,
        help: "Errors by the stage they happened in; absent for a stage without any."
    )
    static let clientCertificateExpiry = Family(
        "kube_ha_exporter_client_certificate_expiry_timestamp_seconds",
        .gauge,
        labels: sourceLabels,
        help: "notAfter of the client certificate shown to API servers (apiserver) or etcd; absent where none is shown."
    )
    static let collections = Family("kube_ha_exporter_collections_total", .counter, help: "Collections.")
    static let collectionDuration = Family(
        "kube_ha_exporter_collection_duration_seconds",
        .gauge,
        help: "Time that the last collection took."
    )
    static let lastCollection = Family(
        "kube_ha_exporter_last_collection_timestamp_seconds",
        .gauge,
        help: "When the last collection ended."
    )
    static let series = Family("kube_ha_exporter_series", .gauge, help: "Cluster series of the last collection.")
    static let areaDuration = Family(
        "kube_ha_exporter_collection_area_duration_seconds",
        .gauge,
        labels: areaLabels,
        help: "Time that the area took in the last collection."
    )
    static let exemptionsUnused = Family(
        "kube_ha_exporter_exemptions_unused",
        .gauge,
        help: "Exemptions of --rules-config that silence nothing: out of date or mistyped; the log names them."
    )
    static let expositionBytes = Family(
        "kube_ha_exporter_exposition_bytes",
        .gauge,
        labels: renderingLabels,
        help: "Size of the cluster series of the last collection, in the formats that were asked for."
    )
    static let httpRequests = Family(
        "kube_ha_exporter_http_requests_total",
        .counter,
        labels: requestLabels,
        help: "Requests answered, by known path (other for all else) and status code."
    )
    static let webConfigurationReloaded = Family(
        "kube_ha_exporter_web_config_last_reload_successful",
        .gauge,
        help: "1 where the newest --web.config.file is in force, 0 where an older one is; absent without the flag."
    )
    static let processCPU = Family(
        "process_cpu_seconds_total",
        .counter,
        help: "User and system CPU time of the process in seconds."
    )
    static let processOpenFDs = Family("process_open_fds", .gauge, help: "Open file descriptors.")
    static let processMaxFDs = Family("process_max_fds", .gauge, help: "Limit of open file descriptors.")
    static let processVirtualMemory = Family(
        "process_virtual_memory_bytes",
        .gauge,
        help: "Virtual memory of the process in bytes."
    )
    static let processResidentMemory = Family(
        "process_resident_memory_bytes",
        .gauge,
        help: "Resident memory of the process in bytes."
    )
    static let processStartTime = Family(
        "process_start_time_seconds",
        .gauge,
        help: "When the process started, in seconds since 1970."
    )

    /// Those whose samples are the same from one collection to the next.
    static let ofCollection: [any AnyFamily] = [
        sourceUp, sourceObjects, sourceLastSuccess, sourceState, sourceEvents, sourceRelists, sourceReceivedBytes,
        sourceErrors, clientCertificateExpiry, collectionDuration, lastCollection, series, areaDuration,
        exemptionsUnused,
    ]

    /// Those whose samples are of the moment.
    static let ofMoment: [any AnyFamily] = [
        buildInfo, leader, collections, expositionBytes, httpRequests, webConfigurationReloaded, processCPU,
        processOpenFDs, processMaxFDs, processVirtualMemory, processResidentMemory, processStartTime,
    ]

    /// All of them, in the order of exposition.
    package static let all = ofCollection + ofMoment
}

extension ExpositionFormat {
    /// The format as the label `format` has it.
    var label: String {
        switch self {
        case .text004: "text"
        case .openMetrics100: "openmetrics"
        }
    }
}
