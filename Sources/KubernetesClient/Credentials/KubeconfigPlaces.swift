internal import Glibc

/// The files that kubectl would read.
struct KubeconfigPlaces {
    /// Those that are there, in the order of their precedence.
    let existing: [String]
    /// Why there is none, as a phrase.
    let missing: String

    init(_ environment: CredentialEnvironment) {
        if let list = environment.variable("KUBECONFIG") {
            var seen: Set<String> = []
            // A file that is named twice counts where it is named first, and one that is missing is passed over.
            let paths = list.split(separator: ":").map(String.init).filter { seen.insert($0).inserted }
            existing = paths.filter(Self.exists)
            missing = "none of the files of KUBECONFIG is there (\(list))"
        } else if let home = environment.variable("HOME") {
            let path = (home.hasSuffix("/") ? home : home + "/") + ".kube/config"
            existing = Self.exists(path) ? [path] : []
            missing = "KUBECONFIG is not set and \(path) is not there"
        } else {
            existing = []
            missing = "neither KUBECONFIG nor HOME is set"
        }
    }

    /// Whether something has that path, readable or not: what cannot be read is an error to be told.
    private static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }
}
