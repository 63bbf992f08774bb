import CBuildInfo

/// Which build of the program this is.
package enum BuildInfo {
    /// The version: the one place where it is written.
    package static let version = "0.1.0"

    /// The commit it was built from, with `-dirty` where files differed from it; `unknown` where the build had neither a
    /// git checkout nor the environment variable `SOURCE_REVISION`.
    package static let revision = String(cString: build_info_revision())

    /// The Swift release that compiled it, as far as conditional compilation tells.
    package static let swiftVersion: String = {
        #if compiler(>=6.5)
        "6.5 or newer"
        #elseif compiler(>=6.4)
        "6.4"
        #elseif compiler(>=6.3)
        "6.3"
        #else
        "6.2"
        #endif
    }()
}
