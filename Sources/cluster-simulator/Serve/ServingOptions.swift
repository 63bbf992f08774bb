import ArgumentParser
import ClusterSimulator
import Glibc
import Programs

/// Where and how the cluster is served.
struct ServingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where to listen in front of all API servers; port 0 takes a free one.",
            valueName: "host:port"
        )
    )
    var listen = "127.0.0.1:0"

    @Option(
        help: ArgumentHelp(
            "Where the first API server listens; the others listen on the addresses that follow, same port.",
            valueName: "address:port"
        )
    )
    var mastersListen = "127.0.0.1:0"

    @Option(help: ArgumentHelp("The port of the etcd members, at the masters' addresses.", valueName: "port"))
    var etcdPort = 0

    @Option(flag: "certificate", takes: "file", "Serve TLS and HTTP/2 with this certificate chain (PEM).")
    var certificate: String?

    @Option(flag: "key", takes: "file", "The certificate's key (PEM).")
    var key: String?

    @Option(
        flag: "certificate-authority",
        takes: "file",
        "The CA that a kubeconfig names (default: the certificate's file, for one that signed itself)."
    )
    var certificateAuthority: String?

    @Option(flag: "write-kubeconfig", takes: "file", "Write a kubeconfig that points here.")
    var kubeconfig: String?

    @Option(
        flag: "review-token",
        takes: "token=user",
        "A token that TokenReview knows, and whose it is; repeatable."
    )
    var reviewToken: [String] = []

    @Option(
        flag: "review-allowed",
        takes: "user",
        "A user to whom SubjectAccessReview allows everything; repeatable."
    )
    var reviewAllowed: [String] = []

    /// What TokenReview and SubjectAccessReview answer.
    var access: SimulatedAccess {
        var access = SimulatedAccess(allowedUsers: Set(reviewAllowed))
        for pair in reviewToken {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            access.tokens[parts[0]] = SimulatedAccess.User(name: parts.last ?? "")
        }
        return access
    }

    /// Refuses what cannot be listened on.
    func check(masters: Int) throws {
        guard SimulatorAddress(parsing: listen) != nil else {
            throw ValidationError("--listen \(listen): write host:port, such as 127.0.0.1:6443")
        }
        guard SimulatorAddress(parsing: mastersListen)?.following(masters) != nil else {
            throw ValidationError(
                "--masters-listen \(mastersListen): write the first of \(masters) IPv4 addresses and a port, such as "
                    + "127.0.0.1:7443"
            )
        }
        guard (0...65_535).contains(etcdPort) else {
            throw ValidationError("--etcd-port \(etcdPort): must be from 0 to 65535")
        }
        guard (certificate == nil) == (key == nil) else {
            throw ValidationError("--certificate and --key go together: give both, or neither for plain HTTP")
        }
        if let pair = reviewToken.first(where: { $0.split(separator: "=").count != 2 }) {
            throw ValidationError("--review-token \(pair): write TOKEN=USER")
        }
        guard certificateAuthority == nil || certificate != nil else {
            throw ValidationError("--certificate-authority requires --certificate and --key")
        }
    }

    /// `https` or `http`.
    var scheme: String { certificate == nil ? "http" : "https" }

    /// The CA's file as clients are to find it, whatever folder they run in; nil without TLS.
    var authority: String? {
        guard let file = certificateAuthority ?? certificate else { return nil }
        guard let path = realpath(file, nil) else { return file }
        defer { free(path) }
        return String(cString: path)
    }

    func readCertificate() throws(SimulatorServerError) -> SimulatorCertificate? {
        guard let certificate, let key else { return nil }
        return try SimulatorCertificate(chain: certificate, key: key)
    }

    func reservePorts(masters: Int) throws -> ServedPorts {
        guard let front = SimulatorAddress(parsing: listen),
            let first = SimulatorAddress(parsing: mastersListen),
            let apiServers = first.following(masters)
        else { throw ValidationError("no address to listen on") }
        let etcdMembers = apiServers.map { SimulatorAddress(host: $0.host, port: etcdPort) }
        return try ServedPorts(front: front, apiServers: apiServers, etcdMembers: etcdMembers)
    }
}
