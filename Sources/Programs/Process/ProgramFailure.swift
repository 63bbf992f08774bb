package import Collection

/// Why the program ends early: one line for people, a code for scripts.
package struct ProgramFailure: Error {
    /// What went wrong and what to do.
    package let message: String
    /// The exit code.
    package let code: Int32

    /// Wrong usage (EX_USAGE of sysexits.h).
    package static let wrongUsage: Int32 = 64
    /// The system does not give what the program needs (EX_OSERR of sysexits.h).
    package static let systemError: Int32 = 71
    /// What was to be printed could not be (EX_IOERR of sysexits.h).
    package static let outputError: Int32 = 74
    /// The server could not run.
    package static let failed: Int32 = 1
    /// A report could not be made: nothing is known.
    package static let unknown: Int32 = 2

    package init(_ message: String, code: Int32) {
        self.message = message
        self.code = code
    }

    /// A setting that cannot be used.
    package init(_ error: SettingError) {
        self.init(error.description, code: Self.wrongUsage)
    }

    /// Runs what reads settings, and makes wrong usage of what it throws.
    package static func usage<Result>(_ body: () throws(SettingError) -> Result) throws(ProgramFailure) -> Result {
        do { return try body() } catch { throw ProgramFailure(error) }
    }
}
