import ClusterSimulator
import Glibc
import KubernetesWire

/// A kubeconfig with one cluster and a user without credentials: the simulator takes everybody.
struct Kubeconfig {
    let server: String
    /// The CA's file; nil without TLS.
    let authority: String?

    /// Why it cannot be written.
    struct WriteError: Error, CustomStringConvertible {
        let path: String
        let reason: String
        var description: String { "cannot write the kubeconfig \(path): \(reason)" }
    }

    /// The file's text.
    var text: String {
        let trust = authority.map { "\n    certificate-authority: \(Self.quoted($0))" } ?? ""
        return """
            apiVersion: v1
            kind: Config
            clusters:
            - name: simulator
              cluster:
                server: \(Self.quoted(server))\(trust)
            users:
            - name: simulator
              user: {}
            contexts:
            - name: simulator
              context:
                cluster: simulator
                user: simulator
            current-context: simulator

            """
    }

    /// A JSON string is a YAML string too.
    private static func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).encoded, as: UTF8.self)
    }

    /// Writes it, over what is there.
    func write(to path: String) throws(WriteError) {
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw WriteError(path: path, reason: String(cString: strerror(errno))) }
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard Glibc.write(file, bytes, bytes.count) == bytes.count else {
            throw WriteError(path: path, reason: String(cString: strerror(errno)))
        }
    }
}
