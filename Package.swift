// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "kube-ha-exporter",
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "Exposition", dependencies: ["CZlib"]),
        .target(name: "ClusterState"),
        .target(name: "KubernetesWire", dependencies: ["ClusterState"]),
        .target(name: "HASignals", dependencies: ["ClusterState", "Exposition"]),
        .testTarget(name: "ExpositionTests", dependencies: ["Exposition", "CZlib"]),
        .testTarget(name: "ClusterStateTests", dependencies: ["ClusterState"]),
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
let cTargets: Set = ["CDemoRecording"]
for target in package.targets where target.type != .system && !cTargets.contains(target.name) {
    target.swiftSettings = (target.swiftSettings ?? []) + settings
}
