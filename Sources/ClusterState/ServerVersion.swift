/// What the API server's /version says.
package struct ServerVersion: Hashable, Sendable {
    /// `major`, as written.
    package var major: String
    /// `minor`, as written: vendors append to it (`27+`).
    package var minor: String
    /// `gitVersion`, which may be anything.
    package var gitVersion: String

    /// Creates a version.
    package init(major: String, minor: String, gitVersion: String) {
        self.major = major
        self.minor = minor
        self.gitVersion = gitVersion
    }

    /// The leading digits of `minor`; nil where there are none.
    package var minorNumber: Int? {
        Int(minor.prefix { $0.isASCII && $0.isNumber })
    }
}
