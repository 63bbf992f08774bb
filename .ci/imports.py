#!/usr/bin/env python3
"""Compares each target's imports with the direction that data takes, and refuses full Foundation.

SwiftPM checks that an import is declared; it lets transitive ones pass, and it cannot know which declarations should
not be there. The table below is the one in the README.
"""

import pathlib
import re
import sys

# target: what it may import, beside the toolchain's own modules
ALLOWED = {
    "KeyedHash": set(),
    "Exposition": {"KeyedHash"},
    "ClusterState": {"KeyedHash"},
    "KubernetesWire": {"ClusterState", "SwiftASN1"},
    "HTTPTransport": {"CCurl"},
    "ConfigurationFiles": {"CYAML"},
    "ControlPlaneProbes": {"HTTPTransport", "ClusterState"},
    "KubernetesClient": {
        "HTTPTransport", "KubernetesWire", "ClusterState", "ConfigurationFiles", "Subprocess", "SystemPackage",
        "Logging",
    },
    "Recordings": {"KubernetesWire", "ControlPlaneProbes", "ClusterState", "CDemoRecording"},
    "Capture": {
        "KubernetesClient", "KubernetesWire", "ControlPlaneProbes", "Recordings", "HTTPTransport", "ClusterState",
    },
    "HASignals": {"ClusterState", "Exposition"},
    "PrometheusRules": {"HASignals"},
    "Report": {"HASignals", "ClusterState"},
    "ClusterSimulator": {
        "ClusterState", "HTTPTransport", "KubernetesWire", "Hummingbird", "HummingbirdCore", "HummingbirdTLS", "HummingbirdHTTP2",
        "NIOCore", "NIOPosix", "NIOSSL", "HTTPTypes", "Logging", "ServiceLifecycle",
    },
    "Collection": {
        "HASignals", "Exposition", "ClusterState", "KubernetesClient", "KubernetesWire", "ControlPlaneProbes",
        "HTTPTransport", "ConfigurationFiles", "Logging", "ServiceLifecycle",
        # A snapshot keeps the exposition compressed, in the buffers that the server sends: see Snapshots/.
        "CZlib", "NIOCore",
        "CBuildInfo",
    },
    "ExporterServer": {
        "Collection", "HASignals", "Report", "Exposition", "ClusterState", "KubernetesClient", "HTTPTransport",
        "Hummingbird", "HummingbirdCore", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL", "HTTPTypes", "Logging",
        "ServiceLifecycle", "ConfigurationFiles",
        # TLS, passwords and tokens: see Access/.
        "CCrypt", "Crypto", "NIOTLS",
    },
    "Programs": {
        "ExporterServer", "Collection", "HASignals", "ClusterState", "KubernetesClient", "KubernetesWire",
        "HTTPTransport", "ArgumentParser", "Logging", "ServiceLifecycle", "UnixSignals",
    },
    "kube-ha-exporter": {
        "Programs", "ExporterServer", "Report", "PrometheusRules", "Collection", "Capture", "Recordings", "HASignals",
        "Exposition", "ClusterState", "ControlPlaneProbes", "KubernetesClient", "HTTPTransport", "ArgumentParser", "Logging",
    },
}
# Modules that come with the toolchain and cost nothing to link.
TOOLCHAIN = {"Swift", "Synchronization", "Glibc", "Musl", "Dispatch", "FoundationEssentials", "Android"}
REFUSED = {"Foundation", "FoundationNetworking", "FoundationInternationalization"}
# Files that may import what their target may not.
ONLY_IN = {"SwiftASN1": {"CertificateValidity.swift"}}

IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:package|public|internal|fileprivate|private)?\s*import\s+"
    r"(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?([A-Za-z_][A-Za-z0-9_]*)")


def main():
    faults = []
    for folder in sorted(pathlib.Path("Sources").iterdir()):
        for file in sorted(folder.rglob("*.swift")):
            for number, line in enumerate(file.read_text().splitlines(), 1):
                match = IMPORT.match(line)
                if not match:
                    continue
                module = match[1]
                place = f"{file}:{number}"
                if module in REFUSED:
                    faults.append(f"{place}: {module} is refused: it costs megabytes; FoundationEssentials is fine")
                elif module in TOOLCHAIN:
                    continue
                elif module in ONLY_IN and file.name not in ONLY_IN[module]:
                    faults.append(f"{place}: {module} may be imported in {', '.join(ONLY_IN[module])} only")
                elif folder.name in ALLOWED and module not in ALLOWED[folder.name]:
                    faults.append(f"{place}: {folder.name} may not import {module}")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
