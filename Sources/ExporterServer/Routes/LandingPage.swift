import Collection
import HTTPTypes
import Hummingbird
import Report

/// The page at `/`: what this is, and where to go.
struct LandingPage: Sendable {
    let telemetryPath: String
    let election: LeaderElection?

    func respond(_: Request, _: ExporterContext) async -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8",
                .contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'",
                .cacheControl: "no-store",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }

    /// The document.
    var text: String {
        HTML.document(
            title: "kube-ha-exporter",
            head: .style(
                """
                :root{color-scheme:light dark}\
                body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem}
                """
            ),
            body: .element(
                "main",
                [
                    .element("h1", ["kube-ha-exporter"]),
                    .element("p", ["Judges whether a Kubernetes cluster is really highly available."]),
                    .element(
                        "ul",
                        [
                            link(telemetryPath, "Metrics", "for Prometheus"),
                            link("/livez", "Liveness", "200 while the process runs"),
                            link("/readyz", "Readiness", "200 once every source has been read"),
                        ]
                    ),
                    .element("p", [HTML(leadership)]),
                    .element("p", [.element("small", [HTML("Version \(BuildInfo.version)")])]),
                ]
            )
        )
    }

    /// Who serves the cluster's metrics, in a sentence.
    private var leadership: String {
        guard let election else { return "This exporter serves the cluster's metrics." }
        switch election.role {
        case .leads: return "This replica leads: it serves the cluster's metrics."
        case .leadsWithoutWrites:
            return "This replica serves the cluster's metrics without the leader lease: the API server takes no writes."
        case .waits:
            let holder = election.holder.map { "\($0) holds the lease" } ?? "no replica is known to hold the lease"
            return "This replica waits: it serves only metrics about itself; \(holder)."
        }
    }

    private func link(_ path: String, _ name: String, _ note: String) -> HTML {
        .element("li", [.element("a", ["href": path], HTML(name)), HTML(": \(note)")])
    }
}
