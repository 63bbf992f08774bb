// swift-tools-version: 6.2
import PackageDescription

// The commit that --version and kube_ha_exporter_build_info name. SOURCE_REVISION comes first: it is the way for builds
// without .git, such as that of the container, and for those that follow another one, since SwiftPM evaluates a manifest
// anew where the environment changes, but not where the commit does.
let revision: String = {
    if let given = Context.environment["SOURCE_REVISION"], !given.isEmpty { return given }
    guard let git = Context.gitInformation else { return "unknown" }
    return git.currentCommit + (git.hasUncommittedChanges ? "-dirty" : "")
}()
.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "._+-".contains($0)) }

let package = Package(
    name: "kube-ha-exporter",
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        // Comes with libc6-dev, which every Swift toolchain needs.
        .systemLibrary(name: "CCrypt"),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .target(name: "KeyedHash"),
        .target(name: "Exposition", dependencies: ["KeyedHash"]),
        .target(name: "ConfigurationFiles", dependencies: ["CYAML"]),
        .target(
            name: "KubernetesClient",
            dependencies: [
                "HTTPTransport", "KubernetesWire", "ClusterState", "ConfigurationFiles",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(name: "HTTPTransport", dependencies: ["CCurl"]),
        .executableTarget(
            name: "signals-benchmark",
            dependencies: ["Collection", "HASignals", "ClusterState", "Exposition"],
            path: "Tests/signals-benchmark"
        ),
        .executableTarget(
            name: "recording-fuzzer",
            dependencies: [
                "Recordings", "Report", "HASignals", "ClusterState", "KubernetesWire", "Exposition", "TestFixtures",
            ],
            path: "Tests/fuzz",
            exclude: ["run"]
        ),
        .executableTarget(
            name: "transport-soak",
            dependencies: ["HTTPTransport"],
            path: "Tests/transport-soak",
            exclude: ["run"]
        ),
        .target(name: "ClusterState", dependencies: ["KeyedHash"]),
        .target(
            name: "KubernetesWire",
            dependencies: ["ClusterState", .product(name: "SwiftASN1", package: "swift-asn1")]
        ),
        .target(name: "ControlPlaneProbes", dependencies: ["ClusterState", "HTTPTransport"]),
        .target(name: "CDemoRecording", exclude: ["recording"]),
        .target(
            name: "Recordings",
            dependencies: ["ClusterState", "KubernetesWire", "ControlPlaneProbes", "CDemoRecording"]
        ),
        .target(
            name: "Capture",
            dependencies: [
                "KubernetesClient", "KubernetesWire", "ControlPlaneProbes", "Recordings", "HTTPTransport",
                "ClusterState",
            ]
        ),
        .target(name: "TestFixtures", path: "Tests/TestFixtures"),
        .target(name: "TestClocks", dependencies: ["KubernetesClient", "ClusterState"], path: "Tests/TestClocks"),
        .target(name: "HASignals", dependencies: ["ClusterState", "Exposition"]),
        .target(name: "PrometheusRules", dependencies: ["HASignals"]),
        .target(name: "Report", dependencies: ["HASignals", "ClusterState"]),
        .target(name: "CBuildInfo", cSettings: [.define("SOURCE_REVISION", to: "\"\(revision)\"")]),
        .target(
            name: "Collection",
            dependencies: [
                "CBuildInfo", "CZlib", "ClusterState", "ConfigurationFiles", "ControlPlaneProbes", "Exposition",
                "HASignals", "HTTPTransport", "KubernetesClient", "KubernetesWire",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(
            name: "ExporterServer",
            dependencies: [
                "CCrypt", "Collection", "ClusterState", "ConfigurationFiles", "Exposition", "HASignals",
                "KubernetesClient", "Report",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(
            name: "Programs",
            dependencies: [
                "Collection", "ExporterServer", "HASignals", "HTTPTransport", "KubernetesClient", "KubernetesWire",
                "ClusterState",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .executableTarget(
            name: "kube-ha-exporter",
            dependencies: [
                "Programs", "Collection", "ExporterServer", "Report", "PrometheusRules", "Recordings", "HASignals",
                "ClusterState", "Exposition", "Capture", "ControlPlaneProbes", "HTTPTransport", "KubernetesClient",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "HTTPTransportTests",
            dependencies: [
                "HTTPTransport", "KubernetesClient", "ClusterState", "TestClocks",
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["Servers"]
        ),
        .testTarget(
            name: "ControlPlaneProbesTests",
            dependencies: ["ControlPlaneProbes", "HTTPTransport", "ClusterState", "TestFixtures"]
        ),
        .target(
            name: "ClusterSimulator",
            dependencies: [
                "ClusterState", "HTTPTransport", "KubernetesWire",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .executableTarget(
            name: "cluster-simulator",
            dependencies: [
                "Programs", "Collection", "ExporterServer", "ClusterSimulator", "Recordings", "ControlPlaneProbes",
                "HTTPTransport", "KubernetesClient", "KubernetesWire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "SimulatorHostTests",
            dependencies: [
                "ClusterSimulator", "HTTPTransport", "KubernetesWire", "Recordings", "HASignals", "Exposition",
                "cluster-simulator",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(
            name: "ClusterSimulatorTests",
            dependencies: ["ClusterSimulator", "HTTPTransport", "KubernetesWire", "TestClocks", "TestFixtures"]
        ),
        .testTarget(
            name: "RecordingsTests",
            dependencies: ["Recordings", "ClusterState", "KubernetesWire", "ControlPlaneProbes", "TestFixtures"]
        ),
        .testTarget(
            name: "HASignalsTests",
            dependencies: ["HASignals", "Report", "Recordings", "ClusterState", "Exposition", "TestFixtures"],
            exclude: ["Goldens"]
        ),
        .testTarget(
            name: "PrometheusRulesTests",
            dependencies: ["PrometheusRules", "HASignals", "ConfigurationFiles"]
        ),
        .testTarget(name: "ExpositionTests", dependencies: ["Exposition"]),
        .testTarget(name: "ReportTests", dependencies: ["Report", "HASignals", "ClusterState", "Exposition"]),
        .testTarget(
            name: "ExporterServerTests",
            dependencies: [
                "ExporterServer", "Collection", "Programs", "HASignals", "ClusterState", "ConfigurationFiles",
                "Exposition", "CZlib", "HTTPTransport", "KubernetesClient", "TestClocks",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "CollectionTests",
            dependencies: [
                "Collection", "ConfigurationFiles", "KubernetesClient", "HASignals", "ClusterState", "Exposition",
                "Programs", "TestClocks",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "ProgramTests",
            dependencies: [
                "kube-ha-exporter", "cluster-simulator", "Programs", "ClusterState", "TestFixtures",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "KubernetesClientTests",
            dependencies: [
                "KubernetesClient", "ClusterSimulator", "HTTPTransport", "KubernetesWire", "ClusterState",
                "TestClocks", "TestFixtures", .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "LiveClusterTests",
            dependencies: [
                "Collection", "ExporterServer", "HASignals", "KubernetesClient", "ControlPlaneProbes",
                "ClusterSimulator", "HTTPTransport", "ClusterState", "Exposition", "TestClocks", "TestFixtures",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "CaptureTests",
            dependencies: [
                "Capture", "KubernetesClient", "KubernetesWire", "ControlPlaneProbes", "Recordings", "HASignals",
                "Exposition", "ClusterSimulator", "HTTPTransport", "ClusterState", "TestFixtures",
            ]
        ),
        .testTarget(name: "ConfigurationFilesTests", dependencies: ["ConfigurationFiles"]),
        .testTarget(
            name: "CredentialsTests",
            dependencies: [
                "KubernetesClient", "KubernetesWire", "HTTPTransport", "ClusterState", "ConfigurationFiles",
                "TestClocks",
            ],
            exclude: ["Invalid", "Kubeconfigs", "Plugins"]
        ),
        .testTarget(
            name: "KubernetesWireTests",
            dependencies: ["KubernetesWire", "ClusterState", "TestFixtures"],
            exclude: ["Fixtures"]
        ),
        .testTarget(name: "ClusterStateTests", dependencies: ["ClusterState", "KubernetesWire", "TestFixtures"]),
    ],
    swiftLanguageModes: [.v6]
)

// One place for how our own targets are compiled: the upcoming features that change how code is written, and no
// warnings. System libraries and C targets take no Swift settings.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .treatAllWarnings(as: .error),
]
let cTargets: Set = ["CBuildInfo", "CDemoRecording"]
for target in package.targets where target.type != .system && !cTargets.contains(target.name) {
    target.swiftSettings = (target.swiftSettings ?? []) + settings
}
