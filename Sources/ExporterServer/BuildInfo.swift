/// What this build of the program is.
package enum BuildInfo {
    /// The version: the one place where it stands.
    package static let version = "0.1.0"

    /// The commit it was built from. A plain build does not know; whoever builds a release writes it here.
    package static let revision = "unknown"

    /// The Swift release that compiled it, as far as the compiler lets a program tell.
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
